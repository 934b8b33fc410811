//! `cargo xtask dist`: what is handed out, in `target/dist`. An archive of the static binary and everything to deploy
//! it with, the two Helm charts, and the checksum of each.
//!
//! The same commit makes the same bytes around the binary: entries are sorted, belong to nobody, and bear the commit's
//! time.

use crate::layout::{Layout, Profile, RELEASE_TARGET};
use crate::run::{Result, output, run};
use crate::{musl, serve};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What lies beside the binary: files, and `deploy/` as it is.
const DOCUMENTS: [&str; 3] = ["LICENSE", "README.md", "CHANGELOG.md"];
const CHARTS: [&str; 2] = ["muster", "muster-delegate"];

/// A file that goes into an archive.
#[derive(Debug, PartialEq, Eq)]
struct Content {
    bytes: Vec<u8>,
    executable: bool,
}

/// What an archive holds, by path.
type Contents = BTreeMap<PathBuf, Content>;

/// Builds the release and packs it. Returns the folder.
pub fn dist(layout: &Layout) -> Result<PathBuf> {
    if RELEASE_TARGET.is_none() {
        return Err("a release is a static Linux program, and is made on Linux (x86-64 or 64-bit Arm)".into());
    }
    let binary = serve::build(layout, Profile::Release)?;
    pack(layout, &binary, layout.target.join("dist"))
}

/// Packs a program that is built, into a folder.
pub fn pack(layout: &Layout, binary: &Path, folder: PathBuf) -> Result<PathBuf> {
    musl::assert_static(binary)?;
    let cleared = if folder.exists() { fs::remove_dir_all(&folder) } else { Ok(()) };
    cleared.and_then(|()| fs::create_dir_all(&folder)).map_err(|error| format!("{}: {error}", folder.display()))?;

    let mut contents = read_tree(&layout.root.join("deploy"), Path::new("deploy"))?;
    for name in DOCUMENTS {
        contents.insert(name.into(), Content { bytes: read(&layout.root.join(name))?, executable: false });
    }
    contents.insert("muster".into(), Content { bytes: read(binary)?, executable: true });
    let time = commit_time(layout);
    let name = format!("muster-{VERSION}-{}-linux-musl", std::env::consts::ARCH);
    let mut checksums = vec![write(&folder, &format!("{name}.tar.gz"), &archive(&name, &contents, time)?)?];
    for chart in CHARTS {
        let contents = chart_contents(&layout.root.join("deploy/helm").join(chart))?;
        checksums.push(write(&folder, &format!("{chart}-{VERSION}.tgz"), &archive(chart, &contents, time)?)?);
    }
    // By the program that people verify them with.
    run(Command::new("sha256sum").args(["--check", "--strict"]).args(&checksums).current_dir(&folder))?;
    report(layout, &folder)?;
    Ok(folder)
}

/// The chart as Helm packs it: without the values of its tests, in the version that is released.
fn chart_contents(folder: &Path) -> Result<Contents> {
    let contents = read_tree(folder, Path::new(""))?;
    let name = folder.display();
    let chart = contents.get(Path::new("Chart.yaml")).ok_or_else(|| format!("{name}/Chart.yaml is missing"))?;
    let chart = String::from_utf8_lossy(&chart.bytes);
    for line in [format!("version: {VERSION}"), format!("appVersion: \"{VERSION}\"")] {
        if !chart.lines().any(|found| found == line) {
            return Err(format!("{name}/Chart.yaml has to say `{line}`, as Cargo.toml does"));
        }
    }
    Ok(contents.into_iter().filter(|(path, _)| !path.starts_with("ci")).collect())
}

/// Every file below a folder. Hidden ones are an editor's, but for the one that belongs to a chart.
fn read_tree(folder: &Path, name: &Path) -> Result<Contents> {
    let failed = |error: std::io::Error| format!("cannot read {}: {error}", folder.display());
    let mut contents = Contents::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, file) = (entry.path(), entry.file_name());
        if file.to_string_lossy().starts_with('.') && file != ".helmignore" {
            continue;
        }
        if path.is_dir() {
            contents.extend(read_tree(&path, &name.join(file))?);
        } else {
            contents.insert(name.join(file), Content { bytes: read(&path)?, executable: is_executable(&path) });
        }
    }
    Ok(contents)
}

/// A compressed archive of one folder of the given name.
fn archive(folder: &str, contents: &Contents, time: u64) -> Result<Vec<u8>> {
    let failed = |error: std::io::Error| format!("the archive cannot be made: {error}");
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    for (path, content) in contents {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.bytes.len() as u64);
        header.set_mode(if content.executable { 0o755 } else { 0o644 });
        header.set_mtime(time);
        header.set_uid(0);
        header.set_gid(0);
        archive.append_data(&mut header, Path::new(folder).join(path), content.bytes.as_slice()).map_err(failed)?;
    }
    archive.into_inner().and_then(GzEncoder::finish).map_err(failed)
}

/// Writes a file, and its checksum beside it. Returns the name of the latter.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<String> {
    let checksum = format!("{name}.sha256");
    let line = format!("{}  {name}\n", hex(&Sha256::digest(bytes)));
    let written = fs::write(folder.join(name), bytes).and_then(|()| fs::write(folder.join(&checksum), line));
    written.map_err(|error| format!("cannot write {}: {error}", folder.join(name).display()))?;
    Ok(checksum)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// When the commit was made, in seconds since the Unix epoch; 0 outside a checkout. `SOURCE_DATE_EPOCH` overrules it.
fn commit_time(layout: &Layout) -> u64 {
    let named = std::env::var("SOURCE_DATE_EPOCH").ok();
    let commit = || output(Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(&layout.root)).ok();
    named.or_else(commit).and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// Says what was made.
fn report(layout: &Layout, folder: &Path) -> Result {
    let entries = fs::read_dir(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let sizes: BTreeMap<PathBuf, u64> =
        entries.flatten().filter_map(|entry| Some((entry.path(), entry.metadata().ok()?.len()))).collect();
    for (path, size) in sizes {
        println!("{size:>10} bytes  {}", layout.relative(&path));
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::{CHARTS, Contents, archive, chart_contents, read_tree, write};
    use std::fs;
    use std::path::Path;

    fn entries(bytes: &[u8]) -> Vec<(String, u32, u64, u64, u64)> {
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes));
        let entries = archive.entries().unwrap().map(|entry| {
            let entry = entry.unwrap();
            let header = entry.header();
            let path = entry.path().unwrap().display().to_string();
            (path, header.mode().unwrap(), header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap())
        });
        entries.collect()
    }

    #[test]
    fn an_archive_is_sorted_owned_by_nobody_and_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        for name in ["b", "a/c", ".swp", ".helmignore"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let contents = read_tree(folder.path(), Path::new("deploy")).unwrap();
        let bytes = archive("x", &contents, 7).unwrap();
        let expected = ["x/deploy/.helmignore", "x/deploy/a/c", "x/deploy/b"];
        assert_eq!(entries(&bytes), expected.map(|path| (path.to_owned(), 0o644, 0, 0, 7)));
        assert_eq!(bytes, archive("x", &contents, 7).unwrap());
    }

    #[test]
    fn a_checksum_is_in_the_form_that_sha256sum_checks() {
        let folder = tempfile::tempdir().unwrap();
        let name = write(folder.path(), "a.tgz", b"abc").unwrap();
        assert_eq!(
            fs::read_to_string(folder.path().join(name)).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.tgz\n"
        );
    }

    #[test]
    fn the_charts_are_of_this_version_and_leave_their_tests_at_home() {
        for chart in CHARTS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/helm").join(chart);
            let contents: Contents = chart_contents(&folder).unwrap();
            let has = |path: &str| contents.contains_key(Path::new(path));
            assert!(has("Chart.yaml") && has("values.schema.json") && has("templates/_helpers.tpl"));
            assert!(!contents.keys().any(|path| path.starts_with("ci")));
        }
    }
}
