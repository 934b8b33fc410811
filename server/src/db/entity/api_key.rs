//! API keys, by digests of what makes them work.

use muster::{
    api_key::{ApiKey, ApiKeyName, Owner},
    id::{ApiKeyId, ServiceAccountId, UserId},
    time::Timestamp,
    user::Role,
};
use sea_orm::entity::prelude::*;

use super::{Scoped as _, corrupt};

const TABLE: &str = "api_key";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    pub project: String,
    /// The person whose it is; none where it is a service account's.
    pub user_id: Option<Uuid>,
    pub service_account_id: Option<Uuid>,
    pub name: String,
    pub role: String,
    /// The digest of its secret: cannot be turned into a key.
    pub digest: String,
    /// That of the secret from before the last rotation, and until when that works.
    pub previous_digest: Option<String>,
    pub previous_until: Option<i64>,
    pub created_by: String,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    /// When it was last used, to the minute, and from where.
    pub used_at: Option<i64>,
    pub used_from: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for ApiKey {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let owner = match (row.user_id, row.service_account_id) {
            (Some(id), None) => Owner::User(UserId(id)),
            (None, Some(id)) => Owner::ServiceAccount(ServiceAccountId(id)),
            _ => return Err(corrupt(TABLE, "not one owner")),
        };
        Ok(Self {
            id: ApiKeyId(row.id),
            scope: Entity::scope_of(&row).map_err(|error| corrupt(TABLE, error))?,
            owner,
            name: ApiKeyName::restore(&row.name).map_err(|error| corrupt(TABLE, error))?,
            role: Role::from_code(&row.role).ok_or_else(|| corrupt(TABLE, "unknown role"))?,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: row.expires_at.map(Timestamp::from_millis),
            previous_until: row.previous_until.map(Timestamp::from_millis),
        })
    }
}
