//! Tokens say what they are good for: for how many delegates, from where, and for which. And which delegate used one last.

use sea_orm_migration::{prelude::*, schema::*};

use super::col;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // With defaults: a manager of the version before may still add tokens, which are good for everything.
        for column in [
            integer_null(col("max_registrations")).take(),
            integer(col("registrations")).default(0).take(),
            text(col("networks")).default("").take(),
            text(col("kinds")).default("").take(),
            text(col("name_pattern")).default("").take(),
            uuid_null(col("last_used_by_id")).take(),
        ] {
            manager.alter_table(Table::alter().table(col("token")).add_column(column).take()).await?;
        }
        Ok(())
    }
}
