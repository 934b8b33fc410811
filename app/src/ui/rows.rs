//! The rows of a live list: how new data is put into what somebody looks at.

use leptos::prelude::*;
use muster::page::Page;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A page of a list, and the query that it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing<Q, T> {
    /// What was asked for: a filter, a cursor.
    pub query: Q,
    /// What there is of it.
    pub page: Page<T>,
}

/// A row as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveRow<T> {
    /// The newest data that is known of it.
    pub data: T,
    /// Whether it has left the list and only keeps its place until nobody looks.
    pub gone: bool,
}

/// The rows that are shown, and the query that they answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<Q, T> {
    query: Q,
    pub(super) rows: Vec<LiveRow<T>>,
}

/// Puts new data into the rows that are shown. While the table is `frozen`, known rows keep their places, new ones come
/// last, and those that left stay, marked as gone; otherwise it becomes what it is.
fn merge<T: Clone>(shown: &[LiveRow<T>], fresh: &[T], key: impl Fn(&T) -> Uuid, frozen: bool) -> Vec<LiveRow<T>> {
    let here = |data: &T| LiveRow { data: data.clone(), gone: false };
    if !frozen {
        return fresh.iter().map(here).collect();
    }
    let kept = shown.iter().map(|row| {
        let now = fresh.iter().find(|data| key(data) == key(&row.data));
        now.map_or_else(|| LiveRow { data: row.data.clone(), gone: true }, here)
    });
    let is_new = |data: &&T| !shown.iter().any(|row| key(&row.data) == key(data));
    kept.chain(fresh.iter().filter(is_new).map(here)).collect()
}

/// Follows a listing, calmly while it is frozen. Another query is another list, of which nothing is kept.
pub(super) fn follow<Q, T>(
    listing: Signal<Listing<Q, T>>,
    key: fn(&T) -> Uuid,
    frozen: impl Fn() -> bool + Send + Sync + 'static,
) -> Memo<Rows<Q, T>>
where
    Q: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
{
    Memo::new(move |before: Option<&Rows<Q, T>>| {
        let frozen = frozen();
        listing.with(|listing| {
            let shown = before.filter(|before| before.query == listing.query).map_or(&[][..], |before| &before.rows);
            let frozen = frozen && !shown.is_empty();
            Rows { query: listing.query.clone(), rows: merge(shown, &listing.page.rows, key, frozen) }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (u128, char);

    fn key(row: &Row) -> Uuid {
        Uuid::from_u128(row.0)
    }

    fn shown(rows: &[(u128, char, bool)]) -> Vec<LiveRow<Row>> {
        rows.iter().map(|&(id, text, gone)| LiveRow { data: (id, text), gone }).collect()
    }

    #[test]
    fn a_list_that_nobody_is_at_becomes_what_it_is() {
        let before = shown(&[(2, 'a', false), (1, 'a', true)]);
        assert_eq!(merge(&before, &[(3, 'b'), (2, 'b')], key, false), shown(&[(3, 'b', false), (2, 'b', false)]));
    }

    #[test]
    fn while_frozen_rows_keep_their_places_and_change_in_place() {
        let before = shown(&[(5, 'a', false), (4, 'a', false), (3, 'a', false)]);
        let after = merge(&before, &[(7, 'b'), (6, 'b'), (5, 'b'), (3, 'b')], key, true);
        assert_eq!(after, shown(&[(5, 'b', false), (4, 'a', true), (3, 'b', false), (7, 'b', false), (6, 'b', false)]));
    }

    #[test]
    fn a_row_that_comes_back_is_not_gone_any_more() {
        let before = shown(&[(2, 'a', false), (1, 'a', true)]);
        assert_eq!(merge(&before, &[(2, 'b'), (1, 'b')], key, true), shown(&[(2, 'b', false), (1, 'b', false)]));
    }
}
