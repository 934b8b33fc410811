//! What happened to a delegate: its connections, and its part of the audit trail.

use leptos::prelude::*;
use muster::{audit::AuditRow, delegate::ConnectionRow};

use crate::ui::{
    plain_table::plain_table,
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
                    {row.cause}
                </td>
            </tr>
        }
    })
}

/// What was done to it and by it.
pub fn audit(rows: Vec<AuditRow>) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="sub">"Nothing has been recorded yet."</p> }.into_any();
    }
    plain_table(&["When", "What", "Who", "Address"], rows, |row| {
        view! {
            <tr>
                <td data-label="When">
                    <Time at=row.at />
                </td>
                <td data-label="What">
                    {row.action.label()}
                    {(!row.detail.is_empty()).then(|| view! { <span class="second detail">{row.detail}</span> })}
                </td>
                <td data-label="Who">{row.actor}</td>
                <td data-label="Address" class="mono muted">
                    {row.address}
                </td>
            </tr>
        }
    })
}
