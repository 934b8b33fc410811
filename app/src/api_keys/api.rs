//! API keys and service accounts: what the pages show and ask for.

use leptos::prelude::*;
use muster::{
    api_key::{ApiKeyRow, NewApiKey, NewServiceAccount, Overlap, ServiceAccountDetail, ServiceAccountRow},
    id::{ApiKeyId, ServiceAccountId},
    user::Permission,
};

use crate::{
    console::{Holder, RevealedKey, ask},
    error::ConsoleError,
    ui::href::back_to,
};

/// Where the service accounts are.
pub const SERVICE_ACCOUNTS: &str = "/service-accounts";

/// The page of whose keys they are.
#[must_use]
pub fn page_of(holder: Holder) -> String {
    holder.map_or_else(|| "/account".to_owned(), |id| format!("{SERVICE_ACCOUNTS}/{id}"))
}

/// Reads whose keys a form is about; empty for those of who sends it.
fn read(holder: &str) -> Result<Holder, ConsoleError> {
    (!holder.is_empty()).then(|| holder.parse().map_err(ConsoleError::not_found)).transpose()
}

/// Who may not give a key of this holder is told nothing of what is wrong with a form.
const fn permission(holder: Holder) -> Permission {
    if holder.is_some() { Permission::ManageUsers } else { Permission::View }
}

/// The keys of who asks, or of a service account.
#[server(endpoint = "api-keys/list")]
pub async fn list_api_keys(holder: Holder) -> Result<Vec<ApiKeyRow>, ConsoleError> {
    ask(|console| async move { console.api_keys(holder).await }).await
}

/// One of them.
#[server(endpoint = "api-keys/get")]
pub async fn get_api_key(holder: Holder, id: ApiKeyId) -> Result<ApiKeyRow, ConsoleError> {
    ask(|console| async move { console.api_key(holder, id).await }).await
}

/// Makes a key, and shows its value.
#[server(endpoint = "api-keys/create")]
pub async fn create_api_key(
    #[server(default)] holder: String,
    name: String,
    #[server(default)] role: String,
    #[server(default)] scope: String,
    #[server(default)] expires_in_days: String,
    #[server(default)] expires_at: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        let holder = read(&holder)?;
        console.authorize(permission(holder))?;
        let command = NewApiKey::parse(console.scope().account, &name, &role, &scope, &expires_in_days, &expires_at)?;
        let id = console.create_api_key(holder, command).await?;
        console.redirect(&format!("{}/keys/{id}/value", page_of(holder)));
        Ok(())
    })
    .await
}

/// Gives a key a new value, and shows it.
#[server(endpoint = "api-keys/rotate")]
pub async fn rotate_api_key(
    #[server(default)] holder: String,
    id: ApiKeyId,
    overlap_hours: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        let holder = read(&holder)?;
        console.authorize(permission(holder))?;
        console.rotate_api_key(holder, id, Overlap::parse(&overlap_hours)?).await?;
        console.redirect(&format!("{}/keys/{id}/value", page_of(holder)));
        Ok(())
    })
    .await
}

/// Deletes a key.
#[server(endpoint = "api-keys/delete")]
pub async fn delete_api_key(#[server(default)] holder: String, id: ApiKeyId) -> Result<(), ConsoleError> {
    ask(|console| async move {
        let holder = read(&holder)?;
        console.delete_api_key(holder, id).await?;
        let page = page_of(holder);
        console.redirect(&back_to(&page, &page, id));
        Ok(())
    })
    .await
}

/// The value that was just made for a key, once.
#[server(endpoint = "api-keys/reveal")]
pub async fn reveal_api_key(holder: Holder, id: ApiKeyId) -> Result<Option<RevealedKey>, ConsoleError> {
    ask(|console| async move { console.reveal_api_key(holder, id).await }).await
}

/// The value has arrived where it is shown: it is not shown again.
#[server(endpoint = "api-keys/forget")]
pub async fn forget_api_key(id: ApiKeyId) -> Result<(), ConsoleError> {
    ask(|console| async move { console.forget_api_key(id).await }).await
}

/// The service accounts.
#[server(endpoint = "service-accounts/list")]
pub async fn list_service_accounts() -> Result<Vec<ServiceAccountRow>, ConsoleError> {
    ask(|console| async move { console.service_accounts().await }).await
}

/// Everything about one of them.
#[server(endpoint = "service-accounts/get")]
pub async fn get_service_account(id: ServiceAccountId) -> Result<ServiceAccountDetail, ConsoleError> {
    ask(|console| async move { console.service_account(id).await }).await
}

/// Makes a service account.
#[server(endpoint = "service-accounts/create")]
pub async fn create_service_account(
    name: String,
    #[server(default)] role: String,
    #[server(default)] scope: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageUsers)?;
        let command = NewServiceAccount::parse(console.scope().account, &name, &role, &scope)?;
        let id = console.create_service_account(command).await?;
        console.redirect(&back_to(&page_of(Some(id)), SERVICE_ACCOUNTS, id));
        Ok(())
    })
    .await
}

/// Deletes a service account, and its keys.
#[server(endpoint = "service-accounts/delete")]
pub async fn delete_service_account(id: ServiceAccountId) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.delete_service_account(id).await?;
        console.redirect(&back_to(SERVICE_ACCOUNTS, SERVICE_ACCOUNTS, id));
        Ok(())
    })
    .await
}
