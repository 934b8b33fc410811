//! Where an installation lives: a folder, with its database in it or on a PostgreSQL.

use std::path::{Path, PathBuf};

use sqlx::{ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;

/// A folder and a database, for one installation. Both are gone with it.
pub struct Home {
    folder: TempDir,
    postgres: Option<Postgres>,
}

/// A database of our own on somebody's server.
struct Postgres {
    server: PgConnectOptions,
    name: String,
    url: String,
}

impl Home {
    /// With SQLite's file in the folder.
    pub fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), postgres: None }
    }

    /// With a new database on the PostgreSQL of this address.
    pub async fn postgres(address: &str) -> Self {
        let server: PgConnectOptions = address.parse().unwrap();
        let name = format!("muster_bench_{:016x}", u64::from_le_bytes(muster_server::random::bytes()));
        run(&server, format!("CREATE DATABASE {name}")).await;
        let url = server.clone().database(&name).to_url_lossy().to_string();
        Self { folder: tempfile::tempdir().unwrap(), postgres: Some(Postgres { server, name, url }) }
    }

    /// One of each kind that can be had, and what its figures are called after.
    pub async fn each(postgres: Option<&str>) -> Vec<(Self, &'static str)> {
        let mut all = vec![(Self::sqlite(), "")];
        if let Some(address) = postgres {
            all.push((Self::postgres(address).await, ", PostgreSQL"));
        }
        all
    }

    /// The folder of the installation.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder on the same disk.
    pub fn beside(&self) -> &Path {
        self.folder.path()
    }

    /// The address of its database.
    pub fn database(&self) -> String {
        match &self.postgres {
            Some(postgres) => postgres.url.clone(),
            None => format!("sqlite://{}", self.data().join("muster.db").display()),
        }
    }

    /// Whether the database is a PostgreSQL's.
    pub fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    /// Takes it away.
    pub async fn end(self) {
        if let Some(Postgres { server, name, .. }) = &self.postgres {
            run(server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

async fn run(server: &PgConnectOptions, sql: String) {
    let mut connection: PgConnection = server.connect().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
