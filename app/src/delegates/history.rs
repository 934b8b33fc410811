//! What happened to a delegate: its connections.

use leptos::prelude::*;
use muster::{audit::AuditRow, delegate::ConnectionRow, id::DelegateId, page::Page};

use super::query::{ListQuery, RECORD_AFTER, RECORD_BEFORE};

use crate::ui::{
    href::Href,
    plain_table::plain_table,
    record::record_table,
    time::{Time, time_or},
};

/// When it was connected, and why that ended.
pub fn connections(rows: Vec<ConnectionRow>) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="sub">"It has not been connected yet."</p> }.into_any();
    }
    plain_table(&["Connected", "Until", "Why it ended"], rows, |row| {
        view! {
            <tr>
                <td data-label="Connected">
                    <Time at=row.connected_at />
                </td>
                <td data-label="Until">{time_or(row.lost_at, "now")}</td>
                <td data-label="Why it ended" class="muted">
                    {if row.cause.is_empty() { "–".to_owned() } else { row.cause }}
                </td>
            </tr>
        }
    })
}

/// What was done to a delegate and by it: one page of its record.
pub fn record(page: &Page<AuditRow>, id: DelegateId, query: &ListQuery) -> impl IntoView + use<> {
    let newer = page.previous.as_ref().map(|mark| query.record(id, (RECORD_BEFORE, Some(mark))));
    let older = page.next.as_ref().map(|mark| query.record(id, (RECORD_AFTER, Some(mark))));
    let way = |to: Href, text: &'static str| {
        view! {
            <a class="btn small" href=format!("{to}#record") data-noscroll="">
                {text}
            </a>
        }
    };
    view! {
        {record_table(page.rows.clone())}
        {(newer.is_some() || older.is_some()).then(|| view! {
            <nav class="record-pages" aria-label="Record">
                {newer.map(|to| way(to, "Newer"))}
                {older.map(|to| way(to, "Older"))}
            </nav>
        })}
    }
}
