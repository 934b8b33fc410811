//! Delegate profiles: what the pages show and ask for.

use async_trait::async_trait;
use leptos::prelude::*;
use muster::{
    id::ProfileId,
    page::{Cursor, Page},
    profile::Profile,
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::console::{ask, back_to};
use crate::error::ConsoleError;

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileRow {
    /// The profile.
    pub profile: Profile,
    /// How many delegates it has, the rejected ones included.
    pub delegates: u64,
}

/// One profile and who has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileDetail {
    /// As in the list.
    pub row: ProfileRow,
    /// The names of its newest delegates, at most 20.
    pub used_by: Vec<String>,
}

/// The fields of a profile's form, as a person filled them in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileFields {
    /// **Name**
    pub name: String,
    /// **Description**
    pub description: String,
    /// **Startup Script**
    pub startup_script: String,
    /// **Delegate Requires Approval**
    pub requires_approval: bool,
    /// **Selectors**, separated by commas.
    pub selectors: String,
}

/// What the console asks about profiles.
#[async_trait]
pub trait Profiles {
    /// One page of the list.
    async fn list_profiles(&self, cursor: Cursor) -> Result<Page<ProfileRow>, ConsoleError>;
    /// One profile and who has it.
    async fn profile(&self, id: ProfileId) -> Result<ProfileDetail, ConsoleError>;
    /// Makes a profile.
    async fn create_profile(&self, fields: ProfileFields) -> Result<ProfileId, ConsoleError>;
    /// Changes a profile; `seen` is the revision that the person saw.
    async fn edit_profile(&self, id: ProfileId, seen: i32, fields: ProfileFields) -> Result<(), ConsoleError>;
    /// Deletes a profile that no delegate has; with `move_delegates` they are moved to Primary first.
    async fn delete_profile(&self, id: ProfileId, move_delegates: bool) -> Result<(), ConsoleError>;
}

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
        let fields = ProfileFields { name, description, startup_script, requires_approval, selectors };
        let id = console.create_profile(fields).await?;
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
        let fields = ProfileFields { name, description, startup_script, requires_approval, selectors };
        console.edit_profile(id, seen, fields).await?;
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
