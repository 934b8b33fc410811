//! A transaction of either database.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::turns::Turn;

/// A transaction under way.
#[derive(Debug)]
pub enum Transaction {
    /// A turn in a transaction that it shares with others.
    Sqlite(Turn),
    /// One of its own.
    Postgres(DatabaseTransaction),
}

impl Transaction {
    /// Commits it, and waits until it is durable.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(turn) => turn.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Sqlite(turn) => turn.get_database_backend(),
            Self::Postgres(tx) => tx.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Sqlite(turn) => turn.execute_raw(statement).await,
            Self::Postgres(tx) => tx.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Sqlite(turn) => turn.execute_unprepared(sql).await,
            Self::Postgres(tx) => tx.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(turn) => turn.query_one_raw(statement).await,
            Self::Postgres(tx) => tx.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(turn) => turn.query_all_raw(statement).await,
            Self::Postgres(tx) => tx.query_all_raw(statement).await,
        }
    }
}
