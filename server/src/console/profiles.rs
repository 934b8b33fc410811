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
use muster_app::{console::Profiles, error::ConsoleError};

use super::Operator;
use crate::manage::profiles;

#[async_trait]
impl Profiles for Operator {
    async fn list_profiles(&self, search: &str, cursor: Cursor) -> Result<Page<ProfileRow>, ConsoleError> {
        self.answer(profiles::list(&self.context()?, &self.scope, search, cursor).await)
    }

    async fn profile(&self, id: ProfileId) -> Result<ProfileDetail, ConsoleError> {
        self.answer(profiles::get(&self.context()?, id).await)
    }

    async fn create_profile(&self, spec: ProfileSpec) -> Result<ProfileId, ConsoleError> {
        self.answer(profiles::create(&self.context()?, &self.scope, spec).await.map(|profile| profile.id))
    }

    async fn edit_profile(&self, id: ProfileId, edit: ProfileEdit) -> Result<(), ConsoleError> {
        self.answer(profiles::edit(&self.context()?, id, edit).await)
    }

    async fn delete_profile(&self, id: ProfileId, move_delegates: bool) -> Result<(), ConsoleError> {
        self.answer(profiles::delete(&self.context()?, id, move_delegates).await)
    }

    async fn rollout(&self, id: ProfileId) -> Result<Rollout, ConsoleError> {
        self.answer(profiles::rollout(&self.context()?, id).await)
    }

    async fn delegates_of_profile(
        &self,
        id: ProfileId,
        progress: Option<Progress>,
        cursor: Cursor,
    ) -> Result<Page<ProfileDelegate>, ConsoleError> {
        self.answer(profiles::delegates(&self.context()?, id, progress, cursor).await)
    }

    async fn run_script_on(&self, id: ProfileId, which: RunOn) -> Result<(), ConsoleError> {
        self.answer(profiles::run_on(&self.context()?, id, which).await.map(drop))
    }

    async fn script_versions(&self, id: ProfileId, cursor: Cursor) -> Result<Page<VersionRow>, ConsoleError> {
        self.answer(profiles::versions(&self.context()?, id, cursor).await)
    }

    async fn script_version(
        &self,
        id: ProfileId,
        version: ScriptVersionId,
        against: Option<ScriptVersionId>,
    ) -> Result<VersionDetail, ConsoleError> {
        self.answer(profiles::version(&self.context()?, id, version, against).await)
    }

    async fn restore_script(
        &self,
        id: ProfileId,
        version: ScriptVersionId,
        seen: i32,
        run: bool,
    ) -> Result<(), ConsoleError> {
        self.answer(profiles::restore(&self.context()?, id, version, seen, run).await)
    }

    async fn profile_change_since(&self, id: ProfileId, seen: i32) -> Result<Option<ChangeSince>, ConsoleError> {
        self.answer(profiles::change_since(&self.context()?, id, seen).await)
    }

    async fn profile_record(&self, id: ProfileId, cursor: Cursor) -> Result<Page<AuditRow>, ConsoleError> {
        self.answer(profiles::record(&self.context()?, id, cursor).await)
    }
}
