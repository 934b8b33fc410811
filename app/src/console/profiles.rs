//! What the console asks about profiles.

use async_trait::async_trait;
use muster::{
    audit::AuditRow,
    id::{ProfileId, ScriptVersionId},
    page::{Cursor, Page},
    profile::{
        ChangeSince, ProfileDelegate, ProfileDetail, ProfileEdit, ProfileRow, ProfileSpec, Progress, Rollout, RunOn,
        VersionDetail, VersionRow,
    },
};

use crate::error::ConsoleError;

/// What the console asks about profiles.
#[async_trait]
pub trait Profiles {
    /// One page of the list: those that hold a text.
    async fn list_profiles(&self, search: &str, cursor: Cursor) -> Result<Page<ProfileRow>, ConsoleError>;
    /// One profile and who has it.
    async fn profile(&self, id: ProfileId) -> Result<ProfileDetail, ConsoleError>;
    /// Makes a profile.
    async fn create_profile(&self, spec: ProfileSpec) -> Result<ProfileId, ConsoleError>;
    /// Changes a profile.
    async fn edit_profile(&self, id: ProfileId, edit: ProfileEdit) -> Result<(), ConsoleError>;
    /// Deletes a profile that no delegate has; with `move_delegates` they are moved to Primary first.
    async fn delete_profile(&self, id: ProfileId, move_delegates: bool) -> Result<(), ConsoleError>;
    /// How far its delegates are with its script.
    async fn rollout(&self, id: ProfileId) -> Result<Rollout, ConsoleError>;
    /// One page of its delegates: all, or those that are this far with its script.
    async fn delegates_of_profile(
        &self,
        id: ProfileId,
        progress: Option<Progress>,
        cursor: Cursor,
    ) -> Result<Page<ProfileDelegate>, ConsoleError>;
    /// Asks delegates of it to run its script.
    async fn run_script_on(&self, id: ProfileId, which: RunOn) -> Result<(), ConsoleError>;
    /// One page of the versions of its script.
    async fn script_versions(&self, id: ProfileId, cursor: Cursor) -> Result<Page<VersionRow>, ConsoleError>;
    /// One version of its script, beside another or the one before it.
    async fn script_version(
        &self,
        id: ProfileId,
        version: ScriptVersionId,
        against: Option<ScriptVersionId>,
    ) -> Result<VersionDetail, ConsoleError>;
    /// Makes an earlier version of its script the newest; `seen` is the revision that the person saw.
    async fn restore_script(
        &self,
        id: ProfileId,
        version: ScriptVersionId,
        seen: i32,
        run: bool,
    ) -> Result<(), ConsoleError>;
    /// What happened to it since the person saw a revision of it; nothing where it did not change.
    async fn profile_change_since(&self, id: ProfileId, seen: i32) -> Result<Option<ChangeSince>, ConsoleError>;
    /// One page of what was done to it.
    async fn profile_record(&self, id: ProfileId, cursor: Cursor) -> Result<Page<AuditRow>, ConsoleError>;
}
