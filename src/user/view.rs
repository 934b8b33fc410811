//! What is shown of people.

use serde::{Deserialize, Serialize};

use super::{OpenLink, SecondFactor, User};
use crate::{audit::AuditRow, time::Timestamp};

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// The person.
    pub user: User,
    /// When the person last signed in; none where that never was.
    pub signed_in_at: Option<Timestamp>,
    /// How many sessions stand.
    pub sessions: u64,
    /// The link that waits to be used, where there is one.
    pub link: Option<OpenLink>,
    /// Whether it is who asks.
    pub is_you: bool,
}

/// Everything about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDetail {
    /// As in the list.
    pub row: UserRow,
    /// Whether this is the only active account administrator, who stays.
    pub is_last_administrator: bool,
    /// What was done to the person and by it, the newest first; at most 50 entries.
    pub record: Vec<AuditRow>,
}

/// What a person sees of the own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The person.
    pub user: User,
    /// Whether the person has a password, and does not come in by single sign-on alone.
    pub has_password: bool,
    /// The second factor; none where it is off.
    pub second_factor: Option<SecondFactor>,
    /// The sessions that stand: this one first, then those that were used last.
    pub sessions: Vec<SessionRow>,
}

/// A session that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Tells it from the person's other sessions. It gives no access.
    pub id: String,
    /// When it began; none of one that an older version began.
    pub began_at: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub used_at: Timestamp,
    /// The address that it began from; may be empty.
    pub address: String,
    /// The browser that it began in, as [`super::browser()`] calls it; may be empty.
    pub browser: String,
    /// Whether it is the one that asks.
    pub is_current: bool,
}
