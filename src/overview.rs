//! What somebody sees first: how things are, and what there is to do.

use serde::{Deserialize, Serialize};

use crate::{
    audit::Action,
    delegate::Status,
    id::{DelegateId, TokenId},
    time::Timestamp,
};

/// How many of a kind an overview names.
pub const MAX_NAMED: usize = 5;

/// How things are at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// How many delegates there are of each status, counted up to one more than [`crate::page::MAX_COUNT`].
    pub counts: Vec<(Status, u64)>,
    /// Those that waited and run: the ones that somebody has to decide on.
    pub waiting: u64,
    /// Those that were lost in the last day.
    pub lost: Few<Mention>,
    /// Those whose startup script failed when it ran last, of the runs that were looked at.
    pub failed: Few<Mention>,
    /// The tokens that expire next, the soonest first.
    pub expiring: Vec<Expiring>,
    /// The latest decisions about delegates, the newest first.
    pub decisions: Vec<DecisionMade>,
}

impl Overview {
    /// How many delegates there are of a status.
    #[must_use]
    pub fn count(&self, status: Status) -> u64 {
        self.counts.iter().filter(|(one, _)| *one == status).map(|(_, count)| count).sum()
    }

    /// Whether no delegate has ever come, or none is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|(_, count)| *count == 0)
    }
}

/// Some of many: the newest are named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Few<T> {
    /// How many there are.
    pub total: u64,
    /// The newest of them, at most [`MAX_NAMED`].
    pub named: Vec<T>,
}

/// A delegate, and when something happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Which one.
    pub id: DelegateId,
    /// What it is called.
    pub name: String,
    /// When that was, by the manager's clock.
    pub at: Timestamp,
}

/// A token that will expire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiring {
    /// Which one.
    pub id: TokenId,
    /// What it is called.
    pub name: String,
    /// When it is refused from.
    pub at: Timestamp,
    /// Whether that is so soon that somebody has to see to it.
    pub soon: bool,
}

/// A decision of a person about a delegate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionMade {
    /// By the manager's clock.
    pub at: Timestamp,
    /// Who took it, by the name of that time.
    pub by: String,
    /// What was decided.
    pub action: Action,
    /// Which delegate it was about, where it has not been deleted since.
    pub delegate: Option<DelegateId>,
    /// What that was called then.
    pub name: String,
    /// What it was taken on: the key's fingerprint, the host, the address.
    pub on: String,
}
