//! Changes of a token's settings are counted, so that of two who make one at once the second is told.

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
        // With defaults: a manager of the version before may still add tokens.
        for column in [
            big_integer_null(col("changed_at")).take(),
            string(col("changed_by")).default("").take(),
            integer(col("revision")).default(1).take(),
        ] {
            manager.alter_table(Table::alter().table(col("token")).add_column(column).take()).await?;
        }
        Ok(())
    }
}
