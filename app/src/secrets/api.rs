//! Secrets of startup scripts: what the pages show and ask for. Nothing here ever holds a value but the two calls that
//! set one.

use leptos::prelude::*;
use muster::{
    id::{ProfileId, SecretId},
    page::{Cursor, Page},
    secret::{NewSecret, SecretDetail, SecretEdit, SecretName, SecretRow, parse_value},
    user::Permission,
};

use crate::{console::ask, error::ConsoleError, ui::href::back_to};

/// One page of the list: those that hold a text.
#[server(endpoint = "secrets/list")]
pub async fn list_secrets(#[server(default)] search: String, cursor: Cursor) -> Result<Page<SecretRow>, ConsoleError> {
    ask(|console| async move { console.list_secrets(&search, cursor).await }).await
}

/// The names of the secrets that a profile's script can use; without a profile, that of one that is yet to be made.
#[server(endpoint = "secrets/usable")]
pub async fn list_usable_secrets(
    #[server(default)] profile: Option<ProfileId>,
) -> Result<Vec<SecretName>, ConsoleError> {
    ask(|console| async move { console.usable_secrets(profile).await }).await
}

/// Everything about one secret, but its value.
#[server(endpoint = "secrets/get")]
pub async fn get_secret(id: SecretId) -> Result<SecretDetail, ConsoleError> {
    ask(|console| async move { console.secret(id).await }).await
}

/// Makes a secret.
#[server(endpoint = "secrets/create")]
pub async fn create_secret(
    name: String,
    #[server(default)] description: String,
    value: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        let id = console.create_secret(NewSecret::parse(&name, &description, &value)?).await?;
        console.redirect(&back_to("/secrets", "/secrets", id));
        Ok(())
    })
    .await
}

/// Changes what is said of a secret, and which profiles may use it: all, or where it is `limited`, these.
#[server(endpoint = "secrets/edit")]
pub async fn edit_secret(
    id: SecretId,
    #[server(default)] description: String,
    #[server(default)] limited: bool,
    #[server(default)] profiles: Vec<ProfileId>,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        console.edit_secret(id, SecretEdit::parse(&description, limited, profiles)?).await?;
        console.redirect(&back_to(&format!("/secrets/{id}"), "/secrets", id));
        Ok(())
    })
    .await
}

/// Gives a secret another value. With `run`, the admitted delegates whose scripts name it run them again.
#[server(endpoint = "secrets/replace")]
pub async fn replace_secret(
    id: SecretId,
    value: String,
    #[server(default)] run: bool,
    back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        console.replace_secret(id, parse_value(&value)?, run).await?;
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
