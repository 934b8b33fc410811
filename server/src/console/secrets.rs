//! What the console asks about secrets.

use async_trait::async_trait;
use muster::{
    id::{ProfileId, SecretId},
    page::{Cursor, Page},
    secret::{NewSecret, SecretDetail, SecretEdit, SecretName, SecretRow, SecretValue},
};
use muster_app::{console::Secrets, error::ConsoleError};

use super::Operator;
use crate::manage::secrets;

#[async_trait]
impl Secrets for Operator {
    async fn usable_secrets(&self, profile: Option<ProfileId>) -> Result<Vec<SecretName>, ConsoleError> {
        self.answer(secrets::usable(&self.context()?, &self.scope, profile).await)
    }

    async fn list_secrets(&self, search: &str, cursor: Cursor) -> Result<Page<SecretRow>, ConsoleError> {
        self.answer(secrets::list(&self.context()?, &self.scope, search, cursor).await)
    }

    async fn secret(&self, id: SecretId) -> Result<SecretDetail, ConsoleError> {
        self.answer(secrets::get(&self.context()?, id).await)
    }

    async fn create_secret(&self, command: NewSecret) -> Result<SecretId, ConsoleError> {
        self.answer(secrets::create(&self.context()?, &self.scope, command).await)
    }

    async fn edit_secret(&self, id: SecretId, edit: SecretEdit) -> Result<(), ConsoleError> {
        self.answer(secrets::edit(&self.context()?, id, edit).await)
    }

    async fn replace_secret(&self, id: SecretId, value: SecretValue, run: bool) -> Result<(), ConsoleError> {
        self.answer(secrets::replace(&self.context()?, id, value, run).await)
    }

    async fn delete_secret(&self, id: SecretId) -> Result<(), ConsoleError> {
        self.answer(secrets::delete(&self.context()?, id).await)
    }
}
