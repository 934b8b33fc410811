//! How many delegates there are of each status under a filter.

use std::collections::HashMap;

use muster::{
    delegate::{DelegateFilter, Status},
    scope::Scope,
};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use super::{Finder, driver::Driver, filter::Filter, meaning};
use crate::db::entity::delegate_listing::status;

/// How many delegates a filter leaves of each of some statuses (none: of all but the rejected), wherever its page lies, and
/// whether there may be more. What it means is looked up once for all of them.
///
/// # Errors
/// Where the database is out of reach.
pub async fn counts(
    db: &impl ConnectionTrait,
    scope: &Scope,
    filter: &DelegateFilter,
    statuses: &[Option<Status>],
) -> Result<Vec<(u64, bool)>, DbErr> {
    let filter = DelegateFilter { status: None, ..filter.clone() };
    let Some(meaning) = meaning::of(db, scope, &filter).await? else { return Ok(vec![(0, false); statuses.len()]) };
    let mut all = Finder::of(db, scope, meaning.clone(), filter.sort);
    let (driver, size) = all.narrowest().await?;
    // Few rows are judged once for all statuses.
    let grouped = if !all.rows.filters.is_empty() && size <= all.bounds.small && meaning.status.is_none() {
        Some(all.by_status(driver).await?)
    } else {
        None
    };
    let mut counts = Vec::with_capacity(statuses.len());
    for one in statuses {
        // Among the rejected the same filters find others, but for the index of trigrams.
        let is_same = |(filter, _): &&(Option<Filter>, u64)| *one != Some(Status::Rejected) || filter.is_none();
        let known = all.known.iter().filter(is_same).cloned().collect();
        let count = match (&grouped, one, meaning.with(*one)) {
            (_, _, None) => (0, false),
            (Some(grouped), None, _) => (grouped.values().sum(), false),
            // It was found out already what drives that.
            (None, None, _) => all.total(driver, size).await?,
            (Some(grouped), Some(one), _) if *one != Status::Rejected => {
                (grouped.get(&status(*one)).copied().unwrap_or_default(), false)
            }
            (_, _, Some(meaning)) => {
                let mut finder = Finder { known, ..Finder::of(db, scope, meaning, filter.sort) };
                let (driver, size) = finder.narrowest().await?;
                finder.total(driver, size).await?
            }
        };
        counts.push(count);
    }
    Ok(counts)
}

impl<C: ConnectionTrait> Finder<'_, C> {
    /// How many rows of a small driver there are of each status.
    async fn by_status(&self, driver: Driver) -> Result<HashMap<i16, u64>, DbErr> {
        let mut sql = self.rows.sql();
        sql.push("SELECT d.status, count(*) FROM (");
        if !self.rows.statuses(&mut sql, driver, self.bounds.small) {
            sql.push("SELECT l.status FROM (");
            self.rows.driven(&mut sql, driver, None, None, self.bounds.small);
            sql.push(") AS d CROSS JOIN delegate_listing AS l WHERE l.n = d.n");
            self.rows.judges(&mut sql, driver);
        }
        sql.push(") AS d GROUP BY d.status");
        let rows = sql.all(self.db).await?;
        let count = |row: &QueryResult| {
            let count: i64 = row.try_get_by_index(1)?;
            Ok((row.try_get_by_index(0)?, u64::try_from(count).unwrap_or(0)))
        };
        rows.iter().map(count).collect()
    }
}
