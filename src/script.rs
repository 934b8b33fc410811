//! Runs of a startup script on a delegate.

mod difference;
mod view;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::{
    difference::{Difference, LineChange, LineOfDifference},
    view::{DelegateScripts, Found, LogQuery, MAX_FOUND_LINES, MAX_SHOWN_LOG_BYTES},
};
use crate::{
    id::{DelegateId, ProfileId, ScriptRunId},
    named_enum::named_enum,
    time::Timestamp,
};

/// How long a startup script may run.
pub const MAX_RUN_TIME: Duration = Duration::from_secs(10 * 60);
/// How many bytes of a run's log are kept: the newest.
pub const MAX_LOG_BYTES: usize = 1024 * 1024;
/// How many runs of a delegate are kept: the newest.
pub const MAX_RUNS: u64 = 10;

named_enum! {
    /// How a run ended; [`End`] adds when, and the exit code.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum Outcome: code {
        /// The script ended by itself, with an exit code or by a signal.
        Exited = "EXITED";
        /// It ran for too long, and was killed with its children.
        TimedOut = "TIMED_OUT";
        /// A person cancelled it: it was killed with its children.
        Cancelled = "CANCELLED";
        /// The delegate ended or was cut off while it ran.
        Interrupted = "INTERRUPTED";
        /// It could not be started.
        NotStarted = "NOT_STARTED";
        /// It was not handed out: it names a secret that does not exist.
        NotDelivered = "NOT_DELIVERED";
    }
}

/// A script as interpreters read it: without carriage returns at the ends of its lines, without a byte order mark, and
/// with nothing before the line that names its interpreter.
#[must_use]
pub fn normalized(script: &str) -> String {
    let script = script.trim_start_matches('\u{feff}');
    let begun = script.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let script = if begun.starts_with("#!") { begun } else { script };
    let lines = script.split('\n').map(|line| line.trim_end_matches('\r'));
    lines.collect::<Vec<_>>().join("\n")
}

/// How a run ended, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// By the manager's clock.
    pub at: Timestamp,
    /// Whether the script ended by itself, and if not, why.
    pub outcome: Outcome,
    /// The exit code, where there is one. A script that a signal ended has 128 and the signal's number, as in shells.
    pub exit_code: Option<i32>,
}

/// One run of a startup script, without its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptRun {
    /// A new one for each run.
    pub id: ScriptRunId,
    /// The delegate that ran it.
    pub delegate_id: DelegateId,
    /// The profile whose script it was.
    pub profile_id: ProfileId,
    /// That profile's name at the time.
    pub profile: String,
    /// The version of the script; see [`crate::delegate::Delegate::script_version`].
    pub version: Timestamp,
    /// When it began, by the manager's clock.
    pub started_at: Timestamp,
    /// How it ended; none while it runs.
    pub end: Option<End>,
}

impl End {
    /// Whether something is the matter. What was interrupted or cancelled is not the script's fault.
    #[must_use]
    pub fn failed(&self) -> bool {
        match self.outcome {
            Outcome::Exited => self.exit_code != Some(0),
            Outcome::TimedOut | Outcome::NotStarted | Outcome::NotDelivered => true,
            Outcome::Cancelled | Outcome::Interrupted => false,
        }
    }
}

impl ScriptRun {
    /// How long it ran, or has been running until `now`.
    #[must_use]
    pub fn duration(&self, now: Timestamp) -> Duration {
        self.end.as_ref().map_or(now, |end| end.at).since(self.started_at)
    }

    /// Whether something went wrong with it that was not a person's or the delegate's end.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.end.as_ref().is_some_and(End::failed)
    }

    /// Whether it ended well.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.outcome == Outcome::Exited && end.exit_code == Some(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d34_what_editors_and_browsers_add_is_dropped() {
        for (script, read) in [
            ("\u{feff}#!/bin/sh\r\nexit 0\r\n", "#!/bin/sh\nexit 0\n"),
            ("\r\n \n\u{feff}#!/usr/bin/python3\nprint()", "#!/usr/bin/python3\nprint()"),
            ("\u{feff}\u{feff}date", "date"),
            ("\n  date\r\r\n\nx\ry\r", "\n  date\n\nx\ry"),
            ("", ""),
            ("#!/bin/sh\n", "#!/bin/sh\n"),
        ] {
            assert_eq!(normalized(script), read);
        }
    }

    #[test]
    fn every_outcome_is_found_by_its_word() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_code(outcome.code()), Some(outcome));
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.code());
        }
    }
}
