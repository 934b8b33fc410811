//! API keys, and the service accounts that have some.

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
        let accounts = scoped("service_account")
            .col(string(col("name")))
            .col(string(col("role")))
            .col(string(col("created_by")))
            .col(big_integer(col("created_at")))
            .take();
        manager.create_table(accounts).await?;
        manager.create_index(index("service_account", &["account_id", "name"]).unique().take()).await?;
        let keys = scoped("api_key")
            .col(uuid_null(col("user_id")))
            .col(uuid_null(col("service_account_id")))
            .col(string(col("name")))
            .col(string(col("role")))
            .col(string(col("digest")))
            .col(string_null(col("previous_digest")))
            .col(big_integer_null(col("previous_until")))
            .col(string(col("created_by")))
            .col(big_integer(col("created_at")))
            .col(big_integer_null(col("expires_at")))
            .col(big_integer_null(col("used_at")))
            .col(string(col("used_from")))
            .foreign_key(&mut owner("user_id", "user"))
            .foreign_key(&mut owner("service_account_id", "service_account"))
            .take();
        manager.create_table(keys).await?;
        manager.create_index(index("api_key", &["user_id", "name"]).unique().take()).await?;
        manager.create_index(index("api_key", &["service_account_id", "name"]).unique().take()).await
    }
}

/// A key goes with its owner.
fn owner(column: &'static str, table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("api_key_{table}"))
        .from(col("api_key"), col(column))
        .to(col(table), col("id"))
        .on_delete(ForeignKeyAction::Cascade)
        .take()
}
