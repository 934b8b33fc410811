//! What was done to an object: its part of the audit trail.

use leptos::prelude::*;
use muster::audit::AuditRow;

use super::{plain_table::plain_table, time::Time};

/// What was done to an object and by it.
pub fn record_table(rows: Vec<AuditRow>) -> AnyView {
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
