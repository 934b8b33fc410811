//! A registration writes no index that nothing is found by.
//!
//! Each index costs every first registration an entry, and the disk a page of it for most groups of them. What was asked
//! of an index of `delegate` that `delegate_listing` has as well is asked of that; an index that only some rows are found
//! by has those rows alone; one index serves two that began alike; and the tags of a delegate are found by its own row,
//! which names them.

mod postgres;
mod sqlite;

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The same in both databases; sea-query has neither partial indices nor such of expressions.
const INDICES: &str = "
DROP INDEX delegate_account_id_organization_project_admission_id;
DROP INDEX delegate_token_id_admission;
DROP INDEX delegate_tag_n;

CREATE INDEX delegate_waiting ON delegate (id) WHERE admission = 'WAITING_FOR_APPROVAL';

DROP INDEX delegate_previous_token_id_token_changed_at;
CREATE INDEX delegate_previous_token_id_token_changed_at ON delegate (previous_token_id, token_changed_at)
WHERE previous_token_id IS NOT NULL;

DROP INDEX delegate_account_id_organization_project_public_key;
CREATE UNIQUE INDEX delegate_account_id_organization_project_public_key
ON delegate (account_id, organization, project, public_key) WHERE public_key IS NOT NULL;

DROP INDEX delegate_without_key;
DROP INDEX delegate_account_id_organization_project_host_name_name;
CREATE UNIQUE INDEX delegate_named
ON delegate (account_id, organization, project, host_name, name, token_id, coalesce(public_key, ''));
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let run = manager.get_connection();
        run.execute_unprepared(INDICES).await?;
        let triggers = match run.get_database_backend() {
            DbBackend::Postgres => postgres::TRIGGERS,
            _ => sqlite::TRIGGERS,
        };
        run.execute_unprepared(triggers).await.map(drop)
    }
}
