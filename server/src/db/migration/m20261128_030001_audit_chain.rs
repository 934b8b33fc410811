//! The entries of the audit trail form a chain. Those that are there get into it by the job that takes in new ones.

use sea_orm_migration::{prelude::*, schema::*};

use super::col;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The same in both databases; sea-query has no partial index. What waits is few rows; what is in the chain is read in its
/// order.
const INDICES: [&str; 2] = [
    "CREATE INDEX audit_unchained ON audit (account_id, id) WHERE seq IS NULL",
    "CREATE UNIQUE INDEX audit_seq ON audit (account_id, seq) WHERE seq IS NOT NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [big_integer_null(col("seq")), binary_null(col("hash"))] {
            manager.alter_table(Table::alter().table(col("audit")).add_column(column).take()).await?;
        }
        for index in INDICES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        let chains = Table::create()
            .table(col("audit_chain"))
            .col(uuid(col("account_id")).primary_key())
            .col(big_integer(col("seq")))
            .col(binary(col("hash")))
            .col(big_integer(col("removed_seq")))
            .col(binary(col("removed_hash")))
            .col(big_integer(col("began_at")))
            .col(boolean(col("adopts")))
            .col(binary(col("mac")))
            .take();
        manager.create_table(chains).await
    }
}
