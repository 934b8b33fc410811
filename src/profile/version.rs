//! Versions of a profile's startup script.
//!
//! A delegate is handed the script as it stood when the delegate was last asked to run it
//! ([`crate::delegate::Delegate::script_version`]): so a script can be saved without running it, and a delegate that
//! comes back with an empty disk does not run what nobody asked it to.

use serde::{Deserialize, Serialize};

use crate::{
    id::{ProfileId, ScriptVersionId},
    secret::{SecretName, references},
    time::Timestamp,
};

/// How many versions of a profile's script are kept: the newest.
pub const MAX_VERSIONS: u64 = 100;

/// A startup script as it was saved once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptVersion {
    /// By which addresses name it.
    pub id: ScriptVersionId,
    /// Whose script it is.
    pub profile_id: ProfileId,
    /// When it was saved: later than the version before it. What delegates know it by.
    pub saved_at: Timestamp,
    /// Who saved it; empty where that was not recorded yet.
    pub saved_by: String,
    /// The script; empty where it was taken away. It names secrets, and holds no value of one.
    pub script: String,
    /// The revision that the profile had with it.
    pub revision: i32,
    /// When all delegates of the profile were last asked to run it; none where it was saved without running it.
    pub run_at: Option<Timestamp>,
    /// When the version was saved that this one restored.
    pub restored: Option<Timestamp>,
}

impl ScriptVersion {
    /// The secrets that it names; none of a script that cannot be read.
    #[must_use]
    pub fn secrets(&self) -> Vec<SecretName> {
        references(&self.script).unwrap_or_default()
    }

    /// How many lines it has.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.script.lines().count()
    }
}
