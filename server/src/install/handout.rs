//! Handing out install files: to a person who posts the form, and to whoever brings the key of a link.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;

use super::{
    archive,
    artifact::{Whole, render},
    plan::InstallPlan,
};
use crate::{
    error::{Error, Object},
    state::State,
};

/// How many bytes are handed on at a time.
const SLICE: usize = 64 * 1024;

/// A file on its way to a person; it holds the token's value.
pub struct Handout {
    /// Its name.
    pub name: String,
    media_type: &'static str,
    /// The file in pieces: the program among them is shared by everybody who gets it.
    body: Vec<Bytes>,
}

impl Handout {
    /// How many bytes it has.
    pub fn size(&self) -> usize {
        self.body.iter().map(Bytes::len).sum()
    }

    /// Makes the file of this name, or all of them where it is empty.
    ///
    /// # Errors
    /// Where there is no such file.
    pub async fn make(state: &State, plan: InstallPlan, file: String) -> Result<Self, Error> {
        let whole = Whole::of(&plan.chosen);
        let kind = plan.chosen.kind;
        let artifacts = tokio::task::spawn_blocking(move || render(&plan)).await.map_err(Error::internal)?;
        let artifacts = artifacts.map_err(Error::internal)?;
        if let (Whole::Archive { name, folder }, true) = (whole, file.is_empty() || file == whole.name()) {
            let body = archive::pack(folder, &artifacts, kind, &state.program, state.clock.now()).await;
            let body = body.map_err(Error::internal)?;
            return Ok(Self { name: name.to_owned(), media_type: "application/gzip", body });
        }
        let file = if file.is_empty() { whole.name() } else { &file };
        let artifact = artifacts.into_iter().find(|artifact| artifact.name == file);
        let artifact = artifact.ok_or(Error::NotFound(Object::InstallFile))?;
        Ok(Self {
            name: artifact.name.to_owned(),
            media_type: artifact.media_type(),
            body: vec![Bytes::copy_from_slice(artifact.text.as_bytes())],
        })
    }
}

/// A piece, cut so that it is handed on as the client takes it, and not at once. Nothing is copied.
fn slices(mut piece: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || (!piece.is_empty()).then(|| piece.split_to(piece.len().min(SLICE))))
}

impl IntoResponse for Handout {
    fn into_response(self) -> Response {
        // Names of files are ours: plain ASCII.
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", self.name));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(self.media_type)),
            (header::CONTENT_DISPOSITION, disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment"))),
            (header::CONTENT_LENGTH, HeaderValue::from(self.size())),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        let body = Body::from_stream(stream::iter(self.body.into_iter().flat_map(slices).map(Ok::<_, Infallible>)));
        (headers, body).into_response()
    }
}
