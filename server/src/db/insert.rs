//! Inserting many rows with few statements, as fast as they come: sea-query makes an expression of each value first, and a
//! database takes longer to read a statement with columns in which no row has anything.

use std::fmt::Write as _;

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityName as _, EntityTrait, Iden as _, Iterable as _,
    Statement, Value,
};

use super::Change;

/// How many rows a statement has at most. It is a power of two, so that there are few statements, each of which a connection
/// reads once: that takes longer for many rows than running it.
const MAX_ROWS: usize = 128;

/// Inserts rows, all of which set the same columns, in a few statements. What is null in all of them is left to the
/// database, which has no other default for a column that can be.
///
/// # Errors
/// Where the database is out of reach, or does not take them; then some may be inserted: the change is not to be committed.
pub async fn insert_all<A: ActiveModelTrait>(change: &Change, rows: Vec<A>) -> Result<(), DbErr> {
    for statement in statements(change.get_database_backend(), rows)? {
        change.execute_raw(statement).await?;
    }
    Ok(())
}

fn statements<A: ActiveModelTrait>(backend: DbBackend, mut rows: Vec<A>) -> Result<Vec<Statement>, DbErr> {
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
    let begin = format!("INSERT INTO \"{}\" ({}) VALUES ", table.table_name(), names.join(", "));
    let mut left = rows.len();
    let mut statements = Vec::new();
    while let Some(power) = left.min(MAX_ROWS).checked_ilog2() {
        let rows = 1 << power;
        left -= rows;
        let mut sql = begin.clone();
        let mut values = Vec::with_capacity(rows * columns.len());
        for row in 0..rows {
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
        statements.push(Statement::from_sql_and_values(backend, sql, values));
    }
    Ok(statements)
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
        let sql = |backend, rows| statements(backend, rows).unwrap().remove(0).sql;
        assert_eq!(
            sql(DbBackend::Sqlite, vec![row(None)]),
            r#"INSERT INTO "connection" ("id", "delegate_id", "connected_at") VALUES (?, ?, ?)"#
        );
        assert_eq!(
            sql(DbBackend::Postgres, vec![row(None); 7].into_iter().chain([row(Some(8))]).collect()),
            format!(
                r#"INSERT INTO "connection" ("id", "delegate_id", "connected_at", "lost_at") VALUES {}"#,
                (0..8)
                    .map(|row| row * 4)
                    .map(|n| format!("(${}, ${}, ${}, ${})", n + 1, n + 2, n + 3, n + 4))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        );
        let one_more = ActiveModel { cause: Set("x".to_owned()), ..row(None) };
        assert!(statements(DbBackend::Sqlite, vec![row(None), one_more]).is_err());
    }

    #[test]
    fn statements_are_of_few_sizes_and_have_each_row_once() {
        let rows = (0..300).map(|number| ActiveModel { connected_at: Set(number), ..row(Some(1)) });
        let statements = statements(DbBackend::Sqlite, rows.collect()).unwrap();
        let values: Vec<Vec<Value>> = statements.into_iter().map(|one| one.values.unwrap().0).collect();
        let sizes: Vec<usize> = values.iter().map(|values| values.len() / 4).collect();
        assert_eq!(sizes, [128, 128, 32, 8, 4]);
        let numbers = values.concat().into_iter().skip(2).step_by(4);
        assert_eq!(numbers.collect::<Vec<_>>(), (0..300_i64).map(Value::from).collect::<Vec<_>>());
    }
}
