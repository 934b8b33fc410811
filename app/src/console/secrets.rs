//! What the console asks about secrets.

use async_trait::async_trait;
use muster::{
    id::{ProfileId, SecretId},
    page::{Cursor, Page},
    secret::{NewSecret, SecretDetail, SecretEdit, SecretName, SecretRow, SecretValue},
};

use crate::error::ConsoleError;

/// What the console asks about secrets. All of it needs the permission to manage delegates.
#[async_trait]
pub trait Secrets {
    /// The names of the secrets that a profile's script can use.
    async fn usable_secrets(&self, profile: Option<ProfileId>) -> Result<Vec<SecretName>, ConsoleError>;
    /// One page of the list: those that hold a text.
    async fn list_secrets(&self, search: &str, cursor: Cursor) -> Result<Page<SecretRow>, ConsoleError>;
    /// Everything about one secret.
    async fn secret(&self, id: SecretId) -> Result<SecretDetail, ConsoleError>;
    /// Makes a secret.
    async fn create_secret(&self, command: NewSecret) -> Result<SecretId, ConsoleError>;
    /// Changes what is said of a secret, and which profiles may use it.
    async fn edit_secret(&self, id: SecretId, edit: SecretEdit) -> Result<(), ConsoleError>;
    /// Gives a secret another value. With `run`, the scripts that name it run again.
    async fn replace_secret(&self, id: SecretId, value: SecretValue, run: bool) -> Result<(), ConsoleError>;
    /// Deletes a secret that no script names.
    async fn delete_secret(&self, id: SecretId) -> Result<(), ConsoleError>;
}
