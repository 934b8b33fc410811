//! What the delegate does next, by what the manager answered: a pure state machine.
//!
//! Times count from the delegate's start, chance is handed in, and nothing here calls anybody: the loop in
//! `run` asks which call is due, makes it, and hands the outcome back.

mod errand;

use std::time::Duration;

use muster::wire::{
    envelope::Refusal,
    heartbeat::{Applied, HeartbeatReply, REJECTED, WireStatus},
};

use self::errand::Errand;
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
/// How many refusals in a row end what the delegate does, where they may pass: after a clock was set, one is no proof.
const REFUSALS_MOST: u32 = 2;

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
    /// The manager took the registration. Where the delegate asked for another profile than it has, the name of that.
    Registered {
        /// The profile that it keeps.
        keeps: Option<String>,
    },
    /// The manager turned the registration away.
    TurnedAway,
    /// The manager told the delegate's standing.
    Told(Told),
    /// The tasks, or the profile, came.
    Served(Call),
    /// It went wrong.
    Failed(Call, Failure),
    /// The manager refused what was sent beside these calls; the heartbeat will tell whether that matters.
    Doubted,
}

/// What a heartbeat's reply tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// A person has to decide.
    Waiting,
    /// It may work, and this is what it is to apply.
    Enabled(Wish),
    /// A person turned it away.
    Rejected,
    /// The manager does not know it, or no more.
    Gone,
}

/// Which profile and startup script the manager wants to be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// It does not tell: managers other than Muster do not.
    Untold,
    /// What was applied.
    Same,
    /// Another.
    Other(Applied),
}

impl Told {
    /// What a reply tells a delegate that has applied this.
    pub(crate) fn new(reply: &HeartbeatReply, has: Option<&Applied>) -> Self {
        match reply.status {
            WireStatus::Enabled => Self::Enabled(match &reply.applies {
                None => Wish::Untold,
                Some(applies) if has.is_some_and(|has| covers(has, applies)) => Wish::Same,
                Some(applies) => Wish::Other(applies.clone()),
            }),
            WireStatus::WaitingForApproval => Self::Waiting,
            WireStatus::Deleted if reply.reason.as_deref() == Some(REJECTED) => Self::Rejected,
            WireStatus::Deleted => Self::Gone,
        }
    }
}

/// Whether a delegate that has applied `has` need not apply `wanted`.
pub(crate) fn covers(has: &Applied, wanted: &Applied) -> bool {
    has.profile_id == wanted.profile_id && has.last_updated_at >= wanted.last_updated_at
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
    /// The manager does not hand out the profile.
    NoProfile(String),
    /// It asked for another profile than the one which it keeps.
    KeepsProfile(String),
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
    task_failures: u32,
    profile: Errand,
    refusals: u32,
    revoked: bool,
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
            task_failures: 0,
            profile: Errand::default(),
            refusals: 0,
            revoked: false,
        }
    }

    /// The next call, and when it is due; none where the delegate has to end.
    pub(crate) fn next(&self) -> Option<(Call, Duration)> {
        if self.standing == Standing::Ended {
            return None;
        }
        let beat = (if self.registered { Call::Heartbeat } else { Call::Register }, self.beat_at);
        // While the manager is away, only the heartbeat asks whether it is back.
        let works = self.works();
        let tasks = (works && self.polls).then_some((Call::Tasks, self.tasks_at));
        let profile = self.profile.due().filter(|_| works).map(|at| (Call::Profile, at));
        [Some(beat), profile, tasks].into_iter().flatten().min_by_key(|(_, at)| *at)
    }

    /// Whether the manager, when last asked, answered that the delegate may work.
    pub(crate) const fn works(&self) -> bool {
        matches!(self.standing, Standing::Enabled) && self.registered && !self.trouble.is_on()
    }

    /// Whether the delegate was told to do nothing: by a person, or because its token is no longer good. That the
    /// manager is away ends no work.
    pub(crate) const fn is_cut_off(&self) -> bool {
        self.revoked
            || self.refusals >= REFUSALS_MOST
            || matches!(self.standing, Standing::Waiting | Standing::Rejected | Standing::Ended)
    }

    /// Whether the manager counts this delegate as one that runs, so that it is worth telling it of the end.
    pub(crate) const fn is_known(&self) -> bool {
        self.registered
    }

    /// Takes in how a call went at `now`; `chance` is from 0 to 1. Returns what to say.
    pub(crate) fn take(&mut self, event: Event, now: Duration, chance: f64) -> Vec<Say> {
        let mut says = Vec::new();
        if matches!(event, Event::Registered { .. } | Event::TurnedAway | Event::Told(_)) {
            (self.refusals, self.revoked) = (0, false);
        }
        match event {
            Event::Registered { keeps } => {
                says.extend(self.trouble.over(now).map(Say::Back));
                says.extend(keeps.map(Say::KeepsProfile));
                self.registered = true;
                self.beat_at = now;
            }
            Event::TurnedAway => {
                says.extend(self.trouble.over(now).map(Say::Back));
                self.stand(Standing::Rejected, now, chance, &mut says);
            }
            Event::Told(told) => {
                says.extend(self.trouble.over(now).map(Say::Back));
                let (standing, wish) = match told {
                    Told::Waiting => (Standing::Waiting, None),
                    Told::Enabled(wish) => (Standing::Enabled, Some(wish)),
                    Told::Rejected => (Standing::Rejected, None),
                    Told::Gone => (Standing::Ended, None),
                };
                self.stand(standing, now, chance, &mut says);
                if let Some(wish) = wish {
                    self.profile.hear(wish, now);
                }
            }
            Event::Served(Call::Profile) => self.profile.served(now, chance),
            Event::Served(_) => {
                self.task_failures = 0;
                self.tasks_at = now + around(TASKS_EVERY, chance);
            }
            Event::Failed(call @ (Call::Tasks | Call::Profile), failure) => {
                if matches!(failure, Failure::Refused(_)) {
                    self.beat_at = now;
                }
                says.push(if call == Call::Profile {
                    self.profile.failed(failure, now, chance)
                } else {
                    self.tasks_at = now + backoff::soon(self.task_failures, chance);
                    self.task_failures = self.task_failures.saturating_add(1);
                    Say::Aside(call, failure)
                });
            }
            Event::Doubted => {
                // In trouble, the heartbeat asks anyway, at its own pace.
                if !self.trouble.is_on() {
                    self.beat_at = now;
                }
            }
            Event::Failed(Call::Register | Call::Heartbeat, failure) => {
                let (wait, say) = self.trouble.take(&failure, now, chance);
                let least = if self.standing == Standing::Rejected { REJECTED_EVERY } else { Duration::ZERO };
                self.beat_at = now + wait.max(least);
                if let Failure::Refused(refusal) = &failure {
                    self.refusals = self.refusals.saturating_add(1);
                    self.revoked |= *refusal == Refusal::RevokedToken;
                }
                if self.is_cut_off() {
                    self.profile = Errand::default();
                }
                says.extend(say.then_some(match failure {
                    Failure::Away { why, .. } => Say::Away(why),
                    Failure::Refused(refusal) => Say::Refused(refusal),
                    Failure::Declined(message) => Say::Declined(message),
                }));
            }
        }
        says
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
        self.profile = Errand::default();
        if standing == Standing::Enabled {
            (self.tasks_at, self.task_failures) = (now, 0);
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
