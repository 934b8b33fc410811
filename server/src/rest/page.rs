//! Pages of lists: each names the mark that the next one begins after.

use muster::{
    page::{Cursor, Mark, Page},
    text::Invalid,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Error;

/// A page of a list, at most 50 items.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// The mark that the next page begins after (`?after=`); none on the last page.
    pub next: Option<String>,
    /// How many there are in all: exact up to 10,000.
    pub total: u64,
    /// Whether there may be more than `total`.
    pub total_is_at_least: bool,
}

impl<T> List<T> {
    /// A page of the domain, each of its rows as this door shows it.
    pub fn of<R>(page: Page<R>, item: impl Fn(R) -> T) -> Self {
        Self {
            items: page.rows.into_iter().map(item).collect(),
            next: page.next.map(|mark| mark.to_string()),
            total: page.total,
            total_is_at_least: page.at_least,
        }
    }
}

/// Where a page begins.
///
/// # Errors
/// Where the mark is of no list.
pub fn after(mark: Option<&str>) -> Result<Cursor, Error> {
    let Some(mark) = mark else { return Ok(Cursor::First) };
    let mark = Mark::parse(mark);
    mark.map(Cursor::After)
        .ok_or_else(|| Error::field("after", Invalid::new("Use the mark that a page names as next.")))
}
