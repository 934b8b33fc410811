//! `muster` at a terminal: real processes, a real manager. What it prints, where, and how it ends.

mod failures;
mod story;

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::support::Value;

const EMAIL: &str = "ada@example.com";

/// A manager that runs, and a home folder for who asks it.
pub struct Machine {
    folder: TempDir,
    manager: Child,
    pub url: String,
}

impl Machine {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::write(folder.path().join("password"), "correct horse battery staple").unwrap();
        let mut serve = muster(folder.path(), &["serve", "--listen", "127.0.0.1:0", "--admin-email", EMAIL]);
        serve.arg("--admin-password-file").arg(folder.path().join("password")).arg("--data-dir").arg(data);
        let mut manager = serve.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(manager.stderr.take().unwrap()).lines().map(Result::unwrap);
        let ready = lines.find(|line| line.contains("is ready: ")).unwrap();
        let url = ready.split("is ready: ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        // Whoever writes into a pipe that nobody reads from waits.
        std::thread::spawn(move || lines.for_each(drop));
        Self { folder, manager, url }
    }

    /// A key of the administrator, made at the manager's machine.
    pub fn key(&self, name: &str, role: &str) -> String {
        let mut create = muster(self.path(), &["admin", "--data-dir"]);
        create.arg(self.path().join("data")).args(["create-key", "--email", EMAIL, "--name", name, "--role", role]);
        String::from_utf8(done(create.output().unwrap()).stdout).unwrap().trim().to_owned()
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The command, not started yet.
    fn command(&self, arguments: &[&str]) -> Command {
        muster(self.path(), arguments)
    }

    /// What it prints where it succeeds.
    fn run(&self, arguments: &[&str]) -> String {
        String::from_utf8(done(self.command(arguments).output().unwrap()).stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.run(&[arguments, &["--output", "json"]].concat())).unwrap()
    }

    /// How it ends where it fails, and what it says; nothing is on standard output.
    fn fails(&self, arguments: &[&str]) -> (i32, String) {
        failed(&self.command(arguments).output().unwrap())
    }

    /// What it prints where it gets something to read.
    fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Waits until a list shows something.
    fn until(&self, arguments: &[&str], is_there: impl Fn(&Value) -> bool) -> Value {
        loop {
            let list = self.json(arguments);
            if is_there(&list) {
                return list;
            }
        }
    }

    /// A delegate, as its owner runs it.
    fn delegate(&self, name: &str, account: &str, token: &str) -> Delegate {
        let folder = self.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        let log = folder.join("delegate.log");
        let mut run = self.command(&["delegate", "run"]);
        run.env("ACCOUNT_ID", account).env("DELEGATE_TOKEN", token).env("MANAGER_HOST_AND_PORT", &self.url);
        run.env("DELEGATE_NAME", name).env("DELEGATE_TYPE", "SHELL_SCRIPT").env("MUSTER_DELEGATE_DIR", &folder);
        Delegate { process: run.stderr(File::create(&log).unwrap()).spawn().unwrap(), log }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.manager.kill().unwrap();
        self.manager.wait().unwrap();
    }
}

struct Delegate {
    process: Child,
    log: PathBuf,
}

impl Delegate {
    /// Waits until its log says something.
    fn says(&self, text: &str) {
        while !fs::read_to_string(&self.log).unwrap().contains(text) {
            std::thread::yield_now();
        }
    }
}

impl Drop for Delegate {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// The program with nothing in its environment but a home.
fn muster(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.args(arguments).env_clear().env("HOME", home).current_dir(home).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[track_caller]
fn done(output: Output) -> Output {
    assert!(output.status.success(), "{output:?}");
    output
}

#[track_caller]
fn failed(output: &Output) -> (i32, String) {
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    (output.status.code().unwrap(), String::from_utf8(output.stderr.clone()).unwrap())
}
