//! Registrations that are turned away because there are too many: how large the last flood of each
//! token has become.

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
        // With defaults: a manager of the version before may still add rows.
        for column in [
            big_integer_null(col("flood_began_at")).take(),
            big_integer_null(col("flood_last_at")).take(),
            big_integer(col("flood_count")).default(0).take(),
        ] {
            manager.alter_table(Table::alter().table(col("refusal")).add_column(column).take()).await?;
        }
        Ok(())
    }
}
