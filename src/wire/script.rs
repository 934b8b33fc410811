//! How a startup script runs: what our own delegate tells while it does.

use serde::{Deserialize, Serialize};

use crate::script::Outcome;

/// The most bytes of output in one report.
pub const MAX_OUTPUT_BYTES: usize = 64 * 1024;

/// The body of a report. The delegate chose the run's id, and sends reports of one run one after the other; a report
/// that is sent twice counts once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScriptReport {
    /// The profile that was applied, by id.
    pub profile_id: String,
    /// The `profileLastUpdatedAt` that was applied.
    pub profile_last_updated_at: i64,
    /// How many bytes of output came before this piece, those included that were never sent because too many gathered.
    pub offset: u64,
    /// A piece of the output, both streams as they came; at most [`MAX_OUTPUT_BYTES`] bytes. May be empty.
    #[serde(default)]
    pub output: String,
    /// How it ended; none while it runs.
    #[serde(default)]
    pub end: Option<ScriptEnd>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScriptEnd {
    /// Whether the script ended by itself, and if not, why.
    pub outcome: Outcome,
    /// The exit code, where there is one; 128 and the signal's number where a signal ended it.
    #[serde(default)]
    pub exit_code: Option<i32>,
}
