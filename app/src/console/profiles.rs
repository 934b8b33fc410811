//! What the console asks about profiles.

use async_trait::async_trait;
use muster::{
    id::ProfileId,
    page::{Cursor, Page},
    profile::{ProfileDetail, ProfileRow, ProfileSpec},
};

use crate::error::ConsoleError;

/// What the console asks about profiles.
#[async_trait]
pub trait Profiles {
    /// One page of the list.
    async fn list_profiles(&self, cursor: Cursor) -> Result<Page<ProfileRow>, ConsoleError>;
    /// One profile and who has it.
    async fn profile(&self, id: ProfileId) -> Result<ProfileDetail, ConsoleError>;
    /// Makes a profile.
    async fn create_profile(&self, spec: ProfileSpec) -> Result<ProfileId, ConsoleError>;
    /// Changes a profile; `seen` is the revision that the person saw.
    async fn edit_profile(&self, id: ProfileId, seen: i32, spec: ProfileSpec) -> Result<(), ConsoleError>;
    /// Deletes a profile that no delegate has; with `move_delegates` they are moved to Primary first.
    async fn delete_profile(&self, id: ProfileId, move_delegates: bool) -> Result<(), ConsoleError>;
}
