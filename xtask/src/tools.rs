//! What has to be on the machine, installed where that is possible.

use crate::layout::Layout;
use crate::run::{Result, output, run, succeeds};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The standard library for a target.
pub fn rust_target(target: &str) -> Result {
    // rustc knows without rustup too: distributions ship targets as packages.
    let installed = output(Command::new("rustc").args(["--print", "target-libdir", "--target", target]));
    if installed.is_ok_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    run(Command::new("rustup").args(["target", "add", target]))
        .map_err(|error| format!("Rust's target {target} is missing and could not be installed: {error}"))
}

/// The npm packages of `end2end/`, installed anew only when the lock file changed.
pub fn npm_packages(layout: &Layout) -> Result {
    let folder = layout.end2end();
    let lock =
        std::fs::read(folder.join("package-lock.json")).map_err(|error| format!("package-lock.json: {error}"))?;
    // A copy of the lock that was installed lies inside what it installed, so removing node_modules removes it too.
    let stamp = folder.join("node_modules/.installed-lock.json");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if find_program(&["npm"]).is_none() {
        return Err("the browser tests need Node.js (20 or newer) with npm in PATH".into());
    }
    run(Command::new("npm").arg("ci").current_dir(&folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    std::fs::write(&stamp, lock).map_err(|error| format!("cannot write {}: {error}", stamp.display()))
}

/// The Chromium that drives the browser tests: `MUSTER_CHROMIUM`, or the system's.
pub fn chromium() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("MUSTER_CHROMIUM") {
        return Ok(named.into());
    }
    let names = ["chromium", "chromium-browser", "google-chrome"];
    if find_program(&names).is_none() {
        install("chromium", "the browser tests need Chromium; MUSTER_CHROMIUM can name one outside PATH")?;
    }
    find_program(&names).ok_or_else(|| "Chromium was installed but is not in PATH".into())
}

/// The folder with `initdb`, `postgres` and `pg_isready`.
pub fn postgres_bin() -> Result<PathBuf> {
    if find_postgres().is_none() {
        install("postgresql", "the tests need PostgreSQL's server programs (initdb, postgres) in PATH")?;
    }
    find_postgres().ok_or_else(|| "PostgreSQL was installed but its programs were not found".into())
}

/// A program of a package that has the same name everywhere.
pub fn program(name: &str, package: &str, need: &str) -> Result {
    if find_program(&[name]).is_none() {
        install(package, need)?;
    }
    if find_program(&[name]).is_some() {
        Ok(())
    } else {
        Err(format!("{package} was installed but {name} is not in PATH"))
    }
}

/// A Python that can make environments of its own.
pub fn python() -> Result<PathBuf> {
    const NEED: &str = "the tests need Python 3.10 or newer with its module venv";
    const CHECK: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
    let usable = || find_program(&["python3"]).filter(|path| succeeds(Command::new(path).args(["-c", CHECK])));
    if usable().is_none() {
        install("python3-venv", NEED)?;
    }
    usable().ok_or_else(|| NEED.into())
}

fn find_postgres() -> Option<PathBuf> {
    // In PATH there may be only links to some of the programs: the folder that they point into has them all.
    let linked = find_program(&["postgres"]).and_then(|path| path.canonicalize().ok());
    let in_path = linked.and_then(|path| path.parent().map(Path::to_path_buf));
    let configured =
        output(Command::new("sh").args(["-c", "command -v pg_config >/dev/null && pg_config --bindir || :"]));
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    debian.sort();
    let candidates =
        in_path.into_iter().chain(configured.ok().map(|dir| dir.trim().into())).chain(debian.into_iter().rev());
    candidates.into_iter().find(|dir| ["initdb", "postgres", "pg_isready"].iter().all(|name| dir.join(name).is_file()))
}

/// Whether this process is root, who can install packages but not run PostgreSQL.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Installs a Debian package, or says what to install by hand.
fn install(package: &str, need: &str) -> Result {
    if !is_root() || find_program(&["apt-get"]).is_none() {
        return Err(format!("{need}. On Debian and Ubuntu: apt-get install {package}"));
    }
    let apt_get = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run(apt_get().args(["update", "--quiet"]))?;
    run(apt_get().args(["install", "--yes", "--quiet", "--no-install-recommends", package]))
}

/// Whether `cargo nextest` is there.
pub fn has_nextest() -> bool {
    succeeds(Command::new("cargo").args(["nextest", "--version"]))
}

fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |dir| dir.join(name))).find(|file| file.is_file())
}
