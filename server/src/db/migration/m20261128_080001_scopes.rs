//! Organizations and projects, and roles in them.

use sea_orm_migration::{prelude::*, schema::*};

use super::{col, index, scoped};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let scopes = scoped("scope")
            .col(string(col("name")))
            .col(string(col("created_by")))
            .col(big_integer(col("created_at")))
            .take();
        manager.create_table(scopes).await?;
        let unique = index("scope", &["account_id", "organization", "project"]).unique().take();
        manager.create_index(unique).await?;
        let grants = text(col("grants")).default("[]").take();
        manager.alter_table(Table::alter().table(col("user")).add_column(grants).take()).await
    }
}
