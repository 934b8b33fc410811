//! What the console asks about secrets.

use async_trait::async_trait;
use muster::{
    id::SecretId,
    page::{Cursor, Page},
    secret::{NewSecret, SecretRow, SecretValue},
};

use crate::error::ConsoleError;

/// What the console asks about secrets. All of it needs the permission to manage delegates.
#[async_trait]
pub trait Secrets {
    /// One page of the list.
    async fn list_secrets(&self, cursor: Cursor) -> Result<Page<SecretRow>, ConsoleError>;
    /// One secret.
    async fn secret(&self, id: SecretId) -> Result<SecretRow, ConsoleError>;
    /// Makes a secret.
    async fn create_secret(&self, command: NewSecret) -> Result<SecretId, ConsoleError>;
    /// Gives a secret another value.
    async fn replace_secret(&self, id: SecretId, value: SecretValue) -> Result<(), ConsoleError>;
    /// Deletes a secret that no script names.
    async fn delete_secret(&self, id: SecretId) -> Result<(), ConsoleError>;
}
