//! Pages of a list, cut by keyset: a page begins after (or ends before) a row, so it stays right while rows come and go.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many rows a page has.
pub const PAGE_SIZE: u32 = 50;
/// Up to how many rows a list counts exactly. What counts without a bound takes longer the more there are.
pub const MAX_COUNT: u64 = 10_000;

/// A count for people: exact up to [`MAX_COUNT`]. What is counted up to one more than that is "10,000+".
#[must_use]
pub fn count_label(count: u64) -> String {
    if count > MAX_COUNT { "10,000+".to_owned() } else { grouped(count) }
}

/// A count for people, where there may be more than was counted.
#[must_use]
pub fn counted_label(count: u64, at_least: bool) -> String {
    if at_least && count < MAX_COUNT {
        return format!("{}+", grouped(count));
    }
    count_label(count + u64::from(at_least))
}

/// A number with its thousands told apart: "5,214".
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The place of a row in a list: what the list is sorted by, so that a page can begin after a row that is gone. Opaque
/// but to who made it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mark(String);

impl Mark {
    /// The most characters that an address may hold of one: a sort key is a name at the longest.
    const MAX_LENGTH: usize = 600;

    /// A mark of a list that is sorted by what stands in the text.
    pub fn new(place: impl fmt::Display) -> Self {
        Self(place.to_string())
    }

    /// Reads one out of an address; none where no list makes such.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (!text.is_empty() && text.len() <= Self::MAX_LENGTH).then(|| Self(text.to_owned()))
    }

    /// The id of a row, in a list that is sorted by ids.
    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        self.0.parse().ok()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Uuid> for Mark {
    fn from(id: Uuid) -> Self {
        Self::new(id)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a page lies in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cursor {
    /// The first page.
    #[default]
    First,
    /// The rows that follow this one.
    After(Mark),
    /// The rows that this one follows.
    Before(Mark),
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows in the list's order; at most [`PAGE_SIZE`].
    pub rows: Vec<T>,
    /// How many rows the whole list has under the same filter, counted up to one more than [`MAX_COUNT`].
    pub total: u64,
    /// Whether there may be more than `total`, because not all that the filter could leave was looked at.
    pub at_least: bool,
    /// The row that the previous page ends before, where there is one.
    pub previous: Option<Mark>,
    /// The row that the next page begins after, where there is one.
    pub next: Option<Mark>,
}

impl<T> Page<T> {
    /// Cuts a page from what a query brought: up to one row more than a page holds, sorted away from the cursor
    /// (for [`Cursor::Before`] the last first).
    pub fn cut(mut found: Vec<T>, cursor: &Cursor, total: u64, mark: impl Fn(&T) -> Mark) -> Self {
        let more = found.len() > PAGE_SIZE as usize;
        found.truncate(PAGE_SIZE as usize);
        let backwards = matches!(cursor, Cursor::Before(_));
        if backwards {
            found.reverse();
        }
        let previous = if backwards { more } else { matches!(cursor, Cursor::After(_)) };
        let next = if backwards { true } else { more };
        Self {
            previous: found.first().filter(|_| previous).map(&mark),
            next: found.last().filter(|_| next).map(&mark),
            rows: found,
            total,
            at_least: false,
        }
    }

    /// How many rows there are, for people.
    #[must_use]
    pub fn count_label(&self) -> String {
        counted_label(self.total, self.at_least)
    }

    /// Takes the rows out, to be made into others, and leaves the page without them.
    pub fn split(self) -> (Vec<T>, Page<T>) {
        let Self { rows, total, at_least, previous, next } = self;
        (rows, Self { rows: Vec::new(), total, at_least, previous, next })
    }

    /// The same page with other rows.
    pub fn with<U>(self, rows: Vec<U>) -> Page<U> {
        Page { rows, total: self.total, at_least: self.at_least, previous: self.previous, next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(id: &Uuid) -> Mark {
        Mark::from(*id)
    }

    fn number(id: u128) -> Option<Mark> {
        Some(Uuid::from_u128(id).into())
    }

    fn ids(range: impl Iterator<Item = u128>) -> Vec<Uuid> {
        range.map(Uuid::from_u128).collect()
    }

    #[test]
    fn the_first_page_of_many_has_only_a_next() {
        let page = Page::cut(ids((49..=100).rev().take(51)), &Cursor::First, 100, mark);
        assert_eq!(page.rows.len(), 50);
        assert_eq!((page.previous, page.next), (None, number(51)));
    }

    #[test]
    fn a_page_read_backwards_is_turned_round() {
        let page = Page::cut(ids(51..=101), &Cursor::Before(Uuid::from_u128(50).into()), 100, mark);
        assert_eq!(page.rows.first(), Some(&Uuid::from_u128(100)));
        assert_eq!(page.previous, number(100));
        assert_eq!(page.next, number(51));
    }

    #[test]
    fn the_last_page_has_only_a_previous() {
        let page = Page::cut(ids((1..=3).rev()), &Cursor::After(Uuid::from_u128(4).into()), 100, mark);
        assert_eq!((page.previous, page.next), (number(3), None));
    }

    #[test]
    fn an_empty_list_has_neither() {
        let page = Page::cut(Vec::<Uuid>::new(), &Cursor::First, 0, mark);
        assert_eq!((page.previous, page.next), (None, None));
    }

    #[test]
    fn a_count_is_exact_up_to_its_bound() {
        let label = |total, at_least| {
            Page { at_least, ..Page::cut(Vec::<Uuid>::new(), &Cursor::First, total, mark) }.count_label()
        };
        assert_eq!([label(0, false), label(10_000, false), label(10_001, false)], ["0", "10,000", "10,000+"]);
        assert_eq!([label(3, true), label(10_000, true), label(10_001, true)], ["3+", "10,000+", "10,000+"]);
    }
}
