//! Statements put together piece by piece: sea-query has neither SQLite's way to keep a column from choosing an index
//! nor full text search.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};

/// A statement under way.
#[derive(Clone, Debug)]
pub struct Sql {
    backend: DbBackend,
    text: String,
    values: Vec<Value>,
}

impl Sql {
    /// An empty one.
    pub const fn new(backend: DbBackend) -> Self {
        Self { backend, text: String::new(), values: Vec::new() }
    }

    /// Whether it is PostgreSQL's.
    pub fn is_postgres(&self) -> bool {
        self.backend == DbBackend::Postgres
    }

    /// Adds words.
    pub fn push(&mut self, sql: &str) -> &mut Self {
        self.text.push_str(sql);
        self
    }

    /// Adds a value.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        use std::fmt::Write as _;
        self.values.push(value.into());
        // Writing into a text cannot fail.
        let _ = write!(self.text, "${}", self.values.len());
        self
    }

    /// Adds a column that rows are judged by and not found by: with a sign before it, SQLite uses no index for it.
    /// PostgreSQL decides by what it knows of the data.
    pub fn judged(&mut self, column: &str) -> &mut Self {
        let sign = if self.is_postgres() { "" } else { "+" };
        self.push(sign).push(column)
    }

    /// All rows.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub async fn all(self, db: &impl ConnectionTrait) -> Result<Vec<QueryResult>, DbErr> {
        db.query_all_raw(Statement::from_sql_and_values(self.backend, self.text, self.values)).await
    }

    /// The one number that it gives.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub async fn number(self, db: &impl ConnectionTrait) -> Result<u64, DbErr> {
        let rows = self.all(db).await?;
        let number: i64 = rows.first().map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0);
        Ok(u64::try_from(number).unwrap_or(0))
    }

    /// The same, to be explained in place of being run.
    #[cfg(test)]
    pub fn explained(mut self) -> Self {
        let explain = if self.is_postgres() { "EXPLAIN " } else { "EXPLAIN QUERY PLAN " };
        self.text.insert_str(0, explain);
        self
    }
}
