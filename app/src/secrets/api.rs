//! Secrets of startup scripts: what the pages show and ask for. Nothing here ever holds a value but the two calls that
//! set one.

use leptos::prelude::*;
use muster::{
    id::SecretId,
    page::{Cursor, Page},
    secret::{NewSecret, SecretRow, parse_value},
    user::Permission,
};

use crate::{console::ask, error::ConsoleError, ui::href::back_to};

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
        console.authorize(Permission::ManageDelegates)?;
        let id = console.create_secret(NewSecret::parse(&name, &value)?).await?;
        console.redirect(&back_to("/secrets", "/secrets", id));
        Ok(())
    })
    .await
}

/// Gives a secret another value.
#[server(endpoint = "secrets/replace")]
pub async fn replace_secret(id: SecretId, value: String, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        console.replace_secret(id, parse_value(&value)?).await?;
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
