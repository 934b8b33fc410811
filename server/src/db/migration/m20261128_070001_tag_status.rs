//! What says which delegates have a tag says their status, too: those of a tag are counted by it without looking at each.

use sea_orm_migration::{
    prelude::*,
    schema::small_integer,
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};

use super::col;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Both databases understand this.
const FILL: &str =
    "UPDATE delegate_tag SET status = (SELECT l.status FROM delegate_listing l WHERE l.n = delegate_tag.n)";

/// A delegate's status as SQLite's triggers make it.
const STATUS: &str = "CASE WHEN NEW.admission = 'DISABLED' THEN 4 WHEN NEW.admission = 'REJECTED' THEN 3 \
                      WHEN NEW.admission = 'WAITING_FOR_APPROVAL' THEN 2 WHEN NEW.connected_until IS NULL THEN 1 ELSE 0 END";

/// How SQLite's triggers write a tag, and how they write it from now on.
const INSERTED: [(&str, &str); 2] = [
    (
        "(account_id, organization, project, tag, rejected, n)",
        "(account_id, organization, project, tag, rejected, n, status)",
    ),
    ("NEW.admission = 'REJECTED', l.n\n", "NEW.admission = 'REJECTED', l.n, {status}\n"),
];

/// A change of the status alone: where a delegate is rejected, or is not any more, its tags are written anew.
const SQLITE: &str = r#"
CREATE TRIGGER delegate_tag_status AFTER UPDATE OF admission, connected_until ON delegate
WHEN OLD.admission <> NEW.admission OR (OLD.connected_until IS NULL) <> (NEW.connected_until IS NULL)
BEGIN
    UPDATE delegate_tag SET status = {status}
    WHERE account_id = NEW.account_id AND organization = NEW.organization AND project = NEW.project
        AND tag IN (SELECT trim(t.value)
            FROM json_each('[' || replace(json_quote(coalesce(NEW.selectors, NEW.tags)), ',', '","') || ']') t)
        AND rejected = (NEW.admission = 'REJECTED')
        AND n = (SELECT n FROM delegate_listing WHERE delegate_id = NEW.id);
END;
"#;

const POSTGRES: &str = r"
CREATE OR REPLACE FUNCTION delegate_tags(delegate uuid, tags text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO delegate_tag (n, tag, account_id, organization, project, rejected, status)
    SELECT l.n, btrim(t.tag), l.account_id, l.organization, l.project, l.rejected, l.status
    FROM delegate_listing l, unnest(string_to_array(tags, ',')) AS t(tag)
    WHERE l.delegate_id = delegate AND btrim(t.tag) <> '' ON CONFLICT DO NOTHING
$$;

CREATE OR REPLACE FUNCTION delegate_relisted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE number bigint; new_status smallint := delegate_status(NEW.admission, NEW.connected_until);
BEGIN
    UPDATE delegate_listing SET
        status = new_status, rejected = (NEW.admission = 'REJECTED'), name = split_part(NEW.search, E'\n', 1),
        heard_at = CASE WHEN NEW.connected_until IS NULL THEN NEW.last_heartbeat_at ELSE 9223372036854775807 END,
        kind = NEW.kind, profile_id = NEW.profile_id, token_id = NEW.token_id, search = NEW.search
    WHERE delegate_id = NEW.id RETURNING n INTO number;
    IF coalesce(OLD.selectors, OLD.tags) <> coalesce(NEW.selectors, NEW.tags)
        OR (OLD.admission = 'REJECTED') <> (NEW.admission = 'REJECTED') THEN
        PERFORM delegate_untag(OLD, number);
        PERFORM delegate_tags(NEW.id, coalesce(NEW.selectors, NEW.tags));
    ELSIF delegate_status(OLD.admission, OLD.connected_until) <> new_status THEN
        UPDATE delegate_tag SET status = new_status
        WHERE account_id = NEW.account_id AND organization = NEW.organization AND project = NEW.project
            AND tag IN (SELECT btrim(t.tag)
                FROM unnest(string_to_array(coalesce(NEW.selectors, NEW.tags), ',')) AS t(tag))
            AND rejected = (NEW.admission = 'REJECTED') AND n = number;
    END IF;
    RETURN NULL;
END $$;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let status = small_integer(col("status")).default(0).take();
        manager.alter_table(Table::alter().table(col("delegate_tag")).add_column(status).take()).await?;
        let run = manager.get_connection();
        run.execute_unprepared(FILL).await?;
        match run.get_database_backend() {
            DbBackend::Postgres => run.execute_unprepared(POSTGRES).await.map(drop),
            _ => {
                rewrite_triggers(run).await?;
                run.execute_unprepared(&SQLITE.replace("{status}", STATUS)).await.map(drop)
            }
        }
    }
}

/// Gives the triggers that write a delegate's tags their status. All else of them stays as it is.
async fn rewrite_triggers(run: &impl ConnectionTrait) -> Result<(), DbErr> {
    for name in ["delegate_listed", "delegate_tags_changed"] {
        let sql = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?",
            [name.into()],
        );
        let row = run.query_one_raw(sql).await?.ok_or_else(|| DbErr::RecordNotFound(name.to_owned()))?;
        let sql: String = row.try_get_by_index(0)?;
        let mut rewritten = sql;
        for (before, after) in INSERTED {
            if !rewritten.contains(before) {
                return Err(DbErr::Migration(format!("the trigger {name} is not what an earlier migration made")));
            }
            rewritten = rewritten.replace(before, &after.replace("{status}", STATUS));
        }
        run.execute_unprepared(&format!("DROP TRIGGER {name}")).await?;
        run.execute_unprepared(&rewritten).await?;
    }
    Ok(())
}
