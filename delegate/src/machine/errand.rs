//! When the profile is asked for, and what is said where it does not come.

use std::time::Duration;

use muster::wire::heartbeat::Applied;

use super::{Call, Say, Wish};
use crate::{
    backoff::{self, around},
    failure::Failure,
};

/// How often the profile is asked for where the manager does not tell whether there is another.
const EVERY: Duration = Duration::from_secs(5 * 60);

/// The call for the profile.
#[derive(Debug, Default)]
pub(super) struct Errand {
    at: Option<Duration>,
    wanted: Option<Applied>,
    failures: u32,
    said: bool,
}

impl Errand {
    /// When it is due; none while there is nothing to ask for.
    pub(super) const fn due(&self) -> Option<Duration> {
        self.at
    }

    /// Takes in what the manager wants.
    pub(super) fn hear(&mut self, wish: Wish, now: Duration) {
        match wish {
            Wish::Same => *self = Self::default(),
            Wish::Untold => {
                self.wanted = None;
                self.at = self.at.or(Some(now));
            }
            // The heartbeat repeats it while a script that is under way keeps the next from starting.
            Wish::Other(version) if self.wanted.as_ref() == Some(&version) => {}
            Wish::Other(version) => *self = Self { at: Some(now), wanted: Some(version), ..Self::default() },
        }
    }

    /// The call was answered. Where the heartbeat does not say that all is applied then, it is made again some time.
    pub(super) fn served(&mut self, now: Duration, chance: f64) {
        self.at = Some(now + around(EVERY, chance));
        self.failures = 0;
        self.said = false;
    }

    /// The call went wrong. A manager that does not hand out the profile is told of once for each version.
    pub(super) fn failed(&mut self, failure: Failure, now: Duration, chance: f64) -> Say {
        let declined = matches!(failure, Failure::Declined(_));
        let wait = if declined { backoff::rarely } else { backoff::soon };
        self.at = Some(now + wait(self.failures, chance));
        self.failures = self.failures.saturating_add(1);
        match failure {
            Failure::Declined(message) if !self.said => {
                self.said = true;
                Say::NoProfile(message)
            }
            failure => Say::Aside(Call::Profile, failure),
        }
    }
}
