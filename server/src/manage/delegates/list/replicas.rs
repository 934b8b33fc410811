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
    let names: Vec<String> = names.into_iter().collect();
    let mut sql = Sql::new(db.get_database_backend());
    for (number, name) in names.iter().enumerate() {
        sql.push(if number == 0 { "" } else { " UNION ALL " });
        sql.push(&format!("SELECT {number} AS place, count(*) AS found, coalesce(sum(CASE WHEN s.status = "));
        sql.bind(status(Status::Connected)).push(" THEN 1 ELSE 0 END), 0) AS connected");
        sql.push(" FROM (SELECT d.status FROM delegate_listing AS d WHERE d.account_id = ").bind(scope.account.0);
        sql.push(" AND d.organization = ").bind(scope.organization()).push(" AND d.project = ").bind(scope.project());
        sql.push(" AND d.rejected = FALSE AND d.name = ").bind(name.as_str());
        sql.push(" LIMIT ").bind(i64::try_from(Replicas::MAX).unwrap_or(i64::MAX)).push(") AS s");
    }
    let mut counted = HashMap::new();
    for row in sql.all(db).await? {
        let number = |at: usize| -> Result<u64, DbErr> {
            let number: i64 = row.try_get_by_index(at)?;
            Ok(u64::try_from(number).unwrap_or(0))
        };
        let place: i32 = row.try_get_by_index(0)?;
        let name = usize::try_from(place).ok().and_then(|place| names.get(place));
        let replicas = Replicas { all: number(1)?, connected: number(2)? };
        if let Some(name) = name.filter(|_| replicas.all > 1) {
            counted.insert(name.clone(), replicas);
        }
    }
    Ok(counted)
}
