//! Secrets of startup scripts: what the pages show and ask for. Nothing here ever holds a value but the two calls that
//! set one.

use async_trait::async_trait;
use leptos::prelude::*;
use muster::{
    id::{ProfileId, SecretId},
    page::{Cursor, Page},
    secret::Secret,
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::console::{ask, back_to};
use crate::error::ConsoleError;

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRow {
    /// The secret, without its value.
    pub secret: Secret,
    /// The profiles whose scripts name it: id and name.
    pub used_by: Vec<(ProfileId, String)>,
}

/// What the console asks about secrets. All of it needs the permission to manage delegates.
#[async_trait]
pub trait Secrets {
    /// One page of the list.
    async fn list_secrets(&self, cursor: Cursor) -> Result<Page<SecretRow>, ConsoleError>;
    /// One secret.
    async fn secret(&self, id: SecretId) -> Result<SecretRow, ConsoleError>;
    /// Makes a secret.
    async fn create_secret(&self, name: &str, value: &str) -> Result<SecretId, ConsoleError>;
    /// Gives a secret another value.
    async fn replace_secret(&self, id: SecretId, value: &str) -> Result<(), ConsoleError>;
    /// Deletes a secret that no script names.
    async fn delete_secret(&self, id: SecretId) -> Result<(), ConsoleError>;
}

/// One page of the list.
#[server(endpoint = "secrets/list")]
pub async fn list_secrets(cursor: Cursor) -> Result<Page<SecretRow>, ConsoleError> {
    ask(|console| async move { console.list_secrets(cursor).await }).await
}

/// One secret.
#[server(endpoint = "secrets/get")]
pub async fn get_secret(id: SecretId) -> Result<SecretRow, ConsoleError> {
    ask(|console| async move { console.secret(id).await }).await
}

/// Makes a secret.
#[server(endpoint = "secrets/create")]
pub async fn create_secret(name: String, value: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        let id = console.create_secret(&name, &value).await?;
        console.redirect(&back_to("/secrets", "/secrets", id));
        Ok(())
    })
    .await
}

/// Gives a secret another value.
#[server(endpoint = "secrets/replace")]
pub async fn replace_secret(id: SecretId, value: String, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.replace_secret(id, &value).await?;
        console.redirect(&back_to(&back, "/secrets", id));
        Ok(())
    })
    .await
}

/// Deletes a secret that no script names.
#[server(endpoint = "secrets/delete")]
pub async fn delete_secret(id: SecretId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.delete_secret(id).await?;
        console.redirect(&back_to(&back, "/secrets", id));
        Ok(())
    })
    .await
}
