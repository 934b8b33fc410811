//! Versions of startup scripts.

use muster::{
    id::{ProfileId, ScriptVersionId},
    profile::{Profile, ScriptVersion},
    time::Timestamp,
};
use sea_orm::{Set, entity::prelude::*};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "script_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    pub project: String,
    pub profile_id: Uuid,
    pub saved_at: i64,
    pub saved_by: String,
    pub script: String,
    pub revision: i32,
    pub run_at: Option<i64>,
    /// When the version was saved that this one restored.
    pub restored: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for ScriptVersion {
    fn from(row: Model) -> Self {
        Self {
            id: ScriptVersionId(row.id),
            profile_id: ProfileId(row.profile_id),
            saved_at: Timestamp::from_millis(row.saved_at),
            saved_by: row.saved_by,
            script: row.script,
            revision: row.revision,
            run_at: row.run_at.map(Timestamp::from_millis),
            restored: row.restored.map(Timestamp::from_millis),
        }
    }
}

impl ActiveModel {
    /// The row of a profile's script as it is saved now.
    #[must_use]
    pub fn of(id: ScriptVersionId, profile: &Profile, run_at: Option<Timestamp>, restored: Option<Timestamp>) -> Self {
        Self {
            id: Set(id.0),
            account_id: Set(profile.scope.account.0),
            organization: Set(profile.scope.organization().to_owned()),
            project: Set(profile.scope.project().to_owned()),
            profile_id: Set(profile.id.0),
            saved_at: Set(profile.script_changed_at.as_millis()),
            saved_by: Set(profile.updated_by.clone()),
            script: Set(profile.spec.startup_script.clone()),
            revision: Set(profile.revision),
            run_at: Set(run_at.map(Timestamp::as_millis)),
            restored: Set(restored.map(Timestamp::as_millis)),
        }
    }
}
