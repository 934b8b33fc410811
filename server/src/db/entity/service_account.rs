//! Service accounts.

use muster::{
    api_key::{ServiceAccount, ServiceAccountName},
    id::ServiceAccountId,
    time::Timestamp,
    user::Role,
};
use sea_orm::entity::prelude::*;

use super::{Scoped as _, corrupt};

const TABLE: &str = "service_account";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "service_account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    pub project: String,
    pub name: String,
    pub role: String,
    pub created_by: String,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for ServiceAccount {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: ServiceAccountId(row.id),
            scope: Entity::scope_of(&row).map_err(|error| corrupt(TABLE, error))?,
            name: ServiceAccountName::restore(&row.name).map_err(|error| corrupt(TABLE, error))?,
            role: Role::from_code(&row.role).ok_or_else(|| corrupt(TABLE, "unknown role"))?,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}
