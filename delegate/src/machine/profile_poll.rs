//! When the profile is asked for, and what is logged where it does not come.

use std::time::Duration;

use muster::wire::heartbeat::Applied;

use super::events::{Call, DesiredProfile, LogEvent};
use crate::{
    backoff::{self, jittered},
    failure::Failure,
};

/// How often the profile is asked for where the manager does not tell whether there is another.
const INTERVAL: Duration = Duration::from_secs(5 * 60);

/// When the next call for the profile is due.
#[derive(Debug, Default)]
pub(super) struct ProfilePoll {
    due_at: Option<Duration>,
    desired: Option<Applied>,
    failures: u32,
    decline_logged: bool,
}

impl ProfilePoll {
    /// When it is due; none while there is nothing to ask for.
    pub(super) const fn due(&self) -> Option<Duration> {
        self.due_at
    }

    /// Takes in what the manager wants.
    pub(super) fn set_desired(&mut self, desired: DesiredProfile, now: Duration) {
        match desired {
            DesiredProfile::UpToDate => *self = Self::default(),
            DesiredProfile::Unspecified => {
                self.desired = None;
                self.due_at = self.due_at.or(Some(now));
            }
            // The heartbeat repeats it while a script that is under way keeps the next from starting.
            DesiredProfile::Changed(version) if self.desired.as_ref() == Some(&version) => {}
            DesiredProfile::Changed(version) => {
                *self = Self { due_at: Some(now), desired: Some(version), ..Self::default() }
            }
        }
    }

    /// The call was answered. Where the heartbeat does not say that all is applied then, it is made again some time.
    pub(super) fn succeeded(&mut self, now: Duration, random: f64) {
        self.due_at = Some(now + jittered(INTERVAL, random));
        self.failures = 0;
        self.decline_logged = false;
    }

    /// The call went wrong. A manager that does not hand out the profile is logged once for each version.
    pub(super) fn failed(&mut self, failure: Failure, now: Duration, random: f64) -> LogEvent {
        let declined = matches!(failure, Failure::Declined(_));
        let wait = if declined { backoff::rarely } else { backoff::soon };
        self.due_at = Some(now + wait(self.failures, random));
        self.failures = self.failures.saturating_add(1);
        match failure {
            Failure::Declined(message) if !self.decline_logged => {
                self.decline_logged = true;
                LogEvent::ProfileDeclined(message)
            }
            failure => LogEvent::CallFailed(Call::Profile, failure),
        }
    }
}
