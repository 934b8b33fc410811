//! The database: SQLite inside by default, PostgreSQL for many managers.
//!
//! sea-orm is the abstraction over the two; there is no layer of our own above it. What is here is what they do not
//! share: how to open them, who may write, and how a change becomes known to every open page.

pub mod audit;
pub mod entity;
mod migration;
mod open;

pub use self::open::OpenError;

use std::{collections::BTreeSet, ops::Deref};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

use crate::events::{Events, Topic};

/// The PostgreSQL channel on which managers tell each other what changed.
pub const CHANNEL: &str = "muster_changed";

/// An open database.
#[derive(Clone, Debug)]
pub struct Db {
    /// SQLite: one connection that writes. PostgreSQL: the pool.
    writer: DatabaseConnection,
    /// SQLite: several connections that can only read. PostgreSQL: the same pool.
    reader: DatabaseConnection,
    events: Events,
}

impl Db {
    /// The connection for reading outside of a transaction.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a change. On SQLite it holds the write lock from the start (`BEGIN IMMEDIATE`): a transaction that
    /// reads first and writes later would fail whenever another one wrote in between.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub async fn write(&self) -> Result<Change, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = self.writer.begin_with_options(options).await?;
        Ok(Change { tx, topics: BTreeSet::new(), events: self.events.clone() })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.ping().await?;
        self.writer.ping().await
    }

    /// Closes all connections.
    pub async fn close(self) {
        for connection in [self.reader, self.writer] {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "the database did not close cleanly");
            }
        }
    }
}

/// A change under way: a transaction, and what it changes. Dropped without [`Change::commit`], nothing happened.
pub struct Change {
    tx: DatabaseTransaction,
    topics: BTreeSet<Topic>,
    events: Events,
}

impl Deref for Change {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
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

    /// Notes that open pages on this topic have to look again once the change is committed.
    pub fn touches(&mut self, topic: Topic) {
        self.topics.insert(topic);
    }

    /// Makes the change durable and tells every open page, on PostgreSQL also those of other managers.
    ///
    /// # Errors
    /// Where the database is out of reach; then nothing changed.
    pub async fn commit(self) -> Result<(), DbErr> {
        if self.tx.get_database_backend() == DbBackend::Postgres {
            for topic in &self.topics {
                let notify = Statement::from_sql_and_values(
                    DbBackend::Postgres,
                    "SELECT pg_notify($1, $2)",
                    [CHANNEL.into(), topic.as_str().into()],
                );
                self.tx.execute_raw(notify).await?;
            }
            return self.tx.commit().await;
        }
        self.tx.commit().await?;
        for topic in self.topics {
            self.events.publish(topic);
        }
        Ok(())
    }
}
