//! A run of a startup script can be cancelled, the lines of its log have numbers and times, and the audit trail says what
//! changed from what to what.

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
        let added = [
            ("delegate", uuid_null(col("cancelled_run"))),
            ("audit", text_null(col("changes"))),
            ("script_log", big_integer(col("lines_before")).default(0).take()),
            ("script_log", text(col("arrivals")).default("").take()),
        ];
        for (table, column) in added {
            manager.alter_table(Table::alter().table(col(table)).add_column(column).take()).await?;
        }
        Ok(())
    }
}
