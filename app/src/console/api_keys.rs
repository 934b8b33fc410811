//! What the console asks about API keys and service accounts.

use async_trait::async_trait;
use muster::{
    api_key::{ApiKeyRow, NewApiKey, NewServiceAccount, Overlap, ServiceAccountDetail, ServiceAccountRow},
    id::{ApiKeyId, ServiceAccountId},
};
use serde::{Deserialize, Serialize};

use crate::error::ConsoleError;

/// The value of a key, shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevealedKey {
    /// What the key is called.
    pub name: String,
    /// The whole value.
    pub value: String,
}

impl std::fmt::Debug for RevealedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RevealedKey").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Whose keys: a service account's, or those of who asks.
pub type Holder = Option<ServiceAccountId>;

/// What the console asks about API keys. One's own need somebody who is signed in, those of service accounts the permission to
/// manage users.
#[async_trait]
pub trait ApiKeys {
    /// The keys, the newest first.
    async fn api_keys(&self, of: Holder) -> Result<Vec<ApiKeyRow>, ConsoleError>;
    /// One of them.
    async fn api_key(&self, of: Holder, id: ApiKeyId) -> Result<ApiKeyRow, ConsoleError>;
    /// Makes a key. Its value waits to be revealed to who asks here.
    async fn create_api_key(&self, of: Holder, command: NewApiKey) -> Result<ApiKeyId, ConsoleError>;
    /// Gives a key a new value, which waits to be revealed to who asks here.
    async fn rotate_api_key(&self, of: Holder, id: ApiKeyId, overlap: Overlap) -> Result<(), ConsoleError>;
    /// Deletes a key.
    async fn delete_api_key(&self, of: Holder, id: ApiKeyId) -> Result<(), ConsoleError>;
    /// The value that this session made; none where it was shown already.
    async fn reveal_api_key(&self, of: Holder, id: ApiKeyId) -> Result<Option<RevealedKey>, ConsoleError>;
    /// The value has arrived: it is not shown again.
    async fn forget_api_key(&self, id: ApiKeyId) -> Result<(), ConsoleError>;
    /// The service accounts, by name.
    async fn service_accounts(&self) -> Result<Vec<ServiceAccountRow>, ConsoleError>;
    /// Everything about one.
    async fn service_account(&self, id: ServiceAccountId) -> Result<ServiceAccountDetail, ConsoleError>;
    /// Makes one.
    async fn create_service_account(&self, command: NewServiceAccount) -> Result<ServiceAccountId, ConsoleError>;
    /// Deletes one, and its keys.
    async fn delete_service_account(&self, id: ServiceAccountId) -> Result<(), ConsoleError>;
}
