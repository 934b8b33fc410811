//! A delegate can be disabled, a decision has a note, and a person can describe a delegate.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};

use super::col;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What triggers of SQLite make a status of begins with this, and from now on with [`STATUS`].
const STATUS_BEFORE: &str = "CASE WHEN NEW.admission = 'REJECTED' THEN 3";
const STATUS: &str = "CASE WHEN NEW.admission = 'DISABLED' THEN 4 WHEN NEW.admission = 'REJECTED' THEN 3";

/// What triggers of PostgreSQL ask.
const FUNCTION: &str = r"
CREATE OR REPLACE FUNCTION delegate_status(admission text, connected_until bigint) RETURNS smallint LANGUAGE sql
IMMUTABLE AS $$
    SELECT (CASE WHEN admission = 'DISABLED' THEN 4 WHEN admission = 'REJECTED' THEN 3
        WHEN admission = 'WAITING_FOR_APPROVAL' THEN 2 WHEN connected_until IS NULL THEN 1 ELSE 0 END)::smallint
$$;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = [
            text_null(col("decision_note")),
            text_null(col("disabled_by")),
            big_integer_null(col("disabled_at")),
            text_null(col("disabled_note")),
            text_null(col("given_description")),
            text_null(col("platform")),
        ];
        for column in added {
            manager.alter_table(Table::alter().table(col("delegate")).add_column(column).take()).await?;
        }
        let run = manager.get_connection();
        // Counted for each scrape of the metrics. sea-query has no partial index.
        run.execute_unprepared("CREATE INDEX delegate_disabled ON delegate (id) WHERE admission = 'DISABLED'").await?;
        match run.get_database_backend() {
            DbBackend::Postgres => run.execute_unprepared(FUNCTION).await.map(drop),
            _ => rewrite_triggers(run).await,
        }
    }
}

/// Gives the triggers that make a status of a delegate's row the new one. All else of them stays as it is.
async fn rewrite_triggers(run: &impl ConnectionTrait) -> Result<(), DbErr> {
    let all = Statement::from_string(
        DbBackend::Sqlite,
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'delegate' ORDER BY name",
    );
    for row in run.query_all_raw(all).await? {
        let (name, sql): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        if sql.contains(STATUS_BEFORE) {
            run.execute_unprepared(&format!("DROP TRIGGER {name}")).await?;
            run.execute_unprepared(&sql.replace(STATUS_BEFORE, STATUS)).await?;
        }
    }
    Ok(())
}
