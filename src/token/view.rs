//! What is shown of tokens. None of it holds a value.

use serde::{Deserialize, Serialize};

use super::{Token, TokenStatus};
use crate::{
    audit::Action,
    delegate::{Delegate, DelegateType, Status},
    id::{DelegateId, TokenId},
    time::Timestamp,
};

/// Up to how many delegates of a token its row in the list counts.
pub const MAX_LISTED: u64 = 1000;

/// A count of [`TokenRow`] for people.
#[must_use]
pub fn listed_label(count: u64) -> String {
    if count > MAX_LISTED { "1,000+".to_owned() } else { count.to_string() }
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// The token, without its value.
    pub token: Token,
    /// What it was when the server looked.
    pub status: TokenStatus,
    /// How many connected delegates use it, counted up to one more than [`MAX_LISTED`].
    pub connected: u64,
    /// How many delegates last registered with it, rejected ones too, counted up to one more than [`MAX_LISTED`].
    pub total: u64,
    /// How many delegates have registered with it for the first time since their number is limited.
    pub registrations: u32,
    /// When a delegate last used it, and that delegate's name.
    pub last_used: Option<(Timestamp, String)>,
    /// The id of that delegate, where it is known.
    pub last_used_by: Option<DelegateId>,
    /// From which address that was; empty where it is not known.
    pub last_used_from: String,
    /// Whether it is good, and will not be in two weeks.
    pub expires_soon: bool,
    /// What calls with it were turned away for lately.
    pub refusals: Vec<TokenRefusal>,
}

/// Calls with a token that were turned away for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRefusal {
    /// Why, as a phrase that follows "turned away: ".
    pub reason: String,
    /// How many, since the first after a day without any.
    pub count: u64,
    /// When the last one came.
    pub last_at: Timestamp,
    /// The address that it came from.
    pub address: String,
    /// What the caller called itself, where it was read; may be empty.
    pub name: String,
}

/// A delegate that uses a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUser {
    /// The delegate's id.
    pub id: DelegateId,
    /// The delegate's name.
    pub name: String,
    /// The host it runs on.
    pub host_name: String,
    /// What it was when the server looked.
    pub status: Status,
    /// When it was last heard of.
    pub last_heartbeat_at: Timestamp,
}

impl From<Delegate> for TokenUser {
    fn from(delegate: Delegate) -> Self {
        Self {
            id: delegate.id,
            status: delegate.status(),
            last_heartbeat_at: delegate.last_heartbeat_at,
            name: delegate.facts.name.into(),
            host_name: delegate.facts.host_name.into(),
        }
    }
}

/// A token and who uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUse {
    /// As in the list.
    pub row: TokenRow,
    /// The delegates that last registered with it, the latest heard of first, at most 20.
    pub users: Vec<TokenUser>,
    /// How many delegates last registered with it.
    pub total: u64,
    /// How many of them wait for approval.
    pub waiting: u64,
    /// How many of them were heard of in the last minute.
    pub seen_last_minute: u64,
}

/// Registrations with a token that were turned away because too many wait for approval, or register at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flood {
    /// The token's id.
    pub token: TokenId,
    /// The token's name.
    pub name: String,
    /// How many delegates wait with it now, counted up to one more than [`MAX_COUNT`](crate::page::MAX_COUNT).
    pub waiting: u64,
    /// How many were turned away.
    pub turned_away: u64,
    /// When that began.
    pub since: Timestamp,
    /// When the last one was.
    pub last_at: Timestamp,
}

/// Calls with a token that were turned away for one reason, from one address, within one hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedCalls {
    /// The address; empty where too many called at once to tell them apart.
    pub address: String,
    /// Why, as a phrase that follows "turned away: ".
    pub reason: String,
    /// What the last one called itself, where it was read; may be empty.
    pub name: String,
    /// How many.
    pub count: u64,
    /// When the first one came.
    pub first_at: Timestamp,
    /// When the last one came.
    pub last_at: Timestamp,
}

/// Install files with a token's value in them that were handed out, or a link to such.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOut {
    /// When.
    pub at: Timestamp,
    /// What: files were downloaded, or a link was made.
    pub action: Action,
    /// By whom: a person, or a link that a person made.
    pub by: String,
    /// From which address.
    pub address: String,
    /// For which delegate, and which file.
    pub detail: String,
}

/// Everything about one token but its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenDetail {
    /// As in the list.
    pub row: TokenRow,
    /// The last characters of its key id, by which somebody recognises a value.
    pub key_id_end: String,
    /// The name of the profile of delegates that name none.
    pub default_profile: String,
    /// The token that takes its place, where there is one: its name; none where that was deleted.
    pub successor: Option<String>,
    /// How many delegates of each status last registered with it, each counted up to one more than
    /// [`MAX_COUNT`](crate::page::MAX_COUNT).
    pub counts: Vec<(Status, u64)>,
    /// Those that were heard of last, at most ten.
    pub newest: Vec<TokenUser>,
    /// What was turned away in the last week, the latest first, at most 50.
    pub refused: Vec<RefusedCalls>,
    /// Install files and links, the newest first, at most 20.
    pub handed_out: Vec<HandOut>,
}

/// What a delegate has done in a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Turn {
    /// It is connected with the old token.
    Old,
    /// It last used the old token, is not connected, and nothing is heard of it.
    Silent,
    /// It calls with the old token, and is refused.
    Refused,
    /// It uses the new token.
    New,
}

/// A delegate in a rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationRow {
    /// Which delegate, and when it was last heard of.
    pub user: TokenUser,
    /// How it was installed.
    pub kind: DelegateType,
    /// Whether by files of the next generation.
    pub next_gen: bool,
    /// How far it is.
    pub turn: Turn,
}

/// How many delegates a page of a rotation names.
pub const ROTATION_PAGE: u64 = 50;

/// A token that is being replaced, and how far its delegates are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRotation {
    /// The old token, as in the list.
    pub old: TokenRow,
    /// The new one, as in the list; none where it was deleted.
    pub new: Option<TokenRow>,
    /// How many delegates are connected with the old token.
    pub count_old: u64,
    /// How many last used the old token, are not connected, and are not heard.
    pub count_silent: u64,
    /// How many call with the old token and are refused.
    pub count_refused: u64,
    /// How many use the new token.
    pub count_new: u64,
    /// The delegates: old, then refused and silent, then new, the newest first; a page of [`ROTATION_PAGE`].
    pub delegates: Vec<RotationRow>,
    /// Which page of them this is, from zero.
    pub page: u64,
    /// Whether the old token can be revoked without cutting anybody off that is there.
    pub safe_to_revoke: bool,
}
