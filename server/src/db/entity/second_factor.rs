//! The second factors of people, one a person. Where the person's own row tells of none, there is none here.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factor")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is; unique.
    pub user_id: Uuid,
    /// The secret that codes are made of, sealed for this row.
    pub sealed_secret: Vec<u8>,
    /// The time step (RFC 6238) of the last code that was used: neither it nor an earlier one is taken again.
    pub last_step: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
