//! Archives of install files: what a person unpacks.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use muster::{install::InstallKind, time::Timestamp};

use super::artifact::Artifact;

/// The chart that installs a delegate (`deploy/helm/muster-delegate`): paths in its folder, and contents.
const CHART: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/chart.rs"));
/// The folder of the chart.
const CHART_FOLDER: &str = "muster-delegate";
/// The delegate's program, in a folder of shell files.
const PROGRAM: &str = "muster";

/// Packs the files into one folder, with what their kind needs beside them: the delegate's program, or the chart.
///
/// # Errors
/// Where the program cannot be read.
pub fn pack(
    folder: &str,
    artifacts: &[Artifact],
    kind: InstallKind,
    program: &Path,
    at: Timestamp,
) -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let header = |size: u64, mode: u32| {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(mode);
        header.set_mtime(u64::try_from(at.as_seconds()).unwrap_or(0));
        header
    };
    for Artifact { name, mode, text, .. } in artifacts {
        archive.append_data(&mut header(text.len() as u64, *mode), format!("{folder}/{name}"), text.as_bytes())?;
    }
    if kind == InstallKind::Shell {
        let program = File::open(program)?;
        let mut header = header(program.metadata()?.len(), 0o755);
        archive.append_data(&mut header, format!("{folder}/{PROGRAM}"), program)?;
    }
    if kind == InstallKind::Helm {
        for (path, content) in CHART {
            let path = format!("{folder}/{CHART_FOLDER}/{path}");
            archive.append_data(&mut header(content.len() as u64, 0o644), path, *content)?;
        }
    }
    let mut compressed = archive.into_inner()?;
    compressed.flush()?;
    compressed.finish()
}
