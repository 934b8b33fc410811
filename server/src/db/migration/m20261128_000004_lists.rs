//! Lists that stay instant: what pages filter, sort and search delegates by stands in a narrow table of its own.
//!
//! Three reasons part it from `delegate`. Heartbeats write `delegate` all the time, and in PostgreSQL each such write
//! goes to every index of a table once one of its columns is indexed: here nothing changes with a heartbeat. Full text
//! indices need a number for each row, which SQLite's own row numbers are not (`VACUUM` gives new ones). And what lists
//! sort by is derived: a status, a name in lower case, a time of silence.
//!
//! Triggers keep it, so that whoever writes `delegate` need not know of it, and a row that somebody changes by hand is
//! listed as it is. They do nothing where nothing changed that a list shows, as with heartbeats.

mod postgres;
mod sqlite;

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use super::{col, index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let scope = ["account_id", "organization", "project"];
        let scoped = |rest: &[&'static str]| [&scope[..], rest].concat();
        let listing = Table::create()
            .table(col("delegate_listing"))
            // Counts registrations: the newest delegate has the largest.
            .col(big_integer(col("n")).primary_key().auto_increment())
            .col(uuid(col("delegate_id")).unique_key())
            .col(uuid(col("account_id")))
            .col(string(col("organization")))
            .col(string(col("project")))
            .col(small_integer(col("status")))
            .col(boolean(col("rejected")))
            .col(text(col("name")))
            .col(big_integer(col("heard_at")))
            .col(string(col("kind")))
            .col(uuid(col("profile_id")))
            .col(uuid(col("token_id")))
            .col(text(col("search")))
            .take();
        manager.create_table(listing).await?;
        let run = manager.get_connection();
        let postgres = run.get_database_backend() == DbBackend::Postgres;
        if postgres {
            // Both databases sort names byte by byte, and a pattern's fixed beginning is found by an index.
            run.execute_unprepared("ALTER TABLE delegate_listing ALTER COLUMN name TYPE text COLLATE \"C\"").await?;
        }
        let (triggers, fill) =
            if postgres { (postgres::TRIGGERS, postgres::FILL) } else { (sqlite::TRIGGERS, sqlite::FILL) };
        // Filled before there are indices: each is then built in one go.
        run.execute_unprepared(fill).await?;

        for columns in [
            &["rejected", "n"][..],
            &["rejected", "name", "n"],
            &["rejected", "heard_at", "n"],
            &["status", "n"],
            &["kind", "rejected", "n"],
            &["profile_id", "rejected", "n"],
            &["token_id", "rejected", "n"],
        ] {
            manager.create_index(index("delegate_listing", &scoped(columns))).await?;
        }
        // A token's delegates by what they are, and by when they were last heard of.
        manager.create_index(index("delegate_listing", &["token_id", "status", "heard_at", "n"])).await?;
        manager.create_index(index("delegate_tag", &["n"])).await?;
        // Counted for every page. sea-query has no partial index.
        let waiting = "CREATE INDEX delegate_listing_waiting ON delegate_listing (account_id, organization, project) \
                       WHERE status = 2 AND heard_at = 9223372036854775807";
        run.execute_unprepared(waiting).await?;
        run.execute_unprepared(triggers).await?;

        // It ended in a time that every heartbeat changes.
        manager
            .drop_index(Index::drop().name("delegate_token_id_last_heartbeat_at").table(col("delegate")).to_owned())
            .await?;
        manager.create_index(index("delegate", &["token_id", "admission"])).await?;
        // A profile's delegates, the newest first.
        manager.drop_index(Index::drop().name("delegate_profile_id").table(col("delegate")).to_owned()).await?;
        manager.create_index(index("delegate", &["profile_id", "id"])).await?;
        // When a delegate last went over from a token.
        manager.drop_index(Index::drop().name("delegate_previous_token_id").table(col("delegate")).to_owned()).await?;
        manager.create_index(index("delegate", &["previous_token_id", "token_changed_at"])).await?;

        // Other lists: the newest first within a scope.
        for table in ["token", "profile", "secret"] {
            manager.create_index(index(table, &scoped(&["id"]))).await?;
        }
        // A list of tokens leaves out those that are revoked, and there may be many.
        let standing = "CREATE INDEX token_standing ON token (account_id, organization, project, id) \
                        WHERE revoked_at IS NULL";
        run.execute_unprepared(standing).await.map(drop)
    }
}
