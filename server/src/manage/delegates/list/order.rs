//! In which order delegates are listed, and where a page begins in it.

use muster::{
    delegate::Sort,
    page::{Cursor, Mark},
};
use sea_orm::{DbErr, QueryResult};

use super::sql::Sql;

/// A table in a statement: what it is called there, and its column that holds the number of the registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub number: &'static str,
}

impl Table {
    fn column(self, sql: &mut Sql, column: &str) {
        sql.push(self.name).push(".").push(column);
    }
}

/// An order by a column, and by the number of the registration where that is the same. Both go the same way, so that an
/// index gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    column: Option<&'static str>,
    descending: bool,
}

/// The key of a row that a page begins after.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    /// The order is that of registrations alone.
    None,
    Text(String),
    Number(i64),
}

/// A row's place in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    n: i64,
    key: Key,
}

impl Place {
    /// The mark that stands for it in an address.
    pub fn mark(&self) -> Mark {
        match &self.key {
            Key::None => Mark::new(self.n),
            Key::Text(key) => Mark::new(format_args!("{}:{key}", self.n)),
            Key::Number(key) => Mark::new(format_args!("{}:{key}", self.n)),
        }
    }
}

impl From<Sort> for Order {
    fn from(sort: Sort) -> Self {
        let (column, descending) = match sort {
            Sort::Newest => (None, true),
            Sort::Name => (Some("name"), false),
            Sort::NameBackwards => (Some("name"), true),
            Sort::Heard => (Some("heard_at"), true),
            Sort::Silent => (Some("heard_at"), false),
        };
        Self { column, descending }
    }
}

impl Order {
    /// Whether it is that of registrations.
    pub const fn is_by_number(self) -> bool {
        self.column.is_none()
    }

    /// Whether it is that of the times at which delegates were heard of.
    pub fn is_by_time(self) -> bool {
        self.column == Some("heard_at")
    }

    /// The order as it is read: the other way round for a page that ends before a row.
    pub const fn read(self, cursor: &Cursor) -> Self {
        let backwards = matches!(cursor, Cursor::Before(_));
        Self { descending: self.descending != backwards, ..self }
    }

    /// The columns that tell a row's place, as [`Order::place`] reads them.
    pub fn columns(self, sql: &mut Sql, table: Table) {
        table.column(sql, table.number);
        if let Some(column) = self.column {
            sql.push(", ");
            table.column(sql, column);
        }
    }

    /// The place of a row, whose columns begin at one of the answer.
    pub fn place(self, row: &QueryResult, at: usize) -> Result<Place, DbErr> {
        let n = row.try_get_by_index(at)?;
        let key = match self.column {
            None => Key::None,
            Some("name") => Key::Text(row.try_get_by_index(at + 1)?),
            Some(_) => Key::Number(row.try_get_by_index(at + 1)?),
        };
        Ok(Place { n, key })
    }

    /// The place that a mark means; none where it is another order's.
    pub fn parse(self, mark: &Mark) -> Option<Place> {
        let (n, key) = match (self.column, mark.as_str().split_once(':')) {
            (None, None) => (mark.as_str(), Key::None),
            (Some("name"), Some((n, key))) => (n, Key::Text(key.to_owned())),
            (Some(_), Some((n, key))) => (n, Key::Number(key.parse().ok()?)),
            (None, Some(_)) | (Some(_), None) => return None,
        };
        // PostgreSQL takes no NUL in text.
        Some(Place { n: n.parse().ok()?, key }).filter(|_| !mark.as_str().contains('\0'))
    }

    /// `AND` that a row follows a place, as it is read.
    pub fn follows(self, sql: &mut Sql, table: Table, place: &Place) {
        let than = if self.descending { " < " } else { " > " };
        sql.push(" AND ");
        let Some(by) = self.column else {
            table.column(sql, table.number);
            sql.push(than).bind(place.n);
            return;
        };
        // A comparison of rows is found by an index in both databases.
        sql.push("(");
        table.column(sql, by);
        sql.push(", ");
        table.column(sql, table.number);
        sql.push(")").push(than).push("(");
        match &place.key {
            Key::Text(key) => sql.bind(key.as_str()),
            Key::Number(key) => sql.bind(*key),
            Key::None => sql.push("NULL"),
        };
        sql.push(", ").bind(place.n).push(")");
    }

    /// `ORDER BY`, as it is read.
    pub fn by(self, sql: &mut Sql, table: Table) {
        let way = if self.descending { " DESC" } else { " ASC" };
        sql.push(" ORDER BY ");
        if let Some(column) = self.column {
            table.column(sql, column);
            sql.push(way).push(", ");
        }
        table.column(sql, table.number);
        sql.push(way);
    }
}
