//! What is shown of API keys and service accounts.

use serde::{Deserialize, Serialize};

use super::{ApiKey, ApiKeyStatus, ServiceAccount};
use crate::time::Timestamp;

/// One row of an owner's keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyRow {
    /// The key.
    pub key: ApiKey,
    /// Whether it works.
    pub status: ApiKeyStatus,
    /// When it was last used, to the minute; none where it never was.
    pub used_at: Option<Timestamp>,
    /// From which address; may be empty.
    pub used_from: String,
}

/// One row of the service accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAccountRow {
    /// The service account.
    pub account: ServiceAccount,
    /// How many keys it has.
    pub keys: u64,
    /// When one of them was last used.
    pub used_at: Option<Timestamp>,
}

/// Everything about one service account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAccountDetail {
    /// The service account.
    pub account: ServiceAccount,
    /// Its keys, the newest first.
    pub keys: Vec<ApiKeyRow>,
}
