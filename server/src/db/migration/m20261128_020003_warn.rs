//! A profile can warn where it does not require approval, and delegates that would have waited are marked.

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
        // `requires_approval` stays as it is: who required approval does so still, and who did not neither requires it nor
        // warns. With defaults: a manager of the version before may still add rows.
        for (table, column) in [("profile", "warns"), ("delegate", "warned")] {
            let column = boolean(col(column)).default(false).take();
            manager.alter_table(Table::alter().table(col(table)).add_column(column).take()).await?;
        }
        Ok(())
    }
}
