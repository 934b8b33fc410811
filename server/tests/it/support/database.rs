//! A database of a test's own.

use std::path::Path;

use muster_server::random;
use sea_orm::{ConnectionTrait, Database as Connector, DatabaseConnection, DbBackend, Statement};
use tokio::task::JoinHandle;

use super::{app::TestApp, template};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// What of Muster's tables is there before Muster is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Nothing: its first start makes them.
    None,
    /// All, and empty.
    Whole,
}

/// Names the PostgreSQL for the tests.
const POSTGRES: &str = "MUSTER_TEST_POSTGRES_URL";

/// A database that nothing else uses.
#[derive(Clone, Debug)]
pub struct Database {
    pub backend: Backend,
    pub url: String,
    name: String,
}

impl Database {
    /// Makes one; none where there is no PostgreSQL to make it on. On SQLite it is empty in any case, since its schema is made
    /// in no time.
    pub async fn create(backend: Backend, folder: &Path, schema: Schema) -> Option<Self> {
        let name = format!("muster_test_{:032x}", u128::from_le_bytes(random::bytes()));
        if backend == Backend::Sqlite {
            return Some(Self { backend, url: format!("sqlite:{}", folder.join("muster.db").display()), name });
        }
        let Ok(server) = std::env::var(POSTGRES) else {
            eprintln!("NOT TESTED on PostgreSQL: {POSTGRES} is not set. `cargo xtask test` sets it.");
            return None;
        };
        match schema {
            Schema::None => on_server(&server, &format!("CREATE DATABASE {name}")).await,
            Schema::Whole => template::copy(&server, &name).await,
        }
        let (before, _) = server.rsplit_once('/').expect("the URL names a database");
        Some(Self { backend, url: format!("{before}/{name}"), name })
    }

    /// Runs a statement on its server, by another database.
    pub async fn on_server(&self, sql: &str) {
        on_server(&std::env::var(POSTGRES).unwrap(), sql).await;
    }

    /// Runs a statement on it, as another program would.
    pub async fn on_database(&self, sql: &str) {
        on_server(&self.url, sql).await;
    }

    /// Removes it. SQLite's goes with its folder.
    pub async fn remove(&self) {
        if self.backend == Backend::Postgres {
            let server = std::env::var(POSTGRES).unwrap();
            on_server(&server, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
        }
    }
}

/// Connects to a PostgreSQL.
pub async fn connect(url: &str) -> DatabaseConnection {
    Connector::connect(url).await.expect("the PostgreSQL for the tests answers")
}

/// Runs a statement by a connection of its own.
pub async fn on_server(url: &str, sql: &str) {
    let server = connect(url).await;
    server.execute_unprepared(sql).await.unwrap();
    server.close().await.unwrap();
}

/// Everything that the database holds: SQLite's files with their write-ahead log, or every row of every table.
pub async fn everything_stored(app: &TestApp) -> Vec<u8> {
    let mut all = Vec::new();
    if app.backend() == Backend::Sqlite {
        for file in std::fs::read_dir(app.folder()).unwrap() {
            let path = file.unwrap().path();
            if path.to_string_lossy().contains("muster.db") {
                all.extend(std::fs::read(path).unwrap());
            }
        }
        assert!(all.len() > 4096, "there is a database");
        return all;
    }
    let state = app.state();
    let query = |sql: String| {
        let state = state.clone();
        async move { state.db.read().query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap() }
    };
    for table in query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'".to_owned()).await {
        let table: String = table.try_get_by_index(0).unwrap();
        for row in query(format!("SELECT to_jsonb(t)::text FROM \"{table}\" t")).await {
            let row: String = row.try_get_by_index(0).unwrap();
            all.extend(row.into_bytes());
            all.push(b'\n');
        }
    }
    assert!(!all.is_empty(), "there are rows");
    all
}

/// Waits until work that was begun beside an open change waits for a lock of it, or has ended. On SQLite, where the
/// open change is the only one, there is nothing to wait for.
pub async fn until_it_waits<T>(app: &TestApp, work: &JoinHandle<T>) {
    let sql = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while app.backend() == Backend::Postgres && !work.is_finished() {
        let waiting = Statement::from_string(DbBackend::Postgres, sql);
        if !app.state().db.read().query_all_raw(waiting).await.unwrap().is_empty() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Whether `needle` is part of `hay`.
pub fn holds(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}
