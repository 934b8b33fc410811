//! What is shown of startup scripts and their runs.

use serde::{Deserialize, Serialize};

use super::ScriptRun;
use crate::{id::ScriptRunId, time::Timestamp};

/// How many bytes of a log a page shows: the newest.
pub const MAX_SHOWN_LOG_BYTES: usize = 64 * 1024;

/// The startup script of one delegate, and its runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateScripts {
    /// Whether the delegate is to run a script: its profile had one when the delegate was last asked to run it.
    pub has_script: bool,
    /// Whether a newer script was saved without running it: another run would be of that.
    pub newer_saved: bool,
    /// Whether the delegate has still to run the script as it is now.
    pub due: bool,
    /// The newest run first, at most ten.
    pub runs: Vec<ScriptRun>,
    /// The run whose log is shown: the newest, where no other was asked for.
    pub shown: Option<ScriptRunId>,
    /// The newest lines of its log, masked; at most [`MAX_SHOWN_LOG_BYTES`]. Where a line was asked for, what begins shortly
    /// before that.
    pub log: String,
    /// Whether the log has more than that.
    pub more: bool,
    /// The number of the first line of that, counted from 1.
    pub first_line: u64,
    /// From which line on the log came at which time, the oldest first.
    pub arrivals: Vec<(u64, Timestamp)>,
    /// Whether the log begins shortly before a line that was asked for.
    pub asked_for_line: bool,
    /// The lines that were searched for, where something was.
    pub found: Option<Found>,
    /// Whether somebody has cancelled the newest run, and the delegate has not ended it yet.
    pub cancelling: bool,
}

impl DelegateScripts {
    /// Whether something went wrong with the newest run.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.runs.first().is_some_and(ScriptRun::has_failed)
    }
}

/// Which log of a delegate is asked for, and what of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogQuery {
    /// Which run; none for the newest.
    pub run: Option<ScriptRunId>,
    /// What lines are searched for, upper and lower case alike; empty for none.
    pub find: String,
    /// The number of a line that is to be shown, counted from 1.
    pub line: Option<u64>,
}

/// How many lines that were searched for are shown.
pub const MAX_FOUND_LINES: usize = 200;

/// The lines of a log that were searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Their numbers, and what they say; at most [`MAX_FOUND_LINES`].
    pub lines: Vec<(u64, String)>,
    /// How many there are.
    pub total: u64,
}
