//! Calls of the public API that are made once: what came of each, by the name that its program gave it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "once_call")]
pub struct Model {
    /// Holds when it was made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub api_key_id: Uuid,
    /// What the program calls it; unique among the key's.
    pub name: String,
    /// The digest of what was asked for.
    pub digest: String,
    /// The status of the answer; none while there is none.
    pub status: Option<i16>,
    /// The answer; none where it held a value that is told once.
    pub body: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
