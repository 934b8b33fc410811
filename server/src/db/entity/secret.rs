//! Secrets of startup scripts. The value is sealed.

use muster::{
    id::SecretId,
    secret::{Secret, SecretName},
    text::Invalid,
    time::Timestamp,
};
use sea_orm::entity::prelude::*;

use super::{Scoped as _, corrupt};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "secret")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    pub project: String,
    pub name: String,
    pub description: String,
    pub sealed_value: Vec<u8>,
    /// Whether only the profiles in `secret_profile` may use it.
    pub limited: bool,
    /// Empty where that was not recorded yet.
    pub created_by: String,
    pub updated_by: String,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Secret {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let read = || -> Result<Self, Invalid> {
            Ok(Self {
                id: SecretId(row.id),
                scope: Entity::scope_of(&row)?,
                name: SecretName::parse(&row.name)?,
                description: row.description,
                limited: row.limited,
                created_by: row.created_by,
                updated_by: row.updated_by,
                created_at: Timestamp::from_millis(row.created_at),
                updated_at: Timestamp::from_millis(row.updated_at),
            })
        };
        read().map_err(|error| corrupt("secret", error))
    }
}
