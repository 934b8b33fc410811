//! Install files, packed as they are handed out: to a person who posts the form, and to whoever brings the key of a
//! link.

use axum::body::Bytes;
use muster::install::Bundle;

use super::{archive, plan::InstallPlan, render::render};
use crate::{
    error::{Error, Object},
    state::State,
};

/// A file on its way to a person; it holds the token's value.
pub struct Download {
    /// Its name.
    pub name: String,
    /// The type by which browsers know it.
    pub media_type: &'static str,
    /// The file in pieces: the program among them is shared by everybody who gets it.
    pub body: Vec<Bytes>,
}

impl Download {
    /// How many bytes it has.
    pub fn size(&self) -> usize {
        self.body.iter().map(Bytes::len).sum()
    }

    /// Makes the file of this name, or all of them where it is empty.
    ///
    /// # Errors
    /// Where there is no such file.
    pub async fn make(state: &State, plan: InstallPlan, file: String) -> Result<Self, Error> {
        let whole = Bundle::of(&plan.chosen);
        let kind = plan.chosen.kind;
        let artifacts = tokio::task::spawn_blocking(move || render(&plan)).await.map_err(Error::internal)?;
        let artifacts = artifacts.map_err(Error::internal)?;
        if let (Bundle::Archive { name, folder }, true) = (whole, file.is_empty() || file == whole.name()) {
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
