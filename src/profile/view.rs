//! What is shown of profiles.

use serde::{Deserialize, Serialize};

use super::{Profile, ScriptVersion};
use crate::{id::ScriptVersionId, secret::SecretName, time::Timestamp};

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileRow {
    /// The profile.
    pub profile: Profile,
    /// How many delegates it has, the rejected ones included.
    pub delegates: u64,
}

/// One profile and who has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileDetail {
    /// As in the list.
    pub row: ProfileRow,
    /// The names of its newest delegates, at most 20.
    pub used_by: Vec<String>,
    /// How many of its delegates are admitted: those that run its script. Counted as lists are.
    pub admitted: u64,
    /// Whether its script was saved without running it, and delegates were not all asked to run it since.
    pub saved_only: bool,
}

/// A version of a script in the list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// By which addresses name it.
    pub id: ScriptVersionId,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// Who saved it; empty where that was not recorded yet.
    pub saved_by: String,
    /// How many lines it has.
    pub lines: usize,
    /// How many lines differ from the version before it: `+3 −1`; empty for the oldest.
    pub differs: String,
    /// The secrets that it names.
    pub secrets: Vec<SecretName>,
    /// When all delegates were last asked to run it; none where it was saved without running it.
    pub run_at: Option<Timestamp>,
    /// When the version was saved that this one restored.
    pub restored: Option<Timestamp>,
    /// Whether it is the newest.
    pub current: bool,
}

/// One version, beside another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionDetail {
    /// Its profile.
    pub profile: Profile,
    /// How many delegates run the profile's script; see [`ProfileDetail::admitted`].
    pub admitted: u64,
    /// The version.
    pub version: ScriptVersion,
    /// What it is beside: the version that was asked for, else the one before it; none for the oldest.
    pub against: Option<ScriptVersion>,
    /// The others that it can be beside, the newest first: their ids and when they were saved.
    pub others: Vec<(ScriptVersionId, Timestamp)>,
    /// Whether it is the newest.
    pub current: bool,
}

/// What happened to a profile since somebody looked at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSince {
    /// Who changed it last.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The script as it was when it was looked at; none where that version is not kept any more.
    pub script_before: Option<String>,
}
