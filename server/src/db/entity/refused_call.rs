//! Calls with a token that were turned away: a row for each hour, reason and address, kept for a week.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refused_call")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_id: Uuid,
    /// When the hour began, in milliseconds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hour: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub reason: String,
    /// Empty where too many called at once to tell them apart.
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: String,
    /// The name that the last one gave; may be empty.
    pub name: String,
    pub count: i64,
    pub first_at: i64,
    pub last_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
