//! The latest decisions are found without looking at what else is in the audit trail. The index has the rows of decisions
//! alone, so what delegates do by themselves costs nothing more.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The same in both databases; sea-query has no partial index.
const INDEX: &str = "
CREATE INDEX audit_decided ON audit (account_id, organization, project, id)
WHERE action IN ('DELEGATE_APPROVED', 'DELEGATE_REJECTED', 'REJECTION_TAKEN_BACK', 'DELEGATE_DISABLED', 'DELEGATE_ENABLED')
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(INDEX).await.map(drop)
    }
}
