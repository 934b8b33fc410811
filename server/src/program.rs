//! The program that bundles for hosts carry: compressed once, since that takes seconds, and then shared.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::PathBuf,
    sync::Arc,
};

use axum::body::Bytes;
use flate2::{Compression, write::GzEncoder};
use tokio::sync::OnceCell;

use crate::install::archive::DATE;

/// Where the program stands in an archive of shell files.
pub const NAME: &str = "harness-delegate/muster";

/// A program, and what was made of it so far.
#[derive(Clone, Debug)]
pub struct Program(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    packed: OnceCell<Bytes>,
}

impl Program {
    /// The program in a file.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self(Arc::new(Inner { path, packed: OnceCell::new() }))
    }

    /// The last part of a compressed tar archive: this program, and the archive's end. Another part can stand before
    /// it, as gzip takes one member after the other. Made where it was not before; who asks meanwhile waits.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub async fn packed(&self) -> io::Result<Bytes> {
        let make = || async {
            let path = self.0.path.clone();
            tokio::task::spawn_blocking(move || pack(File::open(path)?)).await.map_err(io::Error::other)?
        };
        self.0.packed.get_or_try_init(make).await.cloned()
    }
}

fn pack(file: File) -> io::Result<Bytes> {
    let size = file.metadata()?.len();
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o755);
    header.set_mtime(DATE);
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    archive.append_data(&mut header, NAME, file.take(size))?;
    let mut compressed = archive.into_inner()?;
    compressed.flush()?;
    Ok(compressed.finish()?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn b17_the_program_is_compressed_once_for_all_downloads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        std::fs::write(&path, b"binary").unwrap();
        let program = Program::at(path.clone());
        let (one, other) = tokio::join!(program.packed(), program.packed());
        std::fs::remove_file(path).unwrap();
        let later = program.packed().await.unwrap();
        for bytes in [one.unwrap(), other.unwrap()] {
            assert!(std::ptr::eq(bytes.as_ptr(), later.as_ptr()), "they share the memory");
        }
    }

    #[tokio::test]
    async fn b17_a_program_that_could_not_be_read_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::at(folder.path().join("program"));
        assert!(program.packed().await.is_err());
        std::fs::write(folder.path().join("program"), b"binary").unwrap();
        assert!(program.packed().await.is_ok());
    }
}
