//! Install files, packed as they are handed out: to a person who posts the form, and to whoever brings the key of a
//! link.

use axum::body::Bytes;
use muster::install::Bundle;
use sha2::{Digest as _, Sha256};

use super::{archive, artifact::Artifact, plan::InstallPlan, render::render};
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

    /// Its SHA-256, in hexadecimal.
    ///
    /// # Errors
    /// Where the manager is stopping.
    pub async fn sha256(&self) -> Result<String, Error> {
        let body = self.body.clone();
        // With the program in it, this takes too long for a thread that has others to serve.
        let digest = move || sha256(body.iter().map(AsRef::as_ref));
        tokio::task::spawn_blocking(digest).await.map_err(Error::internal)
    }

    /// Makes the file of this name, or all of them where it is empty. The same plan makes the same bytes each time.
    ///
    /// # Errors
    /// Where there is no such file.
    pub async fn make(state: &State, plan: InstallPlan, file: String) -> Result<Self, Error> {
        let whole = Bundle::of(&plan.chosen);
        let kind = plan.chosen.kind;
        let artifacts = rendered(plan).await?;
        if let (Bundle::Archive { name, folder }, true) = (whole, file.is_empty() || file == whole.name()) {
            let body = archive::pack(folder, &artifacts, kind, &state.program).await.map_err(Error::internal)?;
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

/// The SHA-256 of everything that comes of a plan, each in hexadecimal.
pub struct Checksums {
    /// Of what is downloaded as a whole.
    pub whole: String,
    /// Of the files, in their order.
    pub files: Vec<String>,
}

impl Checksums {
    /// Makes everything once, and keeps the sums.
    ///
    /// # Errors
    /// As for [`Download::make`].
    pub async fn of(state: &State, plan: InstallPlan) -> Result<Self, Error> {
        let whole = Download::make(state, plan.clone(), String::new()).await?.sha256().await?;
        let artifacts = rendered(plan).await?;
        let files = artifacts.iter().map(|artifact| sha256([artifact.text.as_bytes()].into_iter())).collect();
        Ok(Self { whole, files })
    }
}

async fn rendered(plan: InstallPlan) -> Result<Vec<Artifact>, Error> {
    let artifacts = tokio::task::spawn_blocking(move || render(&plan)).await.map_err(Error::internal)?;
    artifacts.map_err(Error::internal)
}

fn sha256<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> String {
    let digest = pieces.fold(Sha256::new(), |digest, piece| digest.chain_update(piece)).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
