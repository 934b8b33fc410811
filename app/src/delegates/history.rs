//! What happened to a delegate: its connections.

use leptos::prelude::*;
use muster::delegate::ConnectionRow;

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
