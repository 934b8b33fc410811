//! What the delegate does next, by what the manager answered: a pure state machine.
//!
//! Times count from the delegate's start, chance is handed in, and nothing here calls anybody: the loop in
//! `run` asks which call is due, makes it, and hands the outcome back.

use std::time::Duration;

use muster::wire::{
    envelope::Refusal,
    heartbeat::{HeartbeatReply, REJECTED, WireStatus},
};

use crate::{
    backoff::{self, around},
    failure::Failure,
    trouble::Trouble,
};

/// How often a delegate asks for its tasks.
const TASKS_EVERY: Duration = Duration::from_secs(3);
/// How often a waiting delegate asks, so that an approval shows quickly.
const WAITING_EVERY: Duration = Duration::from_secs(2);
/// How often a rejected delegate asks whether the rejection was taken back.
const REJECTED_EVERY: Duration = Duration::from_secs(60);

/// A call that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Make the delegate known.
    Register,
    /// Say that it is alive, and ask for its status.
    Heartbeat,
    /// Ask for its tasks.
    Tasks,
    /// Ask for its profile.
    Profile,
}

/// How a call went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The manager took the registration.
    Registered,
    /// The manager turned the registration away.
    TurnedAway,
    /// The manager told the delegate's standing.
    Told(Told),
    /// The tasks, or the profile, came.
    Served(Call),
    /// It went wrong.
    Failed(Call, Failure),
}

/// What a heartbeat's reply tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// A person has to decide.
    Waiting,
    /// It may work.
    Enabled,
    /// A person turned it away.
    Rejected,
    /// The manager does not know it, or no more.
    Gone,
}

impl From<&HeartbeatReply> for Told {
    fn from(reply: &HeartbeatReply) -> Self {
        match reply.status {
            WireStatus::Enabled => Self::Enabled,
            WireStatus::WaitingForApproval => Self::Waiting,
            WireStatus::Deleted if reply.reason.as_deref() == Some(REJECTED) => Self::Rejected,
            WireStatus::Deleted => Self::Gone,
        }
    }
}

/// What is to be said in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Say {
    /// It waits for approval.
    Waits,
    /// It was approved, and is connected.
    Approved,
    /// It is connected; it was approved before.
    Connected,
    /// It was rejected.
    Rejected,
    /// It was deleted, and ends.
    Deleted,
    /// The manager cannot be reached.
    Away(String),
    /// The manager refuses the credential.
    Refused(Refusal),
    /// The manager does not take what was sent.
    Declined(String),
    /// It is connected again, after so long.
    Back(Duration),
    /// A call on the side went wrong; the heartbeat will tell whether that matters.
    Aside(Call, Failure),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Unknown,
    Waiting,
    Enabled,
    Rejected,
    Ended,
}

/// What the delegate knows of itself, and when which call is due.
#[derive(Debug)]
pub(crate) struct Machine {
    interval: Duration,
    polls: bool,
    standing: Standing,
    registered: bool,
    trouble: Trouble,
    beat_at: Duration,
    tasks_at: Duration,
    profile_at: Option<Duration>,
    aside_failures: u32,
}

impl Machine {
    /// A delegate that has just started. `polls` says whether it asks for tasks.
    pub(crate) fn new(interval: Duration, polls: bool) -> Self {
        Self {
            interval,
            polls,
            standing: Standing::Unknown,
            registered: false,
            trouble: Trouble::default(),
            beat_at: Duration::ZERO,
            tasks_at: Duration::ZERO,
            profile_at: None,
            aside_failures: 0,
        }
    }

    /// The next call, and when it is due; none where the delegate has to end.
    pub(crate) fn next(&self) -> Option<(Call, Duration)> {
        if self.standing == Standing::Ended {
            return None;
        }
        let beat = (if self.registered { Call::Heartbeat } else { Call::Register }, self.beat_at);
        // While the manager is away, only the heartbeat asks whether it is back.
        let works = self.standing == Standing::Enabled && self.registered && !self.trouble.is_on();
        let tasks = (works && self.polls).then_some((Call::Tasks, self.tasks_at));
        let profile = self.profile_at.filter(|_| works).map(|at| (Call::Profile, at));
        [Some(beat), profile, tasks].into_iter().flatten().min_by_key(|(_, at)| *at)
    }

    /// Whether the manager counts this delegate as one that runs, so that it is worth telling it of the end.
    pub(crate) const fn is_known(&self) -> bool {
        self.registered
    }

    /// Takes in how a call went at `now`; `chance` is from 0 to 1. Returns what to say.
    pub(crate) fn take(&mut self, event: Event, now: Duration, chance: f64) -> Vec<Say> {
        let mut says = Vec::new();
        match event {
            Event::Registered => {
                says.extend(self.trouble.over(now).map(Say::Back));
                self.registered = true;
                self.beat_at = now;
            }
            Event::TurnedAway => {
                says.extend(self.trouble.over(now).map(Say::Back));
                self.stand(Standing::Rejected, now, chance, &mut says);
            }
            Event::Told(told) => {
                says.extend(self.trouble.over(now).map(Say::Back));
                let standing = match told {
                    Told::Waiting => Standing::Waiting,
                    Told::Enabled => Standing::Enabled,
                    Told::Rejected => Standing::Rejected,
                    Told::Gone => Standing::Ended,
                };
                self.stand(standing, now, chance, &mut says);
            }
            Event::Served(call) => {
                self.aside_failures = 0;
                self.put_off(call, now + around(TASKS_EVERY, chance), None);
            }
            Event::Failed(call @ (Call::Tasks | Call::Profile), failure) => {
                let at = now + backoff::soon(self.aside_failures, chance);
                self.aside_failures = self.aside_failures.saturating_add(1);
                self.put_off(call, at, Some(at));
                if matches!(failure, Failure::Refused(_)) {
                    self.beat_at = now;
                }
                says.push(Say::Aside(call, failure));
            }
            Event::Failed(Call::Register | Call::Heartbeat, failure) => {
                let (wait, say) = self.trouble.take(&failure, now, chance);
                let least = if self.standing == Standing::Rejected { REJECTED_EVERY } else { Duration::ZERO };
                self.beat_at = now + wait.max(least);
                says.extend(say.then_some(match failure {
                    Failure::Away { why, .. } => Say::Away(why),
                    Failure::Refused(refusal) => Say::Refused(refusal),
                    Failure::Declined(message) => Say::Declined(message),
                }));
            }
        }
        says
    }

    fn put_off(&mut self, call: Call, tasks_at: Duration, profile_at: Option<Duration>) {
        match call {
            Call::Tasks => self.tasks_at = tasks_at,
            Call::Profile => self.profile_at = profile_at,
            Call::Register | Call::Heartbeat => {}
        }
    }

    fn stand(&mut self, standing: Standing, now: Duration, chance: f64, says: &mut Vec<Say>) {
        let before = std::mem::replace(&mut self.standing, standing);
        self.registered = matches!(standing, Standing::Waiting | Standing::Enabled);
        let wait = match standing {
            Standing::Waiting => self.interval.min(WAITING_EVERY),
            Standing::Rejected => REJECTED_EVERY,
            Standing::Enabled | Standing::Unknown | Standing::Ended => self.interval,
        };
        self.beat_at = now + around(wait, chance);
        if before == standing {
            return;
        }
        if standing == Standing::Enabled {
            (self.tasks_at, self.profile_at, self.aside_failures) = (now, Some(now), 0);
        }
        says.extend(match (before, standing) {
            (_, Standing::Waiting) => Some(Say::Waits),
            (Standing::Unknown, Standing::Enabled) => Some(Say::Connected),
            (_, Standing::Enabled) => Some(Say::Approved),
            (_, Standing::Rejected) => Some(Say::Rejected),
            (_, Standing::Ended) => Some(Say::Deleted),
            (_, Standing::Unknown) => None,
        });
    }
}

#[cfg(test)]
mod tests;
