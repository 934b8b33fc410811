//! What was done to an object: its part of the audit trail.

use leptos::prelude::*;
use muster::audit::{AuditRow, FactChange};

use super::{plain_table::plain_table, time::Time};

/// What was done to an object and by it.
pub fn record_table(rows: Vec<AuditRow>) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="sub">"Nothing has been recorded yet."</p> }.into_any();
    }
    plain_table(&["When", "What", "Who", "Address"], rows, entry)
}

/// What an entry tells beyond its action: what changed from what to what, or a phrase.
pub fn detail(detail: String, changes: Vec<FactChange>) -> Option<AnyView> {
    if changes.is_empty() {
        return (!detail.is_empty()).then(|| view! { <span class="second detail">{detail}</span> }.into_any());
    }
    let changes = changes.into_iter().map(change).collect_view();
    Some(view! { <ul class="changes">{changes}</ul> }.into_any())
}

fn entry(row: AuditRow) -> impl IntoView {
    let what = detail(row.detail, row.changes);
    view! {
        <tr>
            <td data-label="When">
                <Time at=row.at />
            </td>
            <td data-label="What">{row.action.label()} {what}</td>
            <td data-label="Who">{row.actor}</td>
            <td data-label="Address" class="mono muted">
                {row.address}
            </td>
        </tr>
    }
}

/// What changed from what to what, or what belongs to it.
fn change(FactChange { what, before, after }: FactChange) -> impl IntoView {
    let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
    let after = or_none(after);
    let after = match before {
        Some(before) => view! {
            <del>{or_none(before)}</del>
            <span aria-hidden="true">"→"</span>
            <ins>{after}</ins>
        }
        .into_any(),
        None => view! { <span class="fact">{after}</span> }.into_any(),
    };
    view! {
        <li>
            <span class="change-what">{what}</span>
            {after}
        </li>
    }
}
