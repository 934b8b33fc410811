//! API keys: what programs ask with. A key belongs to a person or to a service account, and never may more than that.

mod command;
mod value;
mod view;

use serde::{Deserialize, Serialize};

pub use self::{
    command::{NewApiKey, NewServiceAccount, Overlap},
    value::ApiKeyValue,
    view::{ApiKeyRow, ServiceAccountDetail, ServiceAccountRow},
};
use crate::{
    id::{ApiKeyId, ServiceAccountId, UserId},
    named_enum::named_enum,
    scope::Scope,
    text::line_type,
    time::Timestamp,
    user::Role,
};

line_type!(
    /// What an owner calls a key.
    ApiKeyName,
    "The name",
    100
);

line_type!(
    /// What a service account is called.
    ServiceAccountName,
    "The name",
    100
);

/// The most keys that one owner has at once.
pub const MAX_KEYS: u64 = 50;

/// Whose a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Owner {
    /// A person.
    User(UserId),
    /// A service account.
    ServiceAccount(ServiceAccountId),
}

named_enum! {
    /// Whether a key works.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum ApiKeyStatus: slug, label {
        /// It does.
        Active = "active", "Active";
        /// Not any more: its time is over.
        Expired = "expired", "Expired";
    }
}

/// A key, without what makes it work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Stands in the value, so that the row is found by it.
    pub id: ApiKeyId,
    /// Where it may do something.
    pub scope: Scope,
    /// Whose it is.
    pub owner: Owner,
    /// What its owner calls it; unique among the owner's.
    pub name: ApiKeyName,
    /// What it may do at most: its owner's role bounds it, too, at every request.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it works; none for ever.
    pub expires_at: Option<Timestamp>,
    /// Until when the value from before the last rotation works, too.
    pub previous_until: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it works.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> ApiKeyStatus {
        let is_over = self.expires_at.is_some_and(|at| at <= now);
        if is_over { ApiKeyStatus::Expired } else { ApiKeyStatus::Active }
    }

    /// Whether the value from before the last rotation works still.
    #[must_use]
    pub fn takes_previous(&self, now: Timestamp) -> bool {
        self.previous_until.is_some_and(|until| now < until)
    }
}

/// A program's own account: it has keys, no password, and nobody signs in with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAccount {
    /// Stays the same where the name changes.
    pub id: ServiceAccountId,
    /// Where it may do something.
    pub scope: Scope,
    /// What it is called; unique.
    pub name: ServiceAccountName,
    /// What its keys may do at most.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
}
