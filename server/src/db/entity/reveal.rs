//! What is still to be shown, sealed: once, to the session that made it. Values of new tokens, and links of people.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reveal")]
pub struct Model {
    /// The token, or the person whose link it is.
    #[sea_orm(primary_key, auto_increment = false, column_name = "token_id")]
    pub object_id: Uuid,
    /// The digest of the session, as in table `session`.
    pub session: String,
    pub sealed_value: Vec<u8>,
    pub expires_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
