//! Migrations: they run at start, on SQLite and on PostgreSQL alike.

mod m20261122_000001_first;
mod m20261122_000002_scripts;
mod m20261127_000003_identity;

use sea_orm_migration::{prelude::*, schema::*};

/// All migrations, in the order in which they run.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_first::Migration),
            Box::new(m20261122_000002_scripts::Migration),
            Box::new(m20261127_000003_identity::Migration),
        ]
    }
}

fn col(name: &'static str) -> Alias {
    Alias::new(name)
}

/// A table whose rows belong to a scope.
fn scoped(name: &'static str) -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table(col(name))
        .col(uuid(col("id")).primary_key())
        .col(uuid(col("account_id")))
        .col(string(col("organization")))
        .col(string(col("project")));
    table
}

fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}", columns.join("_"))).table(col(table));
    for column in columns {
        index.col(col(column));
    }
    index
}
