//! Delegate profiles: what the pages show and ask for.

// A server function takes the fields of its form, however many those are.
#![allow(clippy::too_many_arguments)]

use leptos::prelude::*;
use muster::{
    audit::AuditRow,
    id::{ProfileId, ScriptVersionId},
    page::{Cursor, Page},
    profile::{
        ChangeSince, ProfileDelegate, ProfileDetail, ProfileEdit, ProfileFields, ProfileRow, Progress, Rollout, RunOn,
        VersionDetail, VersionRow,
    },
    user::Permission,
};

use crate::{console::ask, error::ConsoleError, ui::href::back_to};

/// One page of the list: those that hold a text.
#[server(endpoint = "profiles/list")]
pub async fn list_profiles(
    #[server(default)] search: String,
    cursor: Cursor,
) -> Result<Page<ProfileRow>, ConsoleError> {
    ask(|console| async move { console.list_profiles(&search, cursor).await }).await
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
    #[server(default)] approval: String,
    selectors: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        let fields = ProfileFields { name, description, startup_script, approval, selectors };
        let id = console.create_profile(fields.parse()?).await?;
        console.redirect(&back_to("/profiles", "/profiles", id));
        Ok(())
    })
    .await
}

/// Changes a profile. With `run`, its delegates run the script where that is another, or was saved without running it;
/// on more than a few, once the person has `confirmed` on how many.
#[server(endpoint = "profiles/edit")]
pub async fn edit_profile(
    id: ProfileId,
    seen: i32,
    name: String,
    description: String,
    startup_script: String,
    #[server(default)] approval: String,
    selectors: String,
    #[server(default)] run: bool,
    #[server(default)] confirmed: u64,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        let fields = ProfileFields { name, description, startup_script, approval, selectors };
        console.edit_profile(id, ProfileEdit { seen, spec: fields.parse()?, run, confirmed }).await?;
        console.redirect(&page_of(id));
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

/// How far a profile's delegates are with its script.
#[server(endpoint = "profiles/rollout")]
pub async fn get_rollout(id: ProfileId) -> Result<Rollout, ConsoleError> {
    ask(|console| async move { console.rollout(id).await }).await
}

/// One page of a profile's delegates: all, or those that are this far with its script.
#[server(endpoint = "profiles/delegates")]
pub async fn list_delegates_of(
    id: ProfileId,
    #[server(default)] progress: Option<Progress>,
    cursor: Cursor,
) -> Result<Page<ProfileDelegate>, ConsoleError> {
    ask(|console| async move { console.delegates_of_profile(id, progress, cursor).await }).await
}

/// Asks delegates of a profile to run its script.
#[server(endpoint = "profiles/run")]
pub async fn run_script_on(id: ProfileId, which: RunOn) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.run_script_on(id, which).await?;
        console.redirect(&page_of(id));
        Ok(())
    })
    .await
}

/// One page of the versions of a profile's script.
#[server(endpoint = "profiles/versions")]
pub async fn list_versions(id: ProfileId, cursor: Cursor) -> Result<Page<VersionRow>, ConsoleError> {
    ask(|console| async move { console.script_versions(id, cursor).await }).await
}

/// One version of a profile's script, beside another or the one before it.
#[server(endpoint = "profiles/version")]
pub async fn get_version(
    id: ProfileId,
    version: ScriptVersionId,
    #[server(default)] against: Option<ScriptVersionId>,
) -> Result<VersionDetail, ConsoleError> {
    ask(|console| async move { console.script_version(id, version, against).await }).await
}

/// Makes an earlier version of a profile's script the newest.
#[server(endpoint = "profiles/restore")]
pub async fn restore_version(
    id: ProfileId,
    version: ScriptVersionId,
    seen: i32,
    #[server(default)] run: bool,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.restore_script(id, version, seen, run).await?;
        console.redirect(&page_of(id));
        Ok(())
    })
    .await
}

/// What happened to a profile since the person saw a revision of it; nothing where it did not change.
#[server(endpoint = "profiles/change-since")]
pub async fn get_change_since(id: ProfileId, seen: i32) -> Result<Option<ChangeSince>, ConsoleError> {
    ask(|console| async move { console.profile_change_since(id, seen).await }).await
}

/// One page of what was done to a profile.
#[server(endpoint = "profiles/record")]
pub async fn get_record(id: ProfileId, cursor: Cursor) -> Result<Page<AuditRow>, ConsoleError> {
    ask(|console| async move { console.profile_record(id, cursor).await }).await
}

/// A profile's page, which says what was done.
fn page_of(id: ProfileId) -> String {
    back_to(&format!("/profiles/{id}"), "/profiles", id)
}
