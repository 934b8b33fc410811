//! Delegate profiles.

use muster::{
    id::ProfileId,
    profile::{Approval, Profile, ProfileName, ProfileSpec},
    text::{Invalid, Selectors},
    time::Timestamp,
};
use sea_orm::{Set, entity::prelude::*};

use super::{Scoped as _, corrupt};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "profile")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    pub project: String,
    pub name: String,
    pub description: String,
    pub startup_script: String,
    pub requires_approval: bool,
    /// Separated by commas.
    pub selectors: String,
    pub is_primary: bool,
    pub created_at: i64,
    pub updated_at: i64,
    pub updated_by: String,
    pub script_changed_at: i64,
    pub revision: i32,
    /// Marks delegates that would have waited, where it does not require approval.
    pub warns: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Profile {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let read = || -> Result<Self, Invalid> {
            Ok(Self {
                id: ProfileId(row.id),
                scope: Entity::scope_of(&row)?,
                spec: ProfileSpec {
                    name: ProfileName::restore(&row.name)?,
                    description: row.description,
                    startup_script: row.startup_script,
                    approval: approval(row.requires_approval, row.warns),
                    selectors: Selectors::restore(&row.selectors)?,
                },
                primary: row.is_primary,
                created_at: Timestamp::from_millis(row.created_at),
                updated_at: Timestamp::from_millis(row.updated_at),
                updated_by: row.updated_by,
                script_changed_at: Timestamp::from_millis(row.script_changed_at),
                revision: row.revision,
            })
        };
        read().map_err(|error| corrupt("profile", error))
    }
}

const fn approval(requires: bool, warns: bool) -> Approval {
    match (requires, warns) {
        (true, _) => Approval::Require,
        (false, true) => Approval::Warn,
        (false, false) => Approval::Off,
    }
}

impl From<&Profile> for ActiveModel {
    fn from(profile: &Profile) -> Self {
        Self {
            id: Set(profile.id.0),
            account_id: Set(profile.scope.account.0),
            organization: Set(profile.scope.organization().to_owned()),
            project: Set(profile.scope.project().to_owned()),
            name: Set(profile.spec.name.to_string()),
            description: Set(profile.spec.description.clone()),
            startup_script: Set(profile.spec.startup_script.clone()),
            requires_approval: Set(profile.spec.approval == Approval::Require),
            warns: Set(profile.spec.approval == Approval::Warn),
            selectors: Set(profile.spec.selectors.to_string()),
            is_primary: Set(profile.primary),
            created_at: Set(profile.created_at.as_millis()),
            updated_at: Set(profile.updated_at.as_millis()),
            updated_by: Set(profile.updated_by.clone()),
            script_changed_at: Set(profile.script_changed_at.as_millis()),
            revision: Set(profile.revision),
        }
    }
}
