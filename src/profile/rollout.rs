//! How far the delegates of a profile are with its startup script.

use serde::{Deserialize, Serialize};

use crate::{delegate::Status, id::DelegateId, named_enum::named_enum, script::ScriptRun, time::Timestamp};

named_enum! {
    /// How far an admitted delegate is with the script that it was asked to run.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    pub enum Progress: slug, label {
        /// It ran, and ended well.
        Succeeded = "ok", "Succeeded";
        /// It ended in another way, or could not be started or handed out.
        Failed = "failed", "Failed";
        /// It runs.
        Running = "running", "Running";
        /// The delegate has not begun with it.
        NotReached = "not-reached", "Not reached";
        /// The newest script was saved without running it, and the delegate was not asked to run it.
        Earlier = "earlier", "On an earlier version";
    }
}

impl Progress {
    /// How far a delegate is that was asked to run the script as it stood at `asked`, where the newest version of it was
    /// saved at `newest`, and `run` is its newest run.
    #[must_use]
    pub fn of(newest: Timestamp, asked: Timestamp, run: Option<&ScriptRun>) -> Self {
        match run.filter(|run| run.version == asked) {
            _ if asked < newest => Self::Earlier,
            None => Self::NotReached,
            Some(run) if run.end.is_none() => Self::Running,
            Some(run) if run.succeeded() => Self::Succeeded,
            Some(_) => Self::Failed,
        }
    }
}

/// How many delegates are how far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollout {
    /// How many delegates were looked at: those that are admitted, the newest of a bounded number.
    pub delegates: u64,
    /// Whether there are more.
    pub at_least: bool,
    /// How many of them are how far; those that are none stand not there.
    pub counts: Vec<(Progress, u64)>,
}

impl Rollout {
    /// How many are this far.
    #[must_use]
    pub fn count(&self, progress: Progress) -> u64 {
        self.counts.iter().find(|(of, _)| *of == progress).map_or(0, |(_, count)| *count)
    }
}

/// A delegate of a profile, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileDelegate {
    /// The delegate.
    pub id: DelegateId,
    /// Its name.
    pub name: String,
    /// Its host's name.
    pub host_name: String,
    /// Whether it can be reached.
    pub status: Status,
    /// How far it is; none where it is not admitted.
    pub progress: Option<Progress>,
    /// The newest run of the profile's script on it.
    pub run: Option<ScriptRun>,
}
