//! Inserting many rows in one statement, as fast as they come: sea-query makes an expression of each value first, and a
//! database takes longer to read a statement with columns in which no row has anything.

use std::fmt::Write as _;

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityName as _, EntityTrait, Iden as _, Iterable as _,
    Statement, Value,
};

use super::Change;

/// Inserts rows, all of which set the same columns. What is null in all of them is left to the database, which has no
/// other default for a column that can be.
///
/// # Errors
/// Where the database is out of reach, or does not take them.
pub async fn insert_all<A: ActiveModelTrait>(change: &Change, rows: Vec<A>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = statement(change.get_database_backend(), rows)?;
    change.execute_raw(statement).await.map(drop)
}

fn statement<A: ActiveModelTrait>(backend: DbBackend, mut rows: Vec<A>) -> Result<Statement, DbErr> {
    let (mut names, mut columns) = (Vec::new(), Vec::new());
    for column in <A::Entity as EntityTrait>::Column::iter() {
        let values: Vec<Value> = rows.iter_mut().filter_map(|row| row.take(column).into_value()).collect();
        if values.iter().all(|value| *value == value.as_null()) {
            continue;
        }
        if values.len() != rows.len() {
            return Err(DbErr::Custom(format!("some rows do not set {}", column.unquoted())));
        }
        names.push(format!("\"{}\"", column.unquoted()));
        columns.push(values.into_iter());
    }
    let table = A::Entity::default();
    let mut sql = format!("INSERT INTO \"{}\" ({}) VALUES ", table.table_name(), names.join(", "));
    let mut values = Vec::with_capacity(rows.len() * columns.len());
    for row in 0..rows.len() {
        sql.push_str(if row == 0 { "(" } else { "), (" });
        for (at, value) in columns.iter_mut().flat_map(Iterator::next).enumerate() {
            values.push(value);
            sql.push_str(if at == 0 { "" } else { ", " });
            // SQLite looks up a place with a number among all that it has read.
            let _ = match backend {
                DbBackend::Postgres => write!(sql, "${}", values.len()),
                _ => write!(sql, "?"),
            };
        }
    }
    sql.push(')');
    Ok(Statement::from_sql_and_values(backend, sql, values))
}

/// One statement for many rows, which stand where it has `{rows}`. Both databases call the columns of `VALUES` column1, column2, …; sea-query has no
/// such statement.
///
/// # Errors
/// Where the database is out of reach, or does not take them.
pub async fn update_many<const N: usize>(
    tx: &impl ConnectionTrait,
    sql: &str,
    rows: impl Iterator<Item = [Value; N]>,
) -> Result<(), DbErr> {
    let mut values = Vec::new();
    let mut places = Vec::new();
    for row in rows {
        let first = values.len() + 1;
        let place = |column: usize| match tx.get_database_backend() {
            DbBackend::Postgres => format!("${}", first + column),
            // It looks up a place with a number among all that it has read.
            _ => "?".to_owned(),
        };
        places.push(format!("({})", (0..N).map(place).collect::<Vec<_>>().join(", ")));
        values.extend(row);
    }
    let sql = sql.replace("{rows}", &places.join(", "));
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_orm::Set;
    use uuid::Uuid;

    use super::*;
    use crate::db::entity::connection::ActiveModel;

    fn row(lost_at: Option<i64>) -> ActiveModel {
        ActiveModel {
            id: Set(Uuid::nil()),
            delegate_id: Set(Uuid::nil()),
            connected_at: Set(7),
            lost_at: Set(lost_at),
            ..Default::default()
        }
    }

    #[test]
    fn columns_without_anything_are_left_out() {
        let sql = |backend, rows| statement(backend, rows).unwrap().sql;
        assert_eq!(
            sql(DbBackend::Sqlite, vec![row(None), row(None)]),
            r#"INSERT INTO "connection" ("id", "delegate_id", "connected_at") VALUES (?, ?, ?), (?, ?, ?)"#
        );
        assert_eq!(
            sql(DbBackend::Postgres, vec![row(None), row(Some(8))]),
            r#"INSERT INTO "connection" ("id", "delegate_id", "connected_at", "lost_at") VALUES ($1, $2, $3, $4), ($5, $6, $7, $8)"#
        );
        let one_more = ActiveModel { cause: Set("x".to_owned()), ..row(None) };
        assert!(statement(DbBackend::Sqlite, vec![row(None), one_more]).is_err());
    }
}
