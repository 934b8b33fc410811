//! What happened to a delegate: its connections, and its part of the audit trail.

use leptos::prelude::*;

use crate::ui::time::{Time, time_or};
use muster::{audit::AuditRow, delegate::ConnectionRow};

/// When it was connected, and why that ended.
pub fn connections(rows: Vec<ConnectionRow>) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="sub">"It has not been connected yet."</p> }.into_any();
    }
    view! {
        <div class="card">
            <table class="table plain">
                <thead>
                    <tr>
                        <th>"Connected"</th>
                        <th>"Until"</th>
                        <th>"Why it ended"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .into_iter()
                        .map(|row| {
                            view! {
                                <tr>
                                    <td data-label="Connected">
                                        <Time at=row.connected_at />
                                    </td>
                                    <td data-label="Until">{time_or(Signal::stored(row.lost_at), "now")}</td>
                                    <td data-label="Why it ended" class="muted">
                                        {row.cause}
                                    </td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// What was done to it and by it.
pub fn audit(rows: Vec<AuditRow>) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="sub">"Nothing has been recorded yet."</p> }.into_any();
    }
    view! {
        <div class="card">
            <table class="table plain">
                <thead>
                    <tr>
                        <th>"When"</th>
                        <th>"What"</th>
                        <th>"Who"</th>
                        <th>"Address"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .into_iter()
                        .map(|row| {
                            view! {
                                <tr>
                                    <td data-label="When">
                                        <Time at=row.at />
                                    </td>
                                    <td data-label="What">
                                        {row.action.label()}
                                        {(!row.detail.is_empty())
                                            .then(|| view! { <span class="second detail">{row.detail.clone()}</span> })}
                                    </td>
                                    <td data-label="Who">{row.actor}</td>
                                    <td data-label="Address" class="mono muted">
                                        {row.address}
                                    </td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}
