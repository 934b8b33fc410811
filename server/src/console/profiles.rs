//! What the console asks about profiles.

use async_trait::async_trait;
use muster::{
    id::ProfileId,
    page::{Cursor, Page},
    profile::{ProfileDetail, ProfileRow, ProfileSpec},
};
use muster_app::{console::Profiles, error::ConsoleError};

use super::Operator;
use crate::manage::profiles;

#[async_trait]
impl Profiles for Operator {
    async fn list_profiles(&self, cursor: Cursor) -> Result<Page<ProfileRow>, ConsoleError> {
        self.answer(profiles::list(&self.context()?, &self.scope(), cursor).await)
    }

    async fn profile(&self, id: ProfileId) -> Result<ProfileDetail, ConsoleError> {
        self.answer(profiles::get(&self.context()?, id).await)
    }

    async fn create_profile(&self, spec: ProfileSpec) -> Result<ProfileId, ConsoleError> {
        self.answer(profiles::create(&self.context()?, &self.scope(), spec).await.map(|profile| profile.id))
    }

    async fn edit_profile(&self, id: ProfileId, seen: i32, spec: ProfileSpec) -> Result<(), ConsoleError> {
        self.answer(profiles::edit(&self.context()?, id, seen, spec).await.map(drop))
    }

    async fn delete_profile(&self, id: ProfileId, move_delegates: bool) -> Result<(), ConsoleError> {
        self.answer(profiles::delete(&self.context()?, id, move_delegates).await)
    }
}
