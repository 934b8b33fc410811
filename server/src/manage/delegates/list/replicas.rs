//! How many delegates have one name.

use std::collections::{BTreeSet, HashMap};

use muster::{
    delegate::{Replicas, Status},
    scope::Scope,
};
use sea_orm::{ConnectionTrait, DbErr};

use super::sql::Sql;
use crate::db::entity::delegate_listing::status;

/// Counts the delegates of each name, which stand in lower case; those of which there is one alone are left out. Each
/// name is looked up in an index, and no more of its rows are read than are counted.
///
/// # Errors
/// Where the database is out of reach.
pub async fn replicas(
    db: &impl ConnectionTrait,
    scope: &Scope,
    names: BTreeSet<String>,
) -> Result<HashMap<String, Replicas>, DbErr> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::new(db.get_database_backend());
    sql.push("SELECT v.name, ");
    counted_of(&mut sql, scope, None);
    sql.push(", ");
    counted_of(&mut sql, scope, Some(Status::Connected));
    sql.push(" FROM (");
    for (number, name) in names.into_iter().enumerate() {
        sql.push(if number == 0 { "SELECT " } else { " UNION ALL SELECT " }).bind(name).push(" AS name");
    }
    sql.push(") AS v");
    let mut counted = HashMap::new();
    for row in sql.all(db).await? {
        let number = |at: usize| -> Result<u64, DbErr> {
            let number: i64 = row.try_get_by_index(at)?;
            Ok(u64::try_from(number).unwrap_or(0))
        };
        let replicas = Replicas { all: number(1)?, connected: number(2)? };
        if replicas.all > 1 {
            counted.insert(row.try_get_by_index(0)?, replicas);
        }
    }
    Ok(counted)
}

/// Counts the delegates of the name `v.name`.
fn counted_of(sql: &mut Sql, scope: &Scope, only: Option<Status>) {
    sql.push("(SELECT count(*) FROM (SELECT d.status FROM delegate_listing AS d WHERE d.account_id = ");
    sql.bind(scope.account.0).push(" AND d.organization = ").bind(scope.organization());
    sql.push(" AND d.project = ").bind(scope.project()).push(" AND d.rejected = FALSE AND d.name = v.name LIMIT ");
    sql.bind(i64::try_from(Replicas::MAX).unwrap_or(i64::MAX)).push(") AS s");
    if let Some(only) = only {
        sql.push(" WHERE s.status = ").bind(status(only));
    }
    sql.push(")");
}
