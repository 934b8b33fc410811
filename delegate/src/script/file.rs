//! The script as a file, and what runs it.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use muster::id::ScriptRunId;

const PREFIX: &str = "startup-script-";

/// A script that lies on the disk for as long as this lives.
#[derive(Debug)]
pub(super) struct ScriptFile {
    path: PathBuf,
}

impl ScriptFile {
    /// Writes a script where only its owner can read it: secrets may stand in it.
    pub(super) fn write(directory: &Path, run: ScriptRunId, script: &str) -> io::Result<Self> {
        // The script may change its directory.
        let path = std::path::absolute(directory.join(format!("{PREFIX}{run}")))?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let written = Self { path };
        file.write_all(script.as_bytes())?;
        Ok(written)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ScriptFile {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Removes the scripts of delegates that were killed while one ran.
pub(super) fn clean(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let run = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.parse::<ScriptRunId>().ok());
        if run.is_some() {
            remove(&entry.path());
        }
    }
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!("{} cannot be removed; it may hold secrets, remove it by hand: {error}", path.display());
    }
}

/// A program that runs scripts, and the one argument that it is given before the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interpreter {
    pub program: String,
    pub argument: Option<String>,
}

/// What can run a script, best first: the program that its first line names after `#!`, else a shell. The system is
/// not asked to read that line: it would refuse on a disk that is mounted without the right to execute.
pub(super) fn interpreters(script: &str) -> Vec<Interpreter> {
    let line = script.strip_prefix("#!").and_then(|rest| rest.lines().next()).unwrap_or_default().trim();
    if line.is_empty() {
        return ["bash", "sh"].map(|shell| Interpreter { program: shell.to_owned(), argument: None }).to_vec();
    }
    // As in the system's own reading, all that follows the program is one argument.
    let (program, argument) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let argument = Some(argument.trim().to_owned()).filter(|argument| !argument.is_empty());
    vec![Interpreter { program: program.to_owned(), argument }]
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use uuid::Uuid;

    use super::*;

    const RUN: ScriptRunId = ScriptRunId(Uuid::from_u128(7));

    #[test]
    fn it_is_its_owners_alone_and_goes_with_its_run() {
        let directory = tempfile::tempdir().unwrap();
        let file = ScriptFile::write(directory.path(), RUN, "exit 3").unwrap();
        let path = file.path().to_owned();
        assert!(path.is_absolute() && fs::read_to_string(&path).unwrap() == "exit 3");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = ScriptFile::write(directory.path(), RUN, "").unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists, "never through what somebody else laid there");
        drop(file);
        assert!(!path.exists());
    }

    #[test]
    fn leftovers_are_removed_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        std::mem::forget(ScriptFile::write(directory.path(), RUN, "x").unwrap());
        for name in ["startup-script-mine.sh", "delegate.json"] {
            fs::write(directory.path().join(name), "").unwrap();
        }
        clean(directory.path());
        let mut left: Vec<_> =
            fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["delegate.json", "startup-script-mine.sh"]);
        clean(&directory.path().join("nowhere"));
    }

    #[test]
    fn the_first_line_names_the_interpreter() {
        for (script, program, argument) in [
            ("#!/bin/sh\nexit", "/bin/sh", None),
            ("#! /bin/bash -eu \r\nexit", "/bin/bash", Some("-eu")),
            ("#!/usr/bin/env python3", "/usr/bin/env", Some("python3")),
            ("#!/usr/bin/env\t-S perl  -w\n", "/usr/bin/env", Some("-S perl  -w")),
        ] {
            let argument = argument.map(str::to_owned);
            assert_eq!(interpreters(script), [Interpreter { program: program.to_owned(), argument }], "{script:?}");
        }
        for script in ["", "exit", "#!", "#! \nexit", " #!/bin/sh", "# !/bin/sh"] {
            let programs: Vec<_> = interpreters(script).into_iter().map(|one| one.program).collect();
            assert_eq!(programs, ["bash", "sh"], "{script:?}");
        }
    }
}
