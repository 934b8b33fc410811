//! Delegates are found also by their version: it stands at the end of what is searched. Triggers carry it to the lists.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let run = manager.get_connection();
        let line_end = if run.get_database_backend() == DbBackend::Postgres { "chr(10)" } else { "char(10)" };
        let sql = format!("UPDATE delegate SET search = search || {line_end} || lower(version) WHERE version <> ''");
        run.execute_unprepared(&sql).await.map(drop)
    }
}
