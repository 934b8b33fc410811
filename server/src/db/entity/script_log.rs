//! Pieces of the logs of script runs, masked.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "script_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: Uuid,
    /// How many bytes of the masked log came before this piece.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub piece: String,
    /// How many line ends came before this piece.
    pub lines_before: i64,
    /// Since when which line of it came: pairs `line:milliseconds`, separated by blanks, the oldest first. A line is the
    /// number of line ends before it.
    pub arrivals: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
