//! What a token's own page tells: from where it was last used, and who was turned away with it, by address and hour.

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
        let from = string(col("last_used_from")).default("").take();
        manager.alter_table(Table::alter().table(col("token")).add_column(from).take()).await?;
        let calls = Table::create()
            .table(col("refused_call"))
            .col(uuid(col("token_id")))
            .col(big_integer(col("hour")))
            .col(string(col("reason")))
            .col(string(col("address")))
            .col(text(col("name")))
            .col(big_integer(col("count")))
            .col(big_integer(col("first_at")))
            .col(big_integer(col("last_at")))
            .primary_key(Index::create().col(col("token_id")).col(col("hour")).col(col("reason")).col(col("address")))
            .take();
        manager.create_table(calls).await?;
        manager.create_index(index("refused_call", &["hour"])).await
    }
}
