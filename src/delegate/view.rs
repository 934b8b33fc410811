//! What is shown of delegates.

use serde::{Deserialize, Serialize};

use super::{Decision, Delegate, DelegateKey, Status, Uptime};
use crate::{audit::AuditRow, id::DelegateId, page::Page, text::Selectors, time::Timestamp, token::TokenStatus};

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateRow {
    /// The delegate.
    pub delegate: Delegate,
    /// What it was when the server looked.
    pub status: Status,
    /// Its profile's name.
    pub profile: String,
    /// The selectors it inherits from its profile.
    pub inherited: Selectors,
    /// Its token's name.
    pub token: String,
    /// What its token is; none where it was deleted.
    pub token_status: Option<TokenStatus>,
    /// The delegate that had its host and name before it, while it waits because of that.
    pub earlier: Option<Box<Earlier>>,
    /// Whether the last run of its startup script that has ended did not succeed.
    pub script_failed: bool,
    /// Where there are others of its name: how many there are with it.
    pub replicas: Option<Replicas>,
}

/// The delegates of one name, as replicas have it that do the same on several hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replicas {
    /// How many there are but for the rejected, counted up to [`Replicas::MAX`].
    pub all: u64,
    /// How many of those are connected.
    pub connected: u64,
}

impl Replicas {
    /// Up to how many are counted.
    pub const MAX: u64 = 100;
}

/// How many delegates of a list have a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCount {
    /// The status; none for all but the rejected.
    pub status: Option<Status>,
    /// How many there are, counted up to one more than [`crate::page::MAX_COUNT`].
    pub count: u64,
    /// The same for people: "5,214", "10,000+", or "40+" where not all that the filter could leave was looked at.
    pub label: String,
}

/// A delegate beside which a decision is taken: one that had the same host and name before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// As it is now.
    pub delegate: Delegate,
    /// Its profile's name.
    pub profile: String,
    /// Its token's name.
    pub token: String,
}

/// A delegate that has the same host and name as another one, and its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownKey {
    /// Which delegate.
    pub id: DelegateId,
    /// Its key; none where it proves none.
    pub key: Option<DelegateKey>,
    /// What it was when the server looked.
    pub status: Status,
    /// Who let it work or turned it away, where somebody did.
    pub decision: Option<Decision>,
    /// When it first registered.
    pub registered_at: Timestamp,
    /// When it was last heard.
    pub last_heartbeat_at: Timestamp,
}

/// A stretch of time in which a delegate was connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionRow {
    /// When it began.
    pub connected_at: Timestamp,
    /// When it ended; none while it lasts.
    pub lost_at: Option<Timestamp>,
    /// Why it ended, as a phrase for people; empty while it lasts.
    pub cause: String,
}

/// What profile and token a list of delegates is filtered by, in words; none where there is no such filter, or no such
/// object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterNames {
    /// The profile's name.
    pub profile: Option<String>,
    /// The token's name.
    pub token: Option<String>,
}

/// Everything about one delegate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateDetail {
    /// As in the list.
    pub row: DelegateRow,
    /// The newest stretches of connection first, at most 20.
    pub connections: Vec<ConnectionRow>,
    /// One page of its audit entries, the newest first.
    pub audit: Page<AuditRow>,
    /// How much it was connected lately.
    pub uptime: Uptime,
    /// The other delegates of its host and name, the newest first, at most ten.
    pub same_name: Vec<KnownKey>,
    /// How many other delegates say that they are on its host.
    pub on_host: u64,
}
