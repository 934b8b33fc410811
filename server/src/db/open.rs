//! Opening a database, and bringing its schema up to date.

mod file;
mod reach;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use sea_orm_migration::MigratorTrait;
use sqlx::{
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use self::reach::Unreachable;
use super::{CHANNEL, Db, migration::Migrator};
use crate::{
    config::{DatabaseAddress, Postgres, Setting},
    events::{Events, Topic},
};

/// Older versions of SQLite can corrupt a database in WAL mode: <https://sqlite.org/wal.html>, "WAL reset bug".
const SQLITE_LEAST: (u32, u32, u32) = (3, 51, 3);
/// Where two managers migrate or found the same PostgreSQL at once, the second waits on this lock.
const START_LOCK: i64 = 0x6d75_7374_6572;

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database said no.
    #[error("the database could not be opened: {0}")]
    Database(#[from] DbErr),
    /// SQLite said no.
    #[error("the database could not be opened: {0}")]
    Sqlite(#[from] sqlx::Error),
    /// SQLite's file cannot be opened.
    #[error("{}: the file {} cannot be opened: {error}", Setting::DatabaseUrl, .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// PostgreSQL cannot be reached.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// The SQLite inside is too old to be trusted.
    #[error("this build carries SQLite {0}, but at least 3.51.3 is needed")]
    OldSqlite(String),
    /// A newer Muster has been here.
    #[error("the database was migrated by a newer version of Muster ({0}); start that version, or restore a backup")]
    Newer(String),
}

impl Db {
    /// Opens a database and brings its schema up to date.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(address: &DatabaseAddress, events: Events) -> Result<Self, OpenError> {
        let db = match address {
            DatabaseAddress::Sqlite(file) => Self::open_sqlite(file, events).await?,
            DatabaseAddress::Postgres(postgres) => Self::open_postgres(postgres, events).await?,
        };
        migrate(&db.writer).await?;
        Ok(db)
    }

    async fn open_sqlite(file: &Path, events: Events) -> Result<Self, OpenError> {
        let whole = file::whole(file);
        file::make_private(file).map_err(|error| OpenError::File { path: whole.clone(), error })?;
        tracing::info!("the database is the file {}", whole.display());
        let options = SqliteConnectOptions::new()
            .filename(file)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .journal_mode(SqliteJournalMode::Wal)
            // What is acknowledged survives a power cut too, not only a crash of the process.
            .synchronous(SqliteSynchronous::Full);
        let pool = |most, options| SqlitePoolOptions::new().max_connections(most).connect_with(options);
        let writer: DatabaseConnection = pool(1, options.clone().create_if_missing(true)).await?.into();
        let reader: DatabaseConnection = pool(4, options.read_only(true)).await?.into();
        check_version(&writer).await?;
        Ok(Self { writer, reader, events })
    }

    async fn open_postgres(postgres: &Postgres, events: Events) -> Result<Self, OpenError> {
        if !postgres.ignored.is_empty() {
            let names = postgres.ignored.join(", ");
            tracing::warn!("{}: not understood, and ignored: {names}", Setting::DatabaseUrl);
        }
        let options = postgres.options();
        let most = reach::reach(&options).await?;
        let pool = PgPoolOptions::new().max_connections(most).acquire_timeout(Duration::from_secs(10));
        let pool: DatabaseConnection = pool.connect_with(options).await?.into();
        listen(&pool, events.clone()).await?;
        Ok(Self { writer: pool.clone(), reader: pool, events })
    }
}

async fn check_version(db: &DatabaseConnection) -> Result<(), OpenError> {
    let statement = Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_version()");
    let row = db.query_one_raw(statement).await?;
    let version: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    if (part(), part(), part()) < SQLITE_LEAST {
        return Err(OpenError::OldSqlite(version));
    }
    Ok(())
}

async fn migrate(db: &DatabaseConnection) -> Result<(), OpenError> {
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    if !postgres {
        refuse_newer(db).await?;
        return Ok(Migrator::up(db, None).await?);
    }
    // A lock of the session would have to be released on the same connection of the pool; one of a transaction
    // releases itself.
    let tx = sea_orm::TransactionTrait::begin(db).await?;
    lock(&tx).await?;
    refuse_newer(db).await?;
    Migrator::up(db, None).await?;
    Ok(tx.commit().await?)
}

/// Takes the lock of a start until the end of a transaction; nothing to do on SQLite, where each writer is alone.
pub async fn lock(tx: &impl ConnectionTrait) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let lock = format!("SELECT pg_advisory_xact_lock({START_LOCK})");
        tx.execute_raw(Statement::from_string(DbBackend::Postgres, lock)).await?;
    }
    Ok(())
}

async fn refuse_newer(db: &DatabaseConnection) -> Result<(), OpenError> {
    let known: Vec<String> = Migrator::get_migration_files().iter().map(|m| m.name().to_owned()).collect();
    let applied = Migrator::get_migration_models(db).await?;
    match applied.into_iter().find(|one| !known.contains(&one.version)) {
        Some(unknown) => Err(OpenError::Newer(unknown.version)),
        None => Ok(()),
    }
}

/// Passes on what other managers, and this one, say on the channel.
async fn listen(db: &DatabaseConnection, events: Events) -> Result<(), OpenError> {
    let mut listener = sqlx::postgres::PgListener::connect_with(db.get_postgres_connection_pool()).await?;
    listener.listen(CHANNEL).await?;
    tokio::spawn(async move {
        loop {
            match listener.try_recv().await {
                Ok(Some(notification)) => {
                    if let Some(topic) = Topic::parse(notification.payload()) {
                        events.publish(topic);
                    }
                }
                // The connection was lost and is being made again: anything may have been missed.
                Ok(None) => Topic::ALL.into_iter().for_each(|topic| events.publish(topic)),
                Err(sqlx::Error::PoolClosed) => return,
                Err(error) => {
                    tracing::warn!(%error, "lost touch with the other managers; trying again");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    });
    Ok(())
}
