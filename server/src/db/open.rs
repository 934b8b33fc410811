//! Opening a database, and bringing its schema up to date.

mod file;
mod reach;
mod trigrams;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use sea_orm_migration::MigratorTrait;
use sqlx::{
    Connection as _, SqliteConnection,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use self::reach::Unreachable;
use super::{
    Db, Guarded, Health, Known, PATIENCE, Turns, Writer,
    listen::{Ears, Listener},
    migration::Migrator,
    watch::watch,
};
use crate::{
    config::{DatabaseAddress, Postgres, Setting},
    events::Events,
};

/// Older versions of SQLite can corrupt a database in WAL mode: <https://sqlite.org/wal.html>, "WAL reset bug".
const MIN_SQLITE_VERSION: (u32, u32, u32) = (3, 51, 3);
/// How many connections of SQLite read.
const READERS: usize = 4;
/// How much of SQLite's file the writing connection keeps in memory, in KiB: SQLite's own 2 MB are fewer pages than a group
/// of registrations writes with a hundred thousand delegates there.
const WRITER_CACHE: &str = "-16384";
/// After how many pages what was written is taken over from the log into the file, which makes whoever commits then wait:
/// four times SQLite's own number, so that pages that are written again and again go there once.
const CHECKPOINT_AFTER: &str = "4000";
/// Where two managers migrate or found the same PostgreSQL at once, the second waits on this lock.
const START_LOCK: i64 = 0x6d75_7374_6572;
/// Held by the manager that clears away.
const JOBS_LOCK: i64 = START_LOCK + 1;

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
        migrate(db.schema()).await?;
        Ok(db)
    }

    async fn open_sqlite(file: &Path, events: Events) -> Result<Self, OpenError> {
        let whole = file::whole(file);
        file::make_private(file).map_err(|error| OpenError::File { path: whole.clone(), error })?;
        tracing::info!("the database is the file {}", whole.display());
        let options = SqliteConnectOptions::new()
            .filename(file)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .journal_mode(SqliteJournalMode::Wal)
            // What is acknowledged survives a power cut too, not only a crash of the process.
            .synchronous(SqliteSynchronous::Full);
        let health = Health::default();
        let pool = |most| SqlitePoolOptions::new().max_connections(most).acquire_timeout(PATIENCE);
        let (at_release, at_acquire) = (health.clone(), health.clone());
        let writer = pool(1)
            .after_release(move |connection, _| Box::pin(is_clean(connection, at_release.take_distrust())))
            .before_acquire(move |connection, _| Box::pin(is_clean(connection, at_acquire.take_distrust())));
        let writes = options.clone().create_if_missing(true);
        let writes = writes.pragma("cache_size", WRITER_CACHE).pragma("wal_autocheckpoint", CHECKPOINT_AFTER);
        let writer = writer.connect_with(writes).await?;
        let writer: DatabaseConnection = writer.into();
        // Nothing of a file's connection breaks by itself: it is not tried before each use.
        let readers = pool(READERS as u32).test_before_acquire(false);
        let reader: DatabaseConnection = readers.connect_with(options.read_only(true)).await?.into();
        check_version(&writer).await?;
        let reader = Guarded { inner: reader, health: health.clone() };
        let writer = Writer::Sqlite(Turns::new(writer, health.clone()));
        Ok(Self { writer, reader, health, events, known: Known::alone(READERS / 2), audit_key: Arc::default() })
    }

    async fn open_postgres(postgres: &Postgres, events: Events) -> Result<Self, OpenError> {
        if !postgres.ignored.is_empty() {
            let names = postgres.ignored.join(", ");
            tracing::warn!("{}: not understood, and ignored: {names}", Setting::DatabaseUrl);
        }
        let options = postgres.options();
        let most = reach::reach(&options).await?;
        let health = Health::default();
        let (at_release, at_acquire) = (health.clone(), health.clone());
        let pool = PgPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(PATIENCE)
            .after_release(move |_, about| Box::pin(std::future::ready(Ok(at_release.trusts(about.age)))))
            .before_acquire(move |_, about| Box::pin(std::future::ready(Ok(at_acquire.trusts(about.age)))));
        let pool = pool.connect_with(options.clone()).await?;
        let known = Known::among_others((most as usize / 2).max(1));
        let listener = Listener::connect(&pool).await?;
        let ears = Ears { pool: pool.clone(), health: health.clone(), events: events.clone(), known: known.clone() };
        tokio::spawn(ears.listen(listener));
        tokio::spawn(watch(options, pool.clone(), health.clone()));
        let pool: DatabaseConnection = pool.into();
        let reader = Guarded { inner: pool.clone(), health: health.clone() };
        Ok(Self { writer: Writer::Postgres(pool), reader, health, events, known, audit_key: Arc::default() })
    }
}

/// Whether a connection of SQLite can be used for another change: no transaction is open on it, and nobody distrusts
/// it. SQLite ends a transaction by itself where the disk is full or broken; the driver, which is not told, would take
/// every later change for a part of that one, and commit none of them.
async fn is_clean(connection: &mut SqliteConnection, distrusted: bool) -> Result<bool, sqlx::Error> {
    // A transaction that was dropped is rolled back before this is answered.
    connection.ping().await?;
    Ok(!distrusted && !connection.is_in_transaction())
}

async fn check_version(db: &DatabaseConnection) -> Result<(), OpenError> {
    let statement = Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_version()");
    let row = db.query_one_raw(statement).await?;
    let version: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    if (part(), part(), part()) < MIN_SQLITE_VERSION {
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
    trigrams::index(&tx).await?;
    Ok(tx.commit().await?)
}

/// Takes the lock of what one manager alone does at a time, until the end of a transaction; tells whether it was free.
pub async fn try_lock_jobs(tx: &impl ConnectionTrait) -> Result<bool, DbErr> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(true);
    }
    let lock = format!("SELECT pg_try_advisory_xact_lock({JOBS_LOCK})");
    let row = tx.query_one_raw(Statement::from_string(DbBackend::Postgres, lock)).await?;
    row.map_or(Ok(false), |row| row.try_get_by_index(0))
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
