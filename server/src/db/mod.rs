//! The database: SQLite inside by default, PostgreSQL for many managers.
//!
//! sea-orm is the abstraction over the two; there is no layer of our own above it. What is here is what they do not
//! share: how to open them, who may write, and how a change becomes known to every open page.

pub mod audit;
pub mod entity;
pub mod failure;
mod guarded;
mod health;
pub mod insert;
mod known;
mod listen;
pub mod lock;
mod migration;
mod open;
mod standings;
mod transaction;
mod turns;
mod watch;

pub use self::{guarded::Guarded, health::Health, known::KnownToken, open::OpenError};

use std::{
    collections::BTreeSet,
    ops::Deref,
    sync::{Arc, OnceLock},
    time::Duration,
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement, TransactionTrait, Value};
use tracing::Instrument as _;

use self::{
    audit::{Line, hash::AuditKey},
    failure::is_unavailable,
    known::{Known, Locked, Rows},
    transaction::Transaction,
    turns::Turns,
};
use crate::events::{Events, Topic};

/// The PostgreSQL channel on which managers tell each other what changed.
pub const CHANNEL: &str = "muster_changed";
/// How long a request waits for a connection, or for SQLite's lock, before it is told to come back.
pub(crate) const PATIENCE: Duration = Duration::from_millis(1500);
/// How long the outcome of a commit is looked for on another connection, where its own broke.
const OUTCOME_PATIENCE: Duration = Duration::from_millis(1500);

/// An open database.
#[derive(Clone, Debug)]
pub struct Db {
    writer: Writer,
    /// SQLite: several connections that can only read. PostgreSQL: the pool.
    reader: Guarded<DatabaseConnection>,
    health: Health,
    events: Events,
    known: Known,
    /// Known once the installation's key is, before the first entry is written.
    audit_key: Arc<OnceLock<AuditKey>>,
}

/// How changes are written.
#[derive(Clone, Debug)]
enum Writer {
    /// One after the other, on one connection.
    Sqlite(Turns),
    /// Beside each other, on connections of this pool.
    Postgres(DatabaseConnection),
}

impl Db {
    /// The connection for reading outside of a transaction.
    #[must_use]
    pub const fn read(&self) -> &Guarded<DatabaseConnection> {
        &self.reader
    }

    /// Whether the database can be written.
    #[must_use]
    pub const fn health(&self) -> &Health {
        &self.health
    }

    /// Begins a change. On SQLite it waits for its turn: changes are made one after the other.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub async fn write(&self) -> Result<Change, DbErr> {
        let begin = async {
            match &self.writer {
                Writer::Sqlite(turns) => turns.begin().await.map(Transaction::Sqlite),
                Writer::Postgres(pool) => tokio::select! {
                    // First: a database that is known to be away is not knocked at by every request.
                    biased;
                    () = self.health.until_away() => Err(failure::away()),
                    begun = pool.begin() => begun.map(Transaction::Postgres),
                },
            }
        };
        let inner = begin.await.inspect_err(|error| {
            if !matches!(error, DbErr::ConnectionAcquire(_)) {
                // Whatever state its connection is in: it is not used again.
                self.health.distrust();
            }
            self.health.failed();
        })?;
        Ok(Change {
            tx: Guarded { inner, health: self.health.clone() },
            topics: BTreeSet::new(),
            lines: audit::Lines::default(),
            locked: Locked::default(),
            db: self.clone(),
        })
    }

    /// Binds what is written into the audit trail to the installation's key.
    pub fn set_audit_key(&self, key: AuditKey) {
        // One installation has one key.
        let _ = self.audit_key.set(key);
    }

    /// The key of the audit trail's hashes.
    ///
    /// # Errors
    /// Before it is set: nothing is written into the trail without it.
    pub fn audit_key(&self) -> Result<&AuditKey, DbErr> {
        self.audit_key.get().ok_or_else(|| DbErr::Custom("the key of the audit trail is not set".to_owned()))
    }

    fn is_postgres(&self) -> bool {
        matches!(self.writer, Writer::Postgres(_))
    }

    /// The connections on which the schema is changed.
    const fn schema(&self) -> &DatabaseConnection {
        match &self.writer {
            Writer::Sqlite(turns) => turns.connection(),
            Writer::Postgres(pool) => pool,
        }
    }

    /// Forgets what is kept of rows where another program has written to SQLite's file since this was last asked. On
    /// PostgreSQL others are heard of at once.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub async fn notice_other_writers(&self) -> Result<(), DbErr> {
        let Writer::Sqlite(turns) = &self.writer else { return Ok(()) };
        if turns.has_another_written().await? {
            self.known.forget_all();
        }
        Ok(())
    }

    /// Whether a transaction of PostgreSQL was committed, asked for on other connections than its own.
    async fn outcome(&self, transaction: i64) -> Result<bool, DbErr> {
        let ask = async {
            loop {
                let sql = "SELECT txid_status($1)";
                let status = Statement::from_sql_and_values(DbBackend::Postgres, sql, [transaction.into()]);
                let row = self.reader.inner.query_one_raw(status).await;
                match row.and_then(|row| row.map(|row| row.try_get_by_index::<Option<String>>(0)).transpose()) {
                    Ok(Some(Some(status))) if status == "committed" => return true,
                    Ok(Some(Some(status))) if status == "aborted" => return false,
                    // Still under way, or the server is not back yet.
                    _ => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        };
        tokio::time::timeout(OUTCOME_PATIENCE, ask).await.map_err(|_| failure::unknown_outcome())
    }

    /// Closes all connections.
    pub async fn close(self) {
        for connection in [self.schema(), &self.reader.inner] {
            if let Err(error) = connection.close_by_ref().await {
                tracing::warn!(%error, "the database did not close cleanly");
            }
        }
    }
}

/// A change under way: a transaction, and what it changes. Dropped without [`Change::commit`], nothing happened.
pub struct Change {
    tx: Guarded<Transaction>,
    topics: BTreeSet<Topic>,
    lines: audit::Lines,
    locked: Locked,
    db: Db,
}

impl Deref for Change {
    type Target = Guarded<Transaction>;

    fn deref(&self) -> &Guarded<Transaction> {
        &self.tx
    }
}

impl Change {
    /// Waits until no other manager is founding the installation, and keeps the others waiting until the end of this
    /// change. On SQLite every change is alone anyway.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub async fn alone(&self) -> Result<(), DbErr> {
        open::lock(&self.tx).await
    }

    /// Takes a job that one manager alone does at a time, until the end of this change; tells whether no other manager
    /// has it. On SQLite there is no other.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub async fn takes_job(&self) -> Result<bool, DbErr> {
        open::try_lock_jobs(&self.tx).await
    }

    /// Notes that open pages on this topic have to look again once the change is committed.
    pub fn touches(&mut self, topic: Topic) {
        self.topics.insert(topic);
    }

    /// A line for the log, written once the change is committed: the log tells of nothing that did not happen.
    fn tells(&self, line: Line) {
        self.lines.add(line);
    }

    /// Makes the change durable and tells every open page, on PostgreSQL also those of other managers. It goes through
    /// to its end also where nobody waits for it any more.
    ///
    /// # Errors
    /// Where the database is out of reach; then nothing changed, but for [`failure::is_unknown_outcome`].
    pub async fn commit(self) -> Result<(), DbErr> {
        let ended = tokio::spawn(self.finish().in_current_span()).await;
        let told = ended.unwrap_or_else(|error| Err(DbErr::Custom(format!("a commit ended early: {error}"))))?;
        drop(told);
        Ok(())
    }

    async fn finish(self) -> Result<audit::Told, DbErr> {
        let Self { tx, topics, lines, locked, db } = self;
        let rows = locked.take();
        let transaction = if db.is_postgres() { tell_managers(&tx, &topics, &rows).await? } else { None };
        if db.is_postgres() && db.health.is_away() {
            return Err(failure::away());
        }
        let committed = tokio::select! {
            committed = tx.inner.commit() => committed,
            // SQLite's is not given up: what it says is the outcome.
            () = db.health.until_away(), if db.is_postgres() => Err(failure::away()),
        };
        // Whatever came of it: what is kept may be true no more.
        db.known.forget(&rows);
        if let Err(error) = committed {
            db.health.failed();
            match transaction {
                Some(transaction) if is_unavailable(&error) && !failure::is_crossed(&error) => {
                    if !db.outcome(transaction).await? {
                        return Err(error);
                    }
                }
                _ => return Err(error),
            }
        }
        db.health.committed();
        if !db.is_postgres() {
            topics.into_iter().for_each(|topic| db.events.publish(topic));
        }
        Ok(lines.told())
    }
}

/// Says to every manager what changes, once it is committed; gives the transaction's number, where it wrote anything.
async fn tell_managers(tx: &impl ConnectionTrait, topics: &BTreeSet<Topic>, rows: &Rows) -> Result<Option<i64>, DbErr> {
    use std::fmt::Write as _;
    let mut sql = "SELECT txid_current_if_assigned()".to_owned();
    let mut values: Vec<Value> = Vec::new();
    for word in topics.iter().map(|topic| topic.as_str().to_owned()).chain(rows.words()) {
        values.extend([CHANNEL.into(), word.into()]);
        let _ = write!(sql, ", pg_notify(${}, ${})", values.len() - 1, values.len());
    }
    let row = tx.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    row.map_or(Ok(None), |row| row.try_get_by_index(0))
}
