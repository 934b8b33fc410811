//! Organizations and projects.

use muster::{
    id::ScopeId,
    scope::{NamedScope, ScopeName},
    time::Timestamp,
};
use sea_orm::entity::prelude::*;

use super::{Scoped as _, corrupt};

const TABLE: &str = "scope";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scope")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    /// Empty of an organization.
    pub project: String,
    pub name: String,
    pub created_by: String,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for NamedScope {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: ScopeId(row.id),
            scope: Entity::scope_of(&row).map_err(|error| corrupt(TABLE, error))?,
            name: ScopeName::restore(&row.name).map_err(|error| corrupt(TABLE, error))?,
            created_by: row.created_by,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}
