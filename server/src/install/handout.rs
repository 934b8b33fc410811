//! Handing out install files: to a person who posts the form, and to whoever brings the key of a link.

use std::path::Path;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use muster::time::Timestamp;

use super::{
    archive,
    artifact::{Whole, render},
    plan::InstallPlan,
};
use crate::{error::Error, state::State};

/// A file on its way to a person; it holds the token's value.
pub struct Handout {
    /// Its name.
    pub name: String,
    media_type: &'static str,
    body: Vec<u8>,
}

impl Handout {
    /// Makes the file of this name, or all of them where it is empty.
    ///
    /// # Errors
    /// Where there is no such file.
    pub async fn make(state: &State, plan: InstallPlan, file: String) -> Result<Self, Error> {
        let (program, now) = (state.program.clone(), state.clock.now());
        // An archive takes long: it holds the program.
        tokio::task::spawn_blocking(move || Self::of(&plan, &file, &program, now))
            .await
            .map_err(std::io::Error::other)?
    }

    fn of(plan: &InstallPlan, file: &str, program: &Path, now: Timestamp) -> Result<Self, Error> {
        let artifacts = render(plan)?;
        let whole = Whole::of(&plan.chosen);
        if let (Whole::Archive { name, folder }, true) = (whole, file.is_empty() || file == whole.name()) {
            let body = archive::pack(folder, &artifacts, plan.chosen.kind, program, now)?;
            return Ok(Self { name: name.to_owned(), media_type: "application/gzip", body });
        }
        let file = if file.is_empty() { whole.name() } else { file };
        let artifact = artifacts.into_iter().find(|artifact| artifact.name == file);
        let artifact = artifact.ok_or(Error::NotFound("There is no install file of this name."))?;
        Ok(Self {
            name: artifact.name.to_owned(),
            media_type: artifact.media_type(),
            body: artifact.text.as_bytes().to_vec(),
        })
    }
}

impl IntoResponse for Handout {
    fn into_response(self) -> Response {
        // Names of files are ours: plain ASCII.
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", self.name));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(self.media_type)),
            (header::CONTENT_DISPOSITION, disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment"))),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (headers, self.body).into_response()
    }
}
