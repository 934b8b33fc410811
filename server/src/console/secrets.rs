//! What the console asks about secrets.

use async_trait::async_trait;
use muster::{
    id::SecretId,
    page::{Cursor, Page},
    secret::{NewSecret, SecretRow, SecretValue},
};
use muster_app::{console::Secrets, error::ConsoleError};

use super::Operator;
use crate::manage::secrets;

#[async_trait]
impl Secrets for Operator {
    async fn list_secrets(&self, cursor: Cursor) -> Result<Page<SecretRow>, ConsoleError> {
        self.answer(secrets::list(&self.context()?, &self.scope(), cursor).await)
    }

    async fn secret(&self, id: SecretId) -> Result<SecretRow, ConsoleError> {
        self.answer(secrets::get(&self.context()?, id).await)
    }

    async fn create_secret(&self, command: NewSecret) -> Result<SecretId, ConsoleError> {
        self.answer(secrets::create(&self.context()?, &self.scope(), command).await)
    }

    async fn replace_secret(&self, id: SecretId, value: SecretValue) -> Result<(), ConsoleError> {
        self.answer(secrets::replace(&self.context()?, id, value).await)
    }

    async fn delete_secret(&self, id: SecretId) -> Result<(), ConsoleError> {
        self.answer(secrets::delete(&self.context()?, id).await)
    }
}
