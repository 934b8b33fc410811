//! What is shown of startup scripts and their runs.

use serde::{Deserialize, Serialize};

use super::ScriptRun;

/// How many bytes of a log a page shows: the newest.
pub const MAX_SHOWN_LOG_BYTES: usize = 64 * 1024;

/// The startup script of one delegate, and its runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateScripts {
    /// Whether the delegate is to run a script: its profile had one when the delegate was last asked to run it.
    pub has_script: bool,
    /// Whether a newer script was saved without running it: another run would be of that.
    pub newer_saved: bool,
    /// Whether the delegate has still to run the script as it is now.
    pub due: bool,
    /// The newest run first, at most ten.
    pub runs: Vec<ScriptRun>,
    /// The newest lines of the newest run's log, masked; at most [`MAX_SHOWN_LOG_BYTES`].
    pub log: String,
    /// Whether the log has more than that.
    pub more: bool,
}
