//! People who may sign in.

use muster::{
    id::UserId,
    time::Timestamp,
    user::{Email, PersonName, Role, User, UserStatus},
};
use sea_orm::entity::prelude::*;

use super::corrupt;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub email: String,
    pub role: String,
    /// In PHC form: argon2id with its parameters and salt. Empty of who never chose a password.
    pub password_hash: String,
    pub created_at: i64,
    pub name: Option<String>,
    pub status: String,
    /// When the person last signed in.
    pub signed_in_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for User {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: UserId(row.id),
            email: Email::restore(&row.email).map_err(|error| corrupt("user", error))?,
            name: row.name.as_deref().map(PersonName::restore).transpose().map_err(|error| corrupt("user", error))?,
            role: Role::from_code(&row.role).ok_or_else(|| corrupt("user", "unknown role"))?,
            status: UserStatus::from_code(&row.status).ok_or_else(|| corrupt("user", "unknown status"))?,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}
