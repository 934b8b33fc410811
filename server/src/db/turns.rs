//! SQLite's one writing connection, on which changes take turns, and how many of them share one commit.
//!
//! A commit waits for the disk as long for one change as for hundreds. So a change that is done does not commit by
//! itself: it lets the next one have its turn in the same transaction, each under a savepoint of its own, and who made it
//! is answered once all are committed together. Whoever is done first also queues for the commit, behind those that wait
//! by then: alone, a change is committed at once, and nobody waits for changes that come later.

use std::sync::Arc;

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard, oneshot},
};

use super::{Health, PATIENCE, failure};

const BEGIN: &str = "SAVEPOINT turn";
const DONE: &str = "RELEASE turn";
const UNDO: &str = "ROLLBACK TO turn";

/// The writing connection. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    connection: DatabaseConnection,
    group: Arc<Mutex<Group>>,
    health: Health,
}

/// Changes that are committed together.
#[derive(Debug, Default)]
struct Group {
    /// None while there is no change.
    tx: Option<DatabaseTransaction>,
    /// Who waits for the commit.
    done: Vec<oneshot::Sender<Result<(), DbErr>>>,
    /// See [`Turns::has_another_written`].
    data_version: Option<i64>,
}

/// No count of SQLite's: what is asked next is another than this.
const OF_ANOTHER_CONNECTION: i64 = -1;

/// A change's turn: nobody else writes. Dropped, what was done in it is undone.
#[derive(Debug)]
pub struct Turn {
    /// None once the turn is over.
    group: Option<OwnedMutexGuard<Group>>,
    turns: Turns,
}

async fn run(tx: &impl ConnectionTrait, sql: &str) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.map(drop)
}

impl Turns {
    pub(super) fn new(connection: DatabaseConnection, health: Health) -> Self {
        Self { connection, group: Arc::default(), health }
    }

    /// The connection itself, while there are no changes.
    pub(super) const fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Waits for a turn.
    pub(super) async fn begin(&self) -> Result<Turn, DbErr> {
        let waiting = tokio::time::timeout(PATIENCE, self.group.clone().lock_owned());
        let mut group = waiting.await.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        if group.tx.is_none() {
            // The write lock from the start: a transaction that reads first and writes later would fail whenever
            // another program wrote in between.
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            group.tx = Some(self.connection.begin_with_options(options).await?);
        }
        let turn = Turn { group: Some(group), turns: self.clone() };
        run(&turn, BEGIN).await?;
        Ok(turn)
    }

    /// Whether another program has written since this was last asked: SQLite's own count of what others commit, which
    /// the commits of this connection, the only one here that writes, do not change.
    pub(super) async fn has_another_written(&self) -> Result<bool, DbErr> {
        let mut group = self.group.lock().await;
        let sql = Statement::from_string(DbBackend::Sqlite, "PRAGMA data_version");
        let row = match &group.tx {
            Some(tx) => tx.query_one_raw(sql).await?,
            None => self.connection.query_one_raw(sql).await?,
        };
        let version: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        let before = std::mem::replace(&mut group.data_version, version);
        Ok(before.is_some() && before != version)
    }

    /// Commits what is done, once those who wait before this have had their turn.
    async fn commit(self) {
        let mut group = self.group.lock().await;
        let done = std::mem::take(&mut group.done);
        let Some(tx) = group.tx.take() else { return self.tell(done, false) };
        let meters = self.health.meters();
        let committed = meters.statements.time(tx.commit()).await;
        meters.batches.observe_count(done.len());
        if let Err(error) = &committed {
            tracing::debug!(%error, changes = done.len(), "changes were not committed");
            self.distrust(&mut group);
        }
        self.tell(done, committed.is_ok());
    }

    fn tell(&self, done: Vec<oneshot::Sender<Result<(), DbErr>>>, committed: bool) {
        if committed {
            self.health.committed();
        }
        for one in done {
            // Who does not listen any more was not promised anything.
            let _ = one.send(if committed { Ok(()) } else { Err(failure::away()) });
        }
    }

    /// The connection may not be in the state that it is taken for.
    fn distrust(&self, group: &mut Group) {
        self.health.distrust();
        group.data_version = Some(OF_ANOTHER_CONNECTION);
    }

    /// Undoes a turn; what others did before it in the same transaction stays.
    async fn undo(self, mut group: OwnedMutexGuard<Group>) {
        let Some(tx) = &group.tx else { return };
        let undone = match run(tx, UNDO).await {
            Ok(()) => run(tx, DONE).await,
            error => error,
        };
        if undone.is_err() {
            self.lose(&mut group);
        } else if group.done.is_empty() {
            // Nobody waits for a commit: it would only hold the lock.
            group.tx = None;
        }
    }

    /// SQLite has ended the transaction by itself (the disk is full, or broken), and with it all that was done in it.
    fn lose(&self, group: &mut Group) {
        self.distrust(group);
        group.tx = None;
        self.tell(std::mem::take(&mut group.done), false);
    }
}

impl Turn {
    fn tx(&self) -> Result<&DatabaseTransaction, DbErr> {
        self.group.as_ref().and_then(|group| group.tx.as_ref()).ok_or_else(failure::away)
    }

    /// Ends the turn, and waits until what was done in it is durable.
    pub(super) async fn commit(mut self) -> Result<(), DbErr> {
        let ended = run(&self, DONE).await;
        let Some(mut group) = self.group.take() else { return Err(failure::away()) };
        if let Err(error) = ended {
            self.turns.lose(&mut group);
            return Err(error);
        }
        let (say, hear) = oneshot::channel();
        group.done.push(say);
        if group.done.len() == 1 {
            tokio::spawn(self.turns.clone().commit());
        }
        drop(group);
        hear.await.unwrap_or_else(|_| Err(failure::away()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(mut group) = self.group.take() else { return };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(self.turns.clone().undo(group))),
            // At the end of the process: the connection rolls back what it drops.
            Err(_) => group.tx = None,
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Turn {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.tx()?.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.tx()?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.tx()?.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.tx()?.query_all_raw(statement).await
    }
}
