//! What delegates were refused: a row for each token and reason, so that a flood is one line.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refusal")]
pub struct Model {
    /// Nil where no token is known.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub reason: String,
    pub count: i64,
    pub first_at: i64,
    pub last_at: i64,
    /// The address of the last one.
    pub address: String,
    /// The name that the last one gave; may be empty.
    pub name: String,
    /// Of the last flood, where there was one.
    pub flood_began_at: Option<i64>,
    pub flood_last_at: Option<i64>,
    /// How many there were in that flood.
    pub flood_count: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
