//! Startup scripts: runs what the profile asks for, once for each version, and tells the manager how it goes.
//!
//! One task of its own does it, so that no heartbeat waits for a script. A version is written down before its script
//! starts: a delegate that is killed meanwhile tells so when it is back, and does not run it again. Neither a script
//! nor its output ever reaches the delegate's log, since secrets may stand in them.

mod feed;
mod file;
mod processes;
mod report;
mod runner;

use std::{
    future::{Pending, pending},
    path::Path,
    pin::pin,
    sync::Arc,
    time::Duration,
};

use muster::{
    id::ScriptRunId,
    script::Outcome,
    wire::{heartbeat::Applied, profile::ProfileParams, script::ScriptEnd},
};
use muster_client::log_safe;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, sleep_until, timeout},
};

pub(crate) use self::processes::all as processes;
use self::{
    feed::Feed,
    report::{ReportsEnd, Signals},
    runner::{Job, Limits},
};
use crate::{
    clock,
    identity::{Identity, Run},
    machine::covers,
    manager::Manager,
    random,
};

/// How long a new version waits for the manager to take the end of the run before.
const MAX_REPORT_WAIT: Duration = Duration::from_secs(60);
/// How long the manager has, at the delegate's own end, to hear of the end of a run.
const FINAL_REPORT_TIMEOUT: Duration = Duration::from_secs(1);
/// How long the delegate's end waits for all of that: container engines kill after ten seconds.
pub(crate) const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(8);

/// What the task is told.
enum Command {
    /// The manager answers again, and the delegate may work.
    Resume,
    /// The delegate was cut off.
    CutOff,
    /// A person cancelled this run.
    Cancel(ScriptRunId),
    /// This is to be applied.
    Apply(ProfileParams),
    /// The delegate ends.
    End,
}

/// The task that runs startup scripts.
pub(crate) struct Scripts {
    commands: mpsc::UnboundedSender<Command>,
    signals: Arc<Signals>,
    task: JoinHandle<()>,
}

impl Scripts {
    /// Begins the task.
    pub(crate) fn start(manager: Arc<Manager>, identity: Arc<Identity>) -> Self {
        let (commands, received) = mpsc::unbounded_channel();
        let signals = Arc::new(Signals::default());
        let limits = Limits::default();
        let worker = Worker {
            manager,
            identity,
            commands: received,
            signals: signals.clone(),
            limits,
            next: None,
            stopping: false,
        };
        Self { commands, signals, task: tokio::spawn(worker.work()) }
    }

    /// The manager answers, and the delegate may work.
    pub(crate) fn resume(&self) {
        self.send(Command::Resume);
    }

    /// The delegate may do nothing any more: what runs is killed.
    pub(crate) fn cut_off(&self) {
        self.send(Command::CutOff);
    }

    /// Runs a profile's script, where it is not the one that was applied last.
    pub(crate) fn apply(&self, profile: ProfileParams) {
        self.send(Command::Apply(profile));
    }

    /// Ends a run that a person cancelled, where it goes on.
    pub(crate) fn cancel(&self, run: ScriptRunId) {
        self.send(Command::Cancel(run));
    }

    /// Waits until the manager refuses a report.
    pub(crate) async fn refused(&self) {
        self.signals.refused.notified().await;
    }

    /// Kills what runs, tells the manager, and ends.
    pub(crate) async fn end(mut self) {
        self.send(Command::End);
        if timeout(SHUTDOWN_TIMEOUT, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }

    fn send(&self, command: Command) {
        // The task ends only when it is told to.
        let _ = self.commands.send(command);
    }
}

/// Runs the script of the environment, with which images prepare themselves. Its failure is logged, and stops nothing.
pub(crate) async fn run_init_script(directory: &Path, script: &str, stop: oneshot::Receiver<Outcome>) {
    file::clean(directory);
    let run = ScriptRunId::new(clock::now(), &random::bytes());
    let begun = Instant::now();
    tracing::info!("the script of INIT_SCRIPT starts");
    let end = runner::run(Job { run, script, directory, limits: Limits::default() }, stop, |_| {}).await;
    log_end("the script of INIT_SCRIPT", &end, begun.elapsed());
}

struct Worker {
    manager: Arc<Manager>,
    identity: Arc<Identity>,
    commands: mpsc::UnboundedReceiver<Command>,
    signals: Arc<Signals>,
    limits: Limits,
    /// The newest that is to be applied once what is under way has ended.
    next: Option<ProfileParams>,
    stopping: bool,
}

impl Worker {
    async fn work(mut self) {
        file::clean(self.identity.directory());
        if let Some(run) = self.identity.run().filter(|run| run.end.is_none()) {
            // Its delegate was killed; it may go on, and would get in the way of the next.
            runner::end_leftovers(run.id, self.limits).await;
        }
        while !self.stopping
            && let Some(command) = self.commands.recv().await
        {
            let resumes = matches!(command, Command::Resume);
            self.handle(command);
            if resumes && let Some(run) = self.identity.run() {
                self.settle(run).await;
            }
            while let Some(profile) = self.next.take() {
                self.apply(profile).await;
            }
        }
    }

    fn handle(&mut self, command: Command) {
        match command {
            Command::Resume => self.signals.retry_now.notify_waiters(),
            Command::Apply(profile) => self.next = Some(profile),
            Command::CutOff => self.next = None,
            // Of a run that goes on it was heard already.
            Command::Cancel(_) => {}
            Command::End => (self.next, self.stopping) = (None, true),
        }
    }

    /// Tells of a run that an earlier process of this delegate could not tell of to its end.
    async fn settle(&mut self, run: Run) {
        let end = run.end.clone().unwrap_or(ScriptEnd { outcome: Outcome::Interrupted, exit_code: None });
        let feed = Feed::of_end(run.output, end);
        self.report_run(&run, &feed, None::<(Pending<ScriptEnd>, _)>).await;
    }

    async fn apply(&mut self, profile: ProfileParams) {
        let version =
            Applied { profile_id: profile.profile_id.clone(), last_updated_at: profile.profile_last_updated_at };
        if self.identity.applied().is_some_and(|has| covers(&has, &version)) {
            return;
        }
        let name = log_safe(&profile.name);
        let run = (!profile.script_content.trim().is_empty()).then(|| Run {
            id: ScriptRunId::new(clock::now(), &random::bytes()),
            of: version.clone(),
            end: None,
            output: 0,
        });
        if let Err(error) = self.identity.apply(version, run.clone()) {
            tracing::warn!("the profile {name} cannot be applied, and its startup script does not run: {error}");
            return;
        }
        tracing::info!("the delegate has the profile {name}");
        let Some(run) = run else { return };
        tracing::info!("the startup script of profile {name} starts (run {})", run.id);
        let feed = Feed::default();
        let (stop, stopped) = oneshot::channel();
        let identity = self.identity.clone();
        let job =
            Job { run: run.id, script: &profile.script_content, directory: identity.directory(), limits: self.limits };
        let work = async {
            let begun = Instant::now();
            let end = runner::run(job, stopped, |bytes| feed.push(bytes)).await;
            log_end(&format!("the startup script of profile {name}"), &end, begun.elapsed());
            end
        };
        self.report_run(&run, &feed, Some((work, stop))).await;
    }

    /// Tells the manager of a run while it goes on, if it does, and until its end is taken.
    async fn report_run(
        &mut self,
        run: &Run,
        feed: &Feed,
        work: Option<(impl Future<Output = ScriptEnd>, oneshot::Sender<Outcome>)>,
    ) {
        let (work, mut stop) = work.unzip();
        let (mut running, mut reporting) = (work.is_some(), true);
        let mut work = pin!(async {
            match work {
                Some(work) => work.await,
                None => pending().await,
            }
        });
        let (manager, signals) = (self.manager.clone(), self.signals.clone());
        let delegate = self.identity.delegate_id().unwrap_or_default();
        let mut report = pin!(report::report(&manager, &delegate, run, feed, &signals));
        let mut until: Option<Instant> = None;
        while running || reporting {
            if !running {
                // What is told of the past must not keep the delegate from what is to be done now.
                let wait = if self.stopping {
                    Some(FINAL_REPORT_TIMEOUT)
                } else {
                    self.next.as_ref().map(|_| MAX_REPORT_WAIT)
                };
                let new = wait.map(|wait| Instant::now() + wait);
                until = until.into_iter().chain(new).min();
            }
            tokio::select! {
                command = self.commands.recv() => {
                    let command = command.unwrap_or(Command::End);
                    match command {
                        Command::CutOff | Command::End => drop(stop.take()),
                        Command::Cancel(id) if id == run.id => {
                            // Told once; where it has ended by itself, that is what is told.
                            if let Some(stop) = stop.take() {
                                tracing::warn!("the run {id} of the startup script was cancelled in the console");
                                let _ = stop.send(Outcome::Cancelled);
                            }
                        }
                        Command::Cancel(_) | Command::Resume | Command::Apply(_) => {}
                    }
                    self.handle(command);
                }
                end = &mut work, if running => {
                    running = false;
                    let output = feed.finish(end.clone());
                    if let Err(error) = self.identity.ended(run.id, &end, output) {
                        tracing::warn!("the end of the startup script could not be kept: {error}");
                    }
                }
                end = &mut report, if reporting => {
                    reporting = false;
                    feed.close();
                    if let ReportsEnd::Unwanted(failure) = end {
                        tracing::debug!("the manager does not want reports of the run {}: {failure}", run.id);
                    }
                }
                () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => return,
            }
        }
        if let Err(error) = self.identity.settled(run.id) {
            tracing::warn!("the end of the startup script could not be kept: {error}");
        }
    }
}

fn log_end(what: &str, end: &ScriptEnd, after: Duration) {
    let after = format!("after {} s", after.as_secs());
    match (end.outcome, end.exit_code) {
        (Outcome::Exited, Some(0)) => tracing::info!("{what} ended well {after}"),
        (Outcome::Exited, Some(code)) => tracing::warn!("{what} ended with exit code {code} {after}"),
        (Outcome::TimedOut, _) => tracing::warn!("{what} did not end in time, and was killed {after}"),
        (Outcome::Cancelled, _) => tracing::warn!("{what} was cancelled {after}"),
        (Outcome::Interrupted, _) => tracing::warn!("{what} was interrupted {after}"),
        (Outcome::NotStarted, _) => tracing::warn!("{what} could not be started"),
        (Outcome::NotDelivered, _) | (Outcome::Exited, None) => tracing::warn!("{what} ended {after}"),
    }
}
