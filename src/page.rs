//! Pages of a list, cut by keyset: a page begins after (or ends before) a row, so it stays right while rows come and go.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many rows a page has.
pub const PAGE_SIZE: u32 = 25;

/// Where a page lies in a list that is sorted from the newest row to the oldest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cursor {
    /// The first page.
    #[default]
    First,
    /// The rows that are older than this one.
    After(Uuid),
    /// The rows that are newer than this one.
    Before(Uuid),
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows, the newest first; at most [`PAGE_SIZE`].
    pub rows: Vec<T>,
    /// How many rows the whole list has under the same filter.
    pub total: u64,
    /// The row that the previous page ends before, where there is one.
    pub previous: Option<Uuid>,
    /// The row that the next page begins after, where there is one.
    pub next: Option<Uuid>,
}

impl<T> Page<T> {
    /// Cuts a page from what a query brought: up to one row more than a page holds, sorted away from the cursor
    /// (for [`Cursor::Before`] the oldest first).
    pub fn cut(mut found: Vec<T>, cursor: Cursor, total: u64, id: impl Fn(&T) -> Uuid) -> Self {
        let more = found.len() > PAGE_SIZE as usize;
        found.truncate(PAGE_SIZE as usize);
        let backwards = matches!(cursor, Cursor::Before(_));
        if backwards {
            found.reverse();
        }
        let previous = if backwards { more } else { matches!(cursor, Cursor::After(_)) };
        let next = if backwards { true } else { more };
        Self {
            previous: found.first().map(&id).filter(|_| previous),
            next: found.last().map(&id).filter(|_| next),
            rows: found,
            total,
        }
    }

    /// Takes the rows out, to be made into others, and leaves the page without them.
    pub fn split(self) -> (Vec<T>, Page<T>) {
        let Self { rows, total, previous, next } = self;
        (rows, Self { rows: Vec::new(), total, previous, next })
    }

    /// The same page with other rows.
    pub fn with<U>(self, rows: Vec<U>) -> Page<U> {
        Page { rows, total: self.total, previous: self.previous, next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(range: impl Iterator<Item = u128>) -> Vec<Uuid> {
        range.map(Uuid::from_u128).collect()
    }

    #[test]
    fn the_first_page_of_many_has_only_a_next() {
        let page = Page::cut(ids((74..=100).rev().take(26)), Cursor::First, 100, |id| *id);
        assert_eq!(page.rows.len(), 25);
        assert_eq!((page.previous, page.next), (None, Some(Uuid::from_u128(76))));
    }

    #[test]
    fn a_page_read_backwards_is_turned_round() {
        let page = Page::cut(ids(51..=76), Cursor::Before(Uuid::from_u128(50)), 100, |id| *id);
        assert_eq!(page.rows.first(), Some(&Uuid::from_u128(75)));
        assert_eq!(page.previous, Some(Uuid::from_u128(75)));
        assert_eq!(page.next, Some(Uuid::from_u128(51)));
    }

    #[test]
    fn the_last_page_has_only_a_previous() {
        let page = Page::cut(ids((1..=3).rev()), Cursor::After(Uuid::from_u128(4)), 100, |id| *id);
        assert_eq!((page.previous, page.next), (Some(Uuid::from_u128(3)), None));
    }

    #[test]
    fn an_empty_list_has_neither() {
        let page = Page::cut(Vec::<Uuid>::new(), Cursor::First, 0, |id| *id);
        assert_eq!((page.previous, page.next), (None, None));
    }
}
