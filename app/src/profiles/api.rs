//! Delegate profiles: what the pages show and ask for.

use leptos::prelude::*;
use muster::{
    id::ProfileId,
    page::{Cursor, Page},
    profile::{ProfileDetail, ProfileFields, ProfileRow},
    user::Permission,
};

use crate::{console::ask, error::ConsoleError, ui::href::back_to};

/// One page of the list.
#[server(endpoint = "profiles/list")]
pub async fn list_profiles(cursor: Cursor) -> Result<Page<ProfileRow>, ConsoleError> {
    ask(|console| async move { console.list_profiles(cursor).await }).await
}

/// One profile and who has it.
#[server(endpoint = "profiles/get")]
pub async fn get_profile(id: ProfileId) -> Result<ProfileDetail, ConsoleError> {
    ask(|console| async move { console.profile(id).await }).await
}

/// Makes a profile.
#[server(endpoint = "profiles/create")]
pub async fn create_profile(
    name: String,
    description: String,
    startup_script: String,
    #[server(default)] requires_approval: bool,
    selectors: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        let fields = ProfileFields { name, description, startup_script, requires_approval, selectors };
        let id = console.create_profile(fields.parse()?).await?;
        console.redirect(&back_to("/profiles", "/profiles", id));
        Ok(())
    })
    .await
}

/// Changes a profile.
#[server(endpoint = "profiles/edit")]
pub async fn edit_profile(
    id: ProfileId,
    seen: i32,
    name: String,
    description: String,
    startup_script: String,
    #[server(default)] requires_approval: bool,
    selectors: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        let fields = ProfileFields { name, description, startup_script, requires_approval, selectors };
        console.edit_profile(id, seen, fields.parse()?).await?;
        console.redirect(&back_to("/profiles", "/profiles", id));
        Ok(())
    })
    .await
}

/// Deletes a profile; with `move_delegates` its delegates are moved to Primary first.
#[server(endpoint = "profiles/delete")]
pub async fn delete_profile(id: ProfileId, #[server(default)] move_delegates: bool) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.delete_profile(id, move_delegates).await?;
        console.redirect(&back_to("/profiles", "/profiles", id));
        Ok(())
    })
    .await
}
