//! Connections whose statements are given up once the database is known to be away: a PostgreSQL that hangs, or whose
//! machine is gone, would let them wait for ever.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::{
    failure::{away, is_crossed, is_unavailable},
    health::Health,
};

/// A connection, a pool of them, or a transaction, under guard.
#[derive(Clone, Debug)]
pub struct Guarded<C> {
    pub(super) inner: C,
    pub(super) health: Health,
}

impl<C: ConnectionTrait> Guarded<C> {
    async fn guard<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let result = tokio::select! {
            // First: a database that is known to be away is not knocked at by every request.
            biased;
            () = self.health.until_away(), if self.inner.get_database_backend() == DbBackend::Postgres => Err(away()),
            result = self.health.meters().statements.time(work) => result,
        };
        if result.as_ref().is_err_and(|error| is_unavailable(error) && !is_crossed(error)) {
            self.health.failed();
        }
        result
    }
}

#[async_trait::async_trait]
impl<C: ConnectionTrait> ConnectionTrait for Guarded<C> {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.guard(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.guard(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.guard(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.guard(self.inner.query_all_raw(statement)).await
    }

    fn support_returning(&self) -> bool {
        self.inner.support_returning()
    }
}
