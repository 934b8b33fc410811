//! What is shown of delegates.

use serde::{Deserialize, Serialize};

use super::{Delegate, Status};
use crate::{audit::AuditRow, text::Selectors, time::Timestamp, token::TokenStatus};

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
    /// The newest audit entries first, at most 50.
    pub audit: Vec<AuditRow>,
}
