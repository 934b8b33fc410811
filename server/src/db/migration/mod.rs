//! Migrations: they run at start, on SQLite and on PostgreSQL alike.

mod m20261122_000001_first;

use sea_orm_migration::prelude::*;

/// All migrations, in the order in which they run.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m20261122_000001_first::Migration)]
    }
}
