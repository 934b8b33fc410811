//! What was done to a profile.

use leptos::prelude::*;
use muster::page::Cursor;

use super::{
    api::get_record,
    frame::{Part, profile_page},
};
use crate::ui::{
    live::Follows,
    load::render,
    pagination::{Pagination, use_cursor, with_cursor},
    record::record_table,
};

/// The page.
#[component]
pub fn ProfileRecordPage() -> impl IntoView {
    let cursor = use_cursor();
    view! {
        <Follows topics="profiles" />
        {profile_page(Part::Record, move |detail| {
            let id = detail.row.profile.id;
            render(get_record(id, cursor), move |page| {
                let to = |cursor| with_cursor(Part::Record.href(id), &cursor);
                let shown = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
                let total = (page.total, page.count_label());
                view! {
                    {record_table(page.rows)}
                    <Pagination
                        shown=shown
                        total=total
                        nouns=["entry", "entries"]
                        previous=page.previous.map(|mark| to(Cursor::Before(mark)))
                        next=page.next.map(|mark| to(Cursor::After(mark)))
                    />
                }
            })
        })}
    }
}
