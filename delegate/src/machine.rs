//! What the delegate does next, by what the manager answered: a pure state machine.
//!
//! Times count from the delegate's start, random numbers are handed in, and nothing here calls anybody: the loop in
//! `run` asks which call is due, makes it, and hands the outcome back.

mod events;
mod profile_poll;

use std::time::Duration;

use muster::wire::envelope::Refusal;

pub(crate) use self::events::{Bar, Call, Event, HeartbeatOutcome, LogEvent, covers};
use self::profile_poll::ProfilePoll;
use crate::{
    backoff::{self, jittered},
    failure::Failure,
    outage::Outage,
};

/// How often an enabled delegate asks for its tasks.
const TASK_POLL_INTERVAL: Duration = Duration::from_secs(3);
/// How often a waiting delegate asks, so that an approval shows quickly.
const WAITING_INTERVAL: Duration = Duration::from_secs(2);
/// How often a delegate that was rejected or disabled asks whether that was taken back.
const BARRED_INTERVAL: Duration = Duration::from_secs(60);
/// How many refusals in a row end what the delegate does, where they may pass: after a clock was set, one is no proof.
const MAX_REFUSALS: u32 = 2;

/// What the manager last said of the delegate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Unknown,
    Waiting,
    Enabled,
    Barred(Bar),
    Ended,
}

/// What the delegate knows of itself, and when which call is due.
#[derive(Debug)]
pub(crate) struct Machine {
    interval: Duration,
    polls: bool,
    status: Status,
    registered: bool,
    outage: Outage,
    heartbeat_at: Duration,
    tasks_at: Duration,
    task_failures: u32,
    profile_poll: ProfilePoll,
    refusals: u32,
    revoked: bool,
}

impl Machine {
    /// A delegate that has just started. `polls` says whether it asks for tasks.
    pub(crate) fn new(interval: Duration, polls: bool) -> Self {
        Self {
            interval,
            polls,
            status: Status::Unknown,
            registered: false,
            outage: Outage::default(),
            heartbeat_at: Duration::ZERO,
            tasks_at: Duration::ZERO,
            task_failures: 0,
            profile_poll: ProfilePoll::default(),
            refusals: 0,
            revoked: false,
        }
    }

    /// The next call, and when it is due; none where the delegate has to end.
    pub(crate) fn next(&self) -> Option<(Call, Duration)> {
        if self.status == Status::Ended {
            return None;
        }
        let heartbeat = (if self.registered { Call::Heartbeat } else { Call::Register }, self.heartbeat_at);
        // While the manager is away, only the heartbeat asks whether it is back.
        let working = self.is_working();
        let tasks = (working && self.polls).then_some((Call::Tasks, self.tasks_at));
        let profile = self.profile_poll.due().filter(|_| working).map(|at| (Call::Profile, at));
        [Some(heartbeat), profile, tasks].into_iter().flatten().min_by_key(|(_, at)| *at)
    }

    /// Whether the manager, when last asked, answered that the delegate may work.
    pub(crate) const fn is_working(&self) -> bool {
        matches!(self.status, Status::Enabled) && self.registered && !self.outage.is_ongoing()
    }

    /// Whether the delegate was told to do nothing: by a person, or because its token is no longer good. That the
    /// manager is away ends no work.
    pub(crate) const fn is_cut_off(&self) -> bool {
        self.revoked
            || self.refusals >= MAX_REFUSALS
            || matches!(self.status, Status::Waiting | Status::Barred(_) | Status::Ended)
    }

    /// Whether the manager counts this delegate as one that runs, so that it is worth telling it of the end.
    pub(crate) const fn is_registered(&self) -> bool {
        self.registered
    }

    /// Takes in how a call went at `now`; `random` is from 0 to 1. Returns the lines for the log.
    pub(crate) fn handle(&mut self, event: Event, now: Duration, random: f64) -> Vec<LogEvent> {
        let mut log = Vec::new();
        if matches!(event, Event::Registered { .. } | Event::RegistrationBarred(_) | Event::Heartbeat(_)) {
            (self.refusals, self.revoked) = (0, false);
        }
        match event {
            Event::Registered { keeps } => {
                log.extend(self.outage.end(now).map(LogEvent::Reconnected));
                log.extend(keeps.map(LogEvent::ProfileKept));
                self.registered = true;
                self.heartbeat_at = now;
            }
            Event::RegistrationBarred(bar) => {
                log.extend(self.outage.end(now).map(LogEvent::Reconnected));
                self.set_status(Status::Barred(bar), now, random, &mut log);
            }
            Event::Heartbeat(outcome) => {
                log.extend(self.outage.end(now).map(LogEvent::Reconnected));
                let (status, profile) = match outcome {
                    HeartbeatOutcome::Waiting => (Status::Waiting, None),
                    HeartbeatOutcome::Enabled(profile) => (Status::Enabled, Some(profile)),
                    HeartbeatOutcome::Barred(bar) => (Status::Barred(bar), None),
                    HeartbeatOutcome::Gone => (Status::Ended, None),
                };
                self.set_status(status, now, random, &mut log);
                if let Some(profile) = profile {
                    self.profile_poll.set_desired(profile, now);
                }
            }
            Event::Succeeded(Call::Profile) => self.profile_poll.succeeded(now, random),
            Event::Succeeded(_) => {
                self.task_failures = 0;
                self.tasks_at = now + jittered(TASK_POLL_INTERVAL, random);
            }
            Event::Failed(call @ (Call::Tasks | Call::Profile), failure) => {
                if matches!(failure, Failure::Refused(_)) {
                    self.heartbeat_at = now;
                }
                log.push(if call == Call::Profile {
                    self.profile_poll.failed(failure, now, random)
                } else {
                    self.tasks_at = now + backoff::soon(self.task_failures, random);
                    self.task_failures = self.task_failures.saturating_add(1);
                    LogEvent::CallFailed(call, failure)
                });
            }
            Event::ReportRefused => {
                // In an outage, the heartbeat asks anyway, at its own pace.
                if !self.outage.is_ongoing() {
                    self.heartbeat_at = now;
                }
            }
            Event::Failed(Call::Register | Call::Heartbeat, failure) => {
                let (wait, log_it) = self.outage.record(&failure, now, random);
                let barred = matches!(self.status, Status::Barred(_));
                let min_wait = if barred { BARRED_INTERVAL } else { Duration::ZERO };
                self.heartbeat_at = now + wait.max(min_wait);
                if let Failure::Refused(refusal) = &failure {
                    self.refusals = self.refusals.saturating_add(1);
                    self.revoked |= *refusal == Refusal::RevokedToken;
                }
                if self.is_cut_off() {
                    self.profile_poll = ProfilePoll::default();
                }
                log.extend(log_it.then_some(match failure {
                    Failure::Unavailable { reason, .. } => LogEvent::Unreachable(reason),
                    Failure::Refused(refusal) => LogEvent::Refused(refusal),
                    Failure::Declined(message) => LogEvent::Declined(message),
                }));
            }
        }
        log
    }

    fn set_status(&mut self, status: Status, now: Duration, random: f64, log: &mut Vec<LogEvent>) {
        let before = std::mem::replace(&mut self.status, status);
        self.registered = matches!(status, Status::Waiting | Status::Enabled);
        let wait = match status {
            Status::Waiting => self.interval.min(WAITING_INTERVAL),
            Status::Barred(_) => BARRED_INTERVAL,
            Status::Enabled | Status::Unknown | Status::Ended => self.interval,
        };
        self.heartbeat_at = now + jittered(wait, random);
        if before == status {
            return;
        }
        self.profile_poll = ProfilePoll::default();
        if status == Status::Enabled {
            (self.tasks_at, self.task_failures) = (now, 0);
        }
        log.extend(match (before, status) {
            (_, Status::Waiting) => Some(LogEvent::WaitingForApproval),
            // Enabled again, it needs no approval.
            (Status::Unknown | Status::Barred(Bar::Disabled), Status::Enabled) => Some(LogEvent::Connected),
            (_, Status::Enabled) => Some(LogEvent::Approved),
            (_, Status::Barred(bar)) => Some(LogEvent::Barred(bar)),
            (_, Status::Ended) => Some(LogEvent::Deleted),
            (_, Status::Unknown) => None,
        });
    }
}

#[cfg(test)]
mod tests;
