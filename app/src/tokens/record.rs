//! What was done to a token and with it, page by page.

use leptos::prelude::*;
use muster::{
    audit::AuditRow,
    id::TokenId,
    page::{Cursor, Page},
};

use super::query::token_href;
use crate::ui::{
    pagination::{Pagination, with_cursor},
    record::record_table,
};

/// A page of the record, and the way to the others.
pub fn record(id: TokenId, page: Page<AuditRow>) -> impl IntoView {
    let href = |cursor| with_cursor(token_href(id), &cursor);
    let total = (page.total, page.count_label());
    let shown = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
    let (previous, next) = (page.previous.map(Cursor::Before), page.next.map(Cursor::After));
    let has_pages = previous.is_some() || next.is_some();
    view! {
        {record_table(page.rows)}
        {has_pages.then(|| {
            view! {
                <Pagination
                    shown=shown
                    total=total
                    nouns=["entry", "entries"]
                    previous=previous.map(href)
                    next=next.map(href)
                />
            }
        })}
    }
}
