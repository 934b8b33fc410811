//! A command that runs beside the rest, and takes only what that leaves of the processors.
//!
//! A shell supervises it and holds the reading end of a pipe whose other end is ours. However this process ends, by
//! itself, by Ctrl-C or by SIGKILL, the pipe closes, and the shell ends the command and all that it started.

use crate::run::Result;
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

/// Arguments: the command.
const SUPERVISOR: &str = r#"
exec 3<&0
(cat <&3 >/dev/null; kill -TERM 0) &
nice -n 19 "$@" </dev/null
"#;

/// A command that runs; dropping it ends it.
pub struct Background {
    supervisor: Child,
    name: &'static str,
    log: PathBuf,
}

impl Background {
    /// Starts a program with its arguments. What it writes goes into the file `log`.
    pub fn start(name: &'static str, log: PathBuf, command: &[&str]) -> Result<Self> {
        let failed = |error: io::Error| format!("{name} could not be started: {error}");
        let output = File::create(&log).map_err(failed)?;
        let errors = output.try_clone().map_err(failed)?;
        let mut shell = Command::new("sh");
        shell.args(["-c", SUPERVISOR, "background"]).args(command);
        shell.stdin(Stdio::piped()).stdout(output).stderr(errors);
        own_group(&mut shell);
        let supervisor = shell.spawn().map_err(failed)?;
        println!("{name} goes on beside the rest, and writes into {}", log.display());
        Ok(Self { supervisor, name, log })
    }

    /// Waits for its end, and shows what it wrote. Fails where it failed.
    pub fn finish(mut self) -> Result {
        let ended = wait(&mut self.supervisor).map_err(|error| format!("{}: {error}", self.name))?;
        print!("{}", fs::read_to_string(&self.log).unwrap_or_default());
        if ended.success() { Ok(()) } else { Err(format!("{} failed ({ended})", self.name)) }
    }
}

/// Waits without closing the pipe, as [`Child::wait`] would: that ends the command.
fn wait(child: &mut Child) -> io::Result<ExitStatus> {
    let pipe = child.stdin.take();
    let ended = child.wait();
    drop(pipe);
    ended
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// In a process group of its own: the shell's signal reaches nobody else.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::Background;
    use std::fs;
    use std::path::Path;

    #[test]
    fn its_end_and_its_words_are_known() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let run = |script| Background::start("it", log.clone(), &["sh", "-c", script]).unwrap().finish();
        assert_eq!(run("echo out; echo err >&2"), Ok(()));
        assert_eq!(fs::read_to_string(&log).unwrap(), "out\nerr\n");
        assert_eq!(run("exit 3"), Err("it failed (exit status: 3)".to_owned()));
    }

    #[test]
    fn dropped_it_ends_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let background = Background::start("it", log.clone(), &["sh", "-c", "sleep 600 & echo $!; wait"]).unwrap();
        let id = loop {
            let text = fs::read_to_string(&log).unwrap();
            if let Some(id) = text.strip_suffix('\n') {
                break id.to_owned();
            }
            std::thread::yield_now();
        };
        assert!(Path::new("/proc").join(&id).exists());
        drop(background);
        let is_gone = || fs::read_to_string(format!("/proc/{id}/stat")).map_or(true, |stat| stat.contains(") Z "));
        while !is_gone() {
            std::thread::yield_now();
        }
    }
}
