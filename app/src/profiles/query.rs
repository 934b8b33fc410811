//! What the address of the list of profiles says.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use muster::page::Cursor;

use crate::ui::{
    href::Href,
    table::{cursor_of, with_cursor},
};

/// Which page of the list the address means.
pub fn use_cursor() -> Memo<Cursor> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| cursor_of(query.get_str("after"), query.get_str("before"))))
}

/// A page on top of the list, or the list itself.
#[must_use]
pub fn href(path: impl Into<String>, cursor: Cursor) -> Href {
    with_cursor(Href::new(path), cursor)
}
