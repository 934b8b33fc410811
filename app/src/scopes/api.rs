//! Organizations and projects: what the pages show and ask for.

use leptos::prelude::*;
use muster::{
    id::ScopeId,
    page::{Cursor, Page},
    scope::{NewScope, ScopeChoice, ScopeDetail, ScopeRow, parse_scope_name},
    user::Permission,
};

use crate::{console::ask, error::ConsoleError, ui::href::back_to};

/// Where they are listed.
pub const LIST: &str = "/organizations";

/// One page of those that lie under the scope of the page.
#[server(endpoint = "scopes/list")]
pub async fn list_scopes(cursor: Cursor) -> Result<Page<ScopeRow>, ConsoleError> {
    ask(|console| async move { console.list_scopes(cursor).await }).await
}

/// Where who asks can go, the account first; none where there is nothing but the account.
#[server(endpoint = "scopes/choices")]
pub async fn get_scope_choices() -> Result<Vec<ScopeChoice>, ConsoleError> {
    ask(|console| async move { console.scope_choices().await }).await
}

/// Everything about one.
#[server(endpoint = "scopes/get")]
pub async fn get_scope(id: ScopeId) -> Result<ScopeDetail, ConsoleError> {
    ask(|console| async move { console.scope_detail(id).await }).await
}

/// Makes an organization at the account, or a project at an organization.
#[server(endpoint = "scopes/create")]
pub async fn create_scope(name: String, #[server(default)] identifier: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageScopes)?;
        let command = NewScope::parse(&console.scope(), &name, &identifier)?;
        let made = console.create_scope(command).await?;
        console.redirect(&back_to(LIST, LIST, made.id));
        Ok(())
    })
    .await
}

/// Gives one another name.
#[server(endpoint = "scopes/rename")]
pub async fn rename_scope(id: ScopeId, name: String, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageScopes)?;
        console.rename_scope(id, parse_scope_name(&name)?).await?;
        console.redirect(&back_to(&back, LIST, id));
        Ok(())
    })
    .await
}

/// Deletes one that is empty.
#[server(endpoint = "scopes/delete")]
pub async fn delete_scope(id: ScopeId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.delete_scope(id).await?;
        console.redirect(&back_to(&back, LIST, id));
        Ok(())
    })
    .await
}
