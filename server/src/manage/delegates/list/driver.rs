//! What rows are found by, and what they are judged by.

use std::ops::Range;

use muster::scope::Scope;
use sea_orm::DbBackend;

use super::{
    filter::{Filter, bind},
    order::{Order, Place, Table},
    sql::Sql,
};
use crate::db::entity::delegate_listing::{HEARD_NOW, status};

/// The table whose rows are judged and shown.
pub const LISTING: Table = Table { name: "l", number: "n" };
/// The table by which they are found.
const DRIVER: Table = Table { name: "d", number: "n" };
/// The same, where that is SQLite's full text search.
const SEARCH: Table = Table { name: "delegate_search", number: "rowid" };

/// What rows are found by. They are judged by all other filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// All of the scope, but for the rejected (or those alone).
    All,
    /// One of the filters, by its place among them.
    Filter(usize),
    /// One of them that is of several parts, each of which is looked for by itself.
    Any(usize),
    /// The index of trigrams.
    Search,
}

/// The rows that are looked for.
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    pub backend: DbBackend,
    pub scope: &'a Scope,
    /// Rejected delegates are listed where they are asked for, and beside no others.
    pub rejected: bool,
    pub filters: Vec<Filter>,
    /// What the index of trigrams is asked for: see [`super::search::indexed`].
    pub indexed: Vec<String>,
}

impl Rows<'_> {
    /// An empty statement.
    pub const fn sql(&self) -> Sql {
        Sql::new(self.backend)
    }

    pub fn is_postgres(&self) -> bool {
        self.backend == DbBackend::Postgres
    }

    /// What can drive, but for [`Driver::All`].
    pub fn drivers(&self) -> Vec<Driver> {
        let driver = |(place, filter): (usize, &Filter)| match filter {
            Filter::Any(parts) => parts.iter().all(|part| self.finds(part)).then_some(Driver::Any(place)),
            Filter::Word(_) => None,
            one => self.finds(one).then_some(Driver::Filter(place)),
        };
        let mut drivers: Vec<Driver> = self.filters.iter().enumerate().filter_map(driver).collect();
        // PostgreSQL's index finds all that match before it gives the first: it is asked where few do.
        drivers.extend((!self.indexed.is_empty() && !self.is_postgres()).then_some(Driver::Search));
        drivers
    }

    /// What a driver finds; none where that is not of one filter.
    pub fn filter_of(&self, driver: Driver) -> Option<Filter> {
        match driver {
            Driver::Filter(place) | Driver::Any(place) => Some(self.filters[place].clone()),
            Driver::All | Driver::Search => None,
        }
    }

    /// Whether an index finds the rows of a filter, one after the other.
    fn finds(&self, filter: &Filter) -> bool {
        match filter {
            Filter::Word(word) => word.grams.is_some() && !self.is_postgres(),
            Filter::Any(_) | Filter::Host(_) | Filter::Version(_) | Filter::Flag(_) => false,
            Filter::Status(_)
            | Filter::Kind(_)
            | Filter::Profile(_)
            | Filter::Token(_)
            | Filter::Tag(_)
            | Filter::Name(_) => true,
        }
    }

    /// Whether rows of a driver have to be judged.
    pub const fn is_judged(&self, driver: Driver) -> bool {
        match driver {
            Driver::All => !self.filters.is_empty(),
            Driver::Filter(_) => self.filters.len() > 1,
            // They are found by a part of each word, in all scopes.
            Driver::Any(_) | Driver::Search => true,
        }
    }

    /// Whether an index gives a driver's rows in an order.
    pub fn gives(&self, driver: Driver, order: Order) -> bool {
        match driver {
            Driver::All => true,
            Driver::Filter(_) | Driver::Any(_) => order.is_by_number(),
            Driver::Search => order.is_by_number() && !self.is_postgres(),
        }
    }

    /// Selects the numbers of a driver's rows: the first `most`, in an order, from a place on.
    pub fn driven(&self, sql: &mut Sql, driver: Driver, order: Option<Order>, from: Option<&Place>, most: u64) {
        self.driven_within(sql, driver, order, from, 0..most);
    }

    /// The same, of those the ones that have these places among them.
    pub fn driven_within(
        &self,
        sql: &mut Sql,
        driver: Driver,
        order: Option<Order>,
        from: Option<&Place>,
        rows: Range<u64>,
    ) {
        let mut table = DRIVER;
        match driver {
            Driver::All => self.all(sql, order),
            Driver::Filter(place) => self.found_by(sql, &self.filters[place], "d.n"),
            Driver::Any(place) => return self.any(sql, &self.filters[place], order, from, rows),
            Driver::Search if self.is_postgres() => {
                sql.push("SELECT d.n FROM delegate_listing AS d WHERE TRUE");
                for pattern in &self.indexed {
                    sql.push(" AND d.search LIKE ").bind(pattern.as_str());
                }
            }
            Driver::Search => {
                table = SEARCH;
                found_by_grams(sql, self.indexed.first().map_or("", String::as_str));
            }
        }
        ends(sql, table, order, from, rows);
    }

    /// Selects the numbers of the rows that one part of a filter at least finds. The first of them all are among the first
    /// of each part.
    fn any(&self, sql: &mut Sql, filter: &Filter, order: Option<Order>, from: Option<&Place>, rows: Range<u64>) {
        let parts = if let Filter::Any(parts) = filter { parts.as_slice() } else { std::slice::from_ref(filter) };
        sql.push("SELECT d.n FROM (");
        for (number, part) in parts.iter().enumerate() {
            sql.push(if number == 0 { "SELECT n FROM (" } else { " UNION SELECT n FROM (" });
            let mut table = DRIVER;
            if let Filter::Word(word) = part {
                table = SEARCH;
                found_by_grams(sql, word.grams.as_deref().unwrap_or_default());
            } else {
                self.found_by(sql, part, "d.n");
            }
            ends(sql, table, order, from, 0..rows.end);
            sql.push(") AS p");
        }
        sql.push(") AS d");
        ends(sql, DRIVER, order, None, rows);
    }

    fn all(&self, sql: &mut Sql, order: Option<Order>) {
        sql.push("SELECT d.n FROM delegate_listing AS d WHERE ");
        self.at(sql, "d", false);
        sql.push(" AND d.rejected = ").bind(self.rejected);
        // By that time, those that are connected stand together.
        if order.is_some_and(Order::is_by_time) {
            for one in &self.filters {
                let connected = status(muster::delegate::Status::Connected);
                let silent = status(muster::delegate::Status::NotConnected);
                match one {
                    Filter::Status(one) if *one == connected => sql.push(" AND d.heard_at = ").bind(HEARD_NOW),
                    Filter::Status(one) if *one == silent => sql.push(" AND d.heard_at < ").bind(HEARD_NOW),
                    _ => continue,
                };
            }
        }
    }

    /// Selects the statuses of a driver's rows as `d.status`: the first `most`. Tells whether it does: where what they are found
    /// by says their status, and nothing else judges them.
    pub fn statuses(&self, sql: &mut Sql, driver: Driver, most: u64) -> bool {
        let Driver::Filter(place) = driver else { return false };
        if self.is_judged(driver) || !matches!(self.filters[place], Filter::Tag(_)) {
            return false;
        }
        self.found_by(sql, &self.filters[place], "d.status");
        ends(sql, DRIVER, None, None, 0..most);
        true
    }

    fn found_by(&self, sql: &mut Sql, filter: &Filter, selected: &str) {
        let (table, column) = match filter {
            Filter::Tag(_) => ("delegate_tag", "tag"),
            Filter::Status(_) => ("delegate_listing", "status"),
            Filter::Kind(_) => ("delegate_listing", "kind"),
            Filter::Profile(_) => ("delegate_listing", "profile_id"),
            Filter::Token(_) => ("delegate_listing", "token_id"),
            Filter::Name(_) => ("delegate_listing", "name"),
            // Nothing is found by these: see `finds`.
            Filter::Word(_) | Filter::Any(_) | Filter::Host(_) | Filter::Version(_) | Filter::Flag(_) => {
                ("delegate_listing", "search")
            }
        };
        sql.push("SELECT ").push(selected).push(" FROM ").push(table).push(" AS d WHERE ");
        self.at(sql, "d", false);
        sql.push(" AND d.").push(column).push(" = ");
        bind(sql, filter);
        // A status says that already.
        if !matches!(filter, Filter::Status(_)) {
            sql.push(" AND d.rejected = ").bind(self.rejected);
        }
    }

    /// That a row belongs to the scope.
    fn at(&self, sql: &mut Sql, table: &str, is_judged: bool) {
        let parts: [(&str, sea_orm::Value); 3] = [
            ("account_id", self.scope.account.0.into()),
            ("organization", self.scope.organization().into()),
            ("project", self.scope.project().into()),
        ];
        for (number, (column, part)) in parts.into_iter().enumerate() {
            sql.push(if number == 0 { "" } else { " AND " });
            let column = format!("{table}.{column}");
            if is_judged {
                sql.judged(&column)
            } else {
                sql.push(&column)
            };
            sql.push(" = ").bind(part);
        }
    }

    /// `AND` all that rows of a driver are judged by, as [`LISTING`].
    pub fn judges(&self, sql: &mut Sql, driver: Driver) {
        if matches!(driver, Driver::Any(_) | Driver::Search) {
            sql.push(" AND ");
            self.at(sql, LISTING.name, true);
            sql.push(" AND ").judged("l.rejected").push(" = ").bind(self.rejected);
        }
        for (place, filter) in self.filters.iter().enumerate() {
            if driver == Driver::Filter(place) {
                continue;
            }
            sql.push(" AND ");
            self.judge(sql, filter);
        }
    }
}

/// Selects what the index of trigrams finds.
fn found_by_grams(sql: &mut Sql, grams: &str) {
    sql.push("SELECT delegate_search.rowid AS n FROM delegate_search WHERE delegate_search MATCH ").bind(grams);
}

/// Ends a selection of a driver's rows.
fn ends(sql: &mut Sql, table: Table, order: Option<Order>, from: Option<&Place>, rows: Range<u64>) {
    if let (Some(order), Some(place)) = (order, from) {
        order.follows(sql, table, place);
    }
    if let Some(order) = order {
        order.by(sql, table);
    }
    let bound = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    sql.push(" LIMIT ").bind(bound(rows.end.saturating_sub(rows.start)));
    if rows.start > 0 {
        sql.push(" OFFSET ").bind(bound(rows.start));
    }
}
