//! Calls of the public API that are made once, whoever repeats them.

use sea_orm_migration::{prelude::*, schema::*};

use super::{col, index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let calls = Table::create()
            .table(col("once_call"))
            .col(uuid(col("id")).primary_key())
            .col(uuid(col("api_key_id")))
            .col(string(col("name")))
            .col(string(col("digest")))
            .col(small_integer_null(col("status")))
            .col(text_null(col("body")))
            .foreign_key(
                ForeignKey::create()
                    .name("once_call_api_key")
                    .from(col("once_call"), col("api_key_id"))
                    .to(col("api_key"), col("id"))
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(calls).await?;
        manager.create_index(index("once_call", &["api_key_id", "name"]).unique().take()).await
    }
}
