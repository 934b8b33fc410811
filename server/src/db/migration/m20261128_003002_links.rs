//! Links that hand out install files to several hosts.

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
        for column in [integer(col("max_uses")).default(1).take(), integer(col("uses")).default(0).take()] {
            manager.alter_table(Table::alter().table(col("install_link")).add_column(column).take()).await?;
        }
        let run = manager.get_connection();
        run.execute_unprepared("UPDATE install_link SET uses = 1 WHERE used_at IS NOT NULL").await?;
        Ok(())
    }
}
