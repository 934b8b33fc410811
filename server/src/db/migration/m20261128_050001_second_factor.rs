//! People can have a second factor, and recovery codes.

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
        let since = big_integer_null(col("second_factor_since"));
        manager.alter_table(Table::alter().table(col("user")).add_column(since).take()).await?;
        let factors = Table::create()
            .table(col("second_factor"))
            .col(uuid(col("id")).primary_key())
            .col(uuid(col("user_id")))
            .col(blob(col("sealed_secret")))
            .col(big_integer(col("last_step")))
            .foreign_key(&mut goes_with("second_factor", "user_id", "user"))
            .take();
        manager.create_table(factors).await?;
        manager.create_index(index("second_factor", &["user_id"]).unique().take()).await?;
        let codes = Table::create()
            .table(col("recovery_code"))
            .col(uuid(col("second_factor_id")))
            .col(string(col("digest")))
            .primary_key(Index::create().col(col("second_factor_id")).col(col("digest")))
            .foreign_key(&mut goes_with("recovery_code", "second_factor_id", "second_factor"))
            .take();
        manager.create_table(codes).await
    }
}

fn goes_with(table: &'static str, column: &'static str, owner: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{owner}"))
        .from(col(table), col(column))
        .to(col(owner), col("id"))
        .on_delete(ForeignKeyAction::Cascade)
        .take()
}
