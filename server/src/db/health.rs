//! Whether the database can be written, and since when.
//!
//! A connection that failed in the middle of something is never trusted again: SQLite may have ended its transaction
//! without telling the pool, and a PostgreSQL that was demoted keeps its connections. So connections are dropped by a
//! mark, which the pools ask before they hand one out and when they take one back.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, DbErr, Statement};
use tokio::sync::watch;

use super::Db;
use crate::metrics::DatabaseMeters;

/// How long a commit proves that the database can be written.
const PROOF: Duration = Duration::from_secs(2);
/// How long a proof may take.
const PATIENCE: Duration = Duration::from_millis(900);

/// What is known of a database's health. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Health(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// PostgreSQL: whether it answers and takes writes, as whoever watches it found last.
    there: watch::Sender<bool>,
    /// How often the database failed.
    failures: AtomicU64,
    /// SQLite: the writing connection is not to be used again.
    distrusted: AtomicBool,
    known: Mutex<Known>,
    meters: DatabaseMeters,
    /// Held by who proves that the database can be written: the others wait for the answer.
    proving: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    /// When something was last committed; none since the database failed.
    committed: Option<Instant>,
    /// Connections that were opened before are not used again.
    opened_after: Option<Instant>,
}

impl Default for Health {
    fn default() -> Self {
        Self(Arc::new(Inner {
            there: watch::Sender::new(true),
            failures: AtomicU64::new(0),
            distrusted: AtomicBool::new(false),
            known: Mutex::default(),
            meters: DatabaseMeters::default(),
            proving: tokio::sync::Mutex::default(),
        }))
    }
}

impl Health {
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is measured of the database.
    #[must_use]
    pub fn meters(&self) -> &DatabaseMeters {
        &self.0.meters
    }

    /// Something was committed.
    pub(super) fn committed(&self) {
        self.known().committed = Some(Instant::now());
    }

    /// The database failed: it is not taken for ready until something is committed again.
    pub(super) fn failed(&self) {
        self.known().committed = None;
        self.0.failures.fetch_add(1, Ordering::SeqCst);
    }

    /// How often the database failed so far: who finds another number than before knows that it was away meanwhile.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.0.failures.load(Ordering::SeqCst)
    }

    /// The database does not answer, or takes no writes. Connections of now are not used again: those to a server that
    /// was demoted would stay read-only.
    pub(super) fn went_away(&self) {
        self.failed();
        self.known().opened_after = Some(Instant::now());
        self.0.there.send_if_modified(|there| std::mem::replace(there, false));
    }

    /// The database answers, and takes writes.
    pub(super) fn is_there(&self) {
        self.0.there.send_if_modified(|there| !std::mem::replace(there, true));
    }

    /// Whether the database is known to be away.
    pub(super) fn is_away(&self) -> bool {
        !*self.0.there.borrow()
    }

    /// Waits until the database is known to be away.
    pub(super) async fn until_away(&self) {
        // The sender lives as long as this.
        let _ = self.0.there.subscribe().wait_for(|there| !there).await;
    }

    /// Waits until the database is known to be there.
    pub(super) async fn until_there(&self) {
        let _ = self.0.there.subscribe().wait_for(|there| *there).await;
    }

    /// Whether a connection of this age may be used.
    pub(super) fn trusts(&self, age: Duration) -> bool {
        let opened = Instant::now().checked_sub(age);
        self.known().opened_after.is_none_or(|after| opened.is_some_and(|opened| opened > after))
    }

    /// Marks the writing connection, so that the pool throws it away.
    pub(super) fn distrust(&self) {
        self.0.distrusted.store(true, Ordering::SeqCst);
    }

    /// Whether the writing connection is marked; it is not after that.
    pub(super) fn take_distrust(&self) -> bool {
        self.0.distrusted.swap(false, Ordering::SeqCst)
    }

    fn is_proven(&self) -> bool {
        self.known().committed.is_some_and(|at| at.elapsed() < PROOF)
    }
}

impl Db {
    /// How many statements have ended so far, but for those of its own watch.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.health.meters().statements.count()
    }

    /// Proves that the database takes writes: by a commit of the last two seconds, or by one of its own.
    ///
    /// # Errors
    /// Where it does not within a second.
    pub async fn prove(&self) -> Result<(), DbErr> {
        let prove = async {
            if self.health.is_away() {
                return Err(super::failure::away());
            }
            let _alone = self.health.0.proving.lock().await;
            if self.health.is_proven() {
                return Ok(());
            }
            let change = self.write().await?;
            let sql = "INSERT INTO setting (name, value) VALUES ('written', $1) \
                       ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            let value = crate::random::bytes::<8>().to_vec();
            let statement = Statement::from_sql_and_values(change.get_database_backend(), sql, [value.into()]);
            change.execute_raw(statement).await?;
            change.commit().await
        };
        tokio::time::timeout(PATIENCE, prove).await.unwrap_or_else(|_| Err(super::failure::away()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failure_is_forgotten_once_something_was_committed() {
        let health = Health::default();
        health.committed();
        assert!(health.is_proven());
        health.went_away();
        health.until_away().await;
        assert_eq!((health.is_proven(), health.failures()), (false, 1));
        health.is_there();
        health.until_there().await;
        assert!(!health.is_proven(), "to answer is not to take a write");
        health.committed();
        assert!(health.is_proven());
    }

    #[test]
    fn connections_of_before_are_not_trusted_again() {
        let health = Health::default();
        assert!(health.trusts(Duration::from_secs(3600)));
        health.went_away();
        assert!(!health.trusts(Duration::from_secs(1)));
        assert!(health.trusts(Duration::ZERO));
        health.distrust();
        assert!(health.take_distrust() && !health.take_distrust());
    }
}
