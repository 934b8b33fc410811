//! Runs one script: its process, its output, its limit, its end.

use std::{
    io,
    os::{fd::OwnedFd, unix::process::ExitStatusExt as _},
    path::Path,
    pin::pin,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use muster::{
    id::ScriptRunId,
    script::{MAX_LOG_BYTES, MAX_RUN_TIME, Outcome},
    wire::script::ScriptEnd,
};
use rustix::process::Pid;
use tokio::{
    io::AsyncReadExt as _,
    net::unix::pipe::Receiver,
    process::{Child, Command},
    sync::oneshot,
    time::{sleep, timeout},
};

use super::{
    file::{Interpreter, ScriptFile, interpreters},
    processes::{self, RUN_VARIABLE},
};

/// What a script does not see: keys of the delegate's own, and the proxy's.
const HIDDEN: [&str; 4] = ["DELEGATE_TOKEN", "ACCOUNT_SECRET", "UPGRADER_TOKEN", "PROXY_PASSWORD"];
/// How much output is read at once.
const READ_BYTES: usize = 16 * 1024;
/// The pause after a full piece: a script that floods its output keeps nothing else from running.
const FLOOD_PAUSE: Duration = Duration::from_millis(1);
/// How long a process that was killed may take to be gone.
const REAP_TIMEOUT: Duration = Duration::from_secs(1);

/// How much time a script has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// To run.
    pub time: Duration,
    /// To end, once it is asked to.
    pub grace: Duration,
    /// For output that comes after its end, from what it left running.
    pub linger: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: MAX_RUN_TIME, grace: Duration::from_secs(5), linger: Duration::from_millis(500) }
    }
}

/// A script that is to run.
pub(crate) struct Job<'a> {
    /// Under which id.
    pub run: ScriptRunId,
    /// What runs.
    pub script: &'a str,
    /// Where it runs, and lies while it does.
    pub directory: &'a Path,
    /// How much time it has.
    pub limits: Limits,
}

/// Runs a script until it ends, or until it is stopped, by a message that says why or by the other end being dropped;
/// hands on its output, both streams in their order. What the script leaves running when it ends by itself lives on.
pub(crate) async fn run(job: Job<'_>, mut stop: oneshot::Receiver<Outcome>, output: impl FnMut(&[u8])) -> ScriptEnd {
    let mut pump = Pump { pipe: None, output, buffer: vec![0; READ_BYTES], full: false };
    let started = ScriptFile::write(job.directory, job.run, job.script)
        .map_err(|error| format!("The script cannot be written to {}: {error}\n", job.directory.display()))
        .and_then(|file| Ok((start(&job, &file)?, file)));
    let (mut child, _file) = match started {
        Ok(((child, pipe), file)) => {
            pump.pipe = Some(pipe);
            (child, file)
        }
        Err(why) => {
            (pump.output)(why.as_bytes());
            return ScriptEnd { outcome: Outcome::NotStarted, exit_code: None };
        }
    };
    let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let ended = pump.during(async {
        tokio::select! {
            biased;
            status = child.wait() => Ok(status),
            why = &mut stop => Err(why.unwrap_or(Outcome::Interrupted)),
            () = sleep(job.limits.time) => Err(Outcome::TimedOut),
        }
    });
    let (outcome, status) = match ended.await {
        Ok(status) => (Outcome::Exited, status.ok()),
        Err(outcome) => {
            pump.during(processes::end(group, job.run, job.limits.grace)).await;
            (outcome, timeout(REAP_TIMEOUT, child.wait()).await.ok().and_then(Result::ok))
        }
    };
    pump.drain(job.limits.linger).await;
    ScriptEnd { outcome, exit_code: status.and_then(exit_code) }
}

/// Ends what is left of a run whose delegate was killed.
pub(crate) async fn end_leftovers(run: ScriptRunId, limits: Limits) {
    processes::end(None, run, limits.grace).await;
}

/// Starts a script with the first interpreter that exists. The error is a sentence for who wrote the script.
fn start(job: &Job<'_>, file: &ScriptFile) -> Result<(Child, Receiver), String> {
    let mut why = String::new();
    for interpreter in interpreters(job.script) {
        match spawn(job, file, &interpreter) {
            Ok(started) => return Ok(started),
            Err(error) => why.push_str(&format!("{} cannot be started: {error}\n", interpreter.program)),
        }
    }
    Err(why)
}

fn spawn(job: &Job<'_>, file: &ScriptFile, interpreter: &Interpreter) -> io::Result<(Child, Receiver)> {
    let (reader, writer) = io::pipe()?;
    let reader = Receiver::from_owned_fd(OwnedFd::from(reader))?;
    let mut command = Command::new(&interpreter.program);
    command.args(&interpreter.argument).arg(file.path()).current_dir(job.directory);
    for name in HIDDEN {
        command.env_remove(name);
    }
    command.env(RUN_VARIABLE, job.run.to_string());
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    // A group of its own, so that it ends with its children; killed where the delegate itself ends unasked.
    let child = command.process_group(0).kill_on_drop(true).spawn()?;
    Ok((child, reader))
}

/// A script that a signal ended has 128 and the signal's number, as in shells.
fn exit_code(status: ExitStatus) -> Option<i32> {
    status.code().or_else(|| Some(128 + status.signal()?))
}

/// Hands on what comes out of a pipe.
struct Pump<F> {
    pipe: Option<Receiver>,
    output: F,
    buffer: Vec<u8>,
    full: bool,
}

impl<F: FnMut(&[u8])> Pump<F> {
    /// Hands on one piece. What was read is handed on also where this is not awaited to its end.
    async fn step(&mut self) {
        if self.full {
            sleep(FLOOD_PAUSE).await;
            self.full = false;
        }
        let Some(pipe) = &mut self.pipe else { return };
        match pipe.read(&mut self.buffer).await {
            Ok(0) | Err(_) => self.pipe = None,
            Ok(length) => {
                self.full = length == self.buffer.len();
                (self.output)(&self.buffer[..length]);
            }
        }
    }

    /// Hands on what comes until this is done.
    async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = self.step(), if self.pipe.is_some() => {}
            }
        }
    }

    /// Hands on what is there, and what comes from others who hold the pipe for a while yet. After that, they write
    /// into nothing: a pipe without a reader would kill them.
    async fn drain(self, linger: Duration) {
        let Self { pipe, mut output, mut buffer, .. } = self;
        let Some(mut pipe) = pipe else { return };
        let mut left = MAX_LOG_BYTES;
        let rest = async {
            while left > 0 {
                match pipe.read(&mut buffer).await {
                    Ok(0) | Err(_) => return,
                    Ok(length) => {
                        output(&buffer[..length]);
                        left = left.saturating_sub(length);
                    }
                }
            }
        };
        if timeout(linger, rest).await.is_ok() && left > 0 {
            return;
        }
        tokio::spawn(async move {
            while pipe.read(&mut buffer).await.is_ok_and(|length| length > 0) {
                sleep(FLOOD_PAUSE).await;
            }
        });
    }
}

#[cfg(test)]
mod tests;
