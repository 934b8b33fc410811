//! Archives of install files: what a person unpacks.

use std::io::{self, Write as _};

use axum::body::Bytes;
use flate2::{Compression, write::GzEncoder};
use muster::install::InstallKind;

use super::artifact::Artifact;
use crate::program::Program;

/// The chart that installs a delegate (`deploy/helm/muster-delegate`): paths in its folder, and contents.
const CHART: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/chart.rs"));
/// The folder of the chart.
const CHART_FOLDER: &str = "muster-delegate";
/// The date of everything in an archive, in seconds since the Unix epoch: the first day of 2026. One that stays, so that
/// the same choices make the same archive each time, whose checksum can be told before; tar warns of files from 1970.
pub const DATE: u64 = 1_767_225_600;
/// What ends a tar archive: two blocks of zeros.
const END: usize = 1024;

/// Packs the files into one folder, with what their kind needs beside them: the delegate's program, or the chart. In
/// pieces that belong together, one after the other.
///
/// # Errors
/// Where the program cannot be read.
pub async fn pack(
    folder: &str,
    artifacts: &[Artifact],
    kind: InstallKind,
    program: &Program,
) -> io::Result<Vec<Bytes>> {
    let mut archive = tar::Builder::new(Vec::new());
    let header = |size: u64, mode: u32| {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(mode);
        header.set_mtime(DATE);
        header
    };
    for Artifact { name, mode, text, .. } in artifacts {
        archive.append_data(&mut header(text.len() as u64, *mode), format!("{folder}/{name}"), text.as_bytes())?;
    }
    if kind == InstallKind::Helm {
        for (path, content) in CHART {
            let path = format!("{folder}/{CHART_FOLDER}/{path}");
            archive.append_data(&mut header(content.len() as u64, 0o644), path, *content)?;
        }
    }
    let mut archive = archive.into_inner()?;
    let mut rest = None;
    if kind == InstallKind::Shell {
        // The program's part ends the archive.
        archive.truncate(archive.len().saturating_sub(END));
        rest = Some(program.packed().await?);
    }
    let mut compressed = GzEncoder::new(Vec::new(), Compression::fast());
    compressed.write_all(&archive)?;
    Ok([compressed.finish()?.into()].into_iter().chain(rest).collect())
}
