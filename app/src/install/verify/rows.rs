//! The delegates that arrived.

use leptos::prelude::*;
use muster::delegate::{DelegateRow, Status};

use crate::{
    delegates::{DelegateStatus, query::detail_href},
    ui::time::Time,
};

/// Delegates, with their pages.
#[component]
pub fn Rows(rows: Vec<DelegateRow>) -> impl IntoView {
    view! {
        <ul class="used">
            {rows
                .into_iter()
                .map(|row| {
                    let heard = row.delegate.last_heartbeat_at;
                    let silent = row.status != Status::Connected;
                    view! {
                        <li>
                            <span>
                                <a class="t" href=detail_href(row.delegate.id).to_string()>
                                    {row.delegate.facts.name.to_string()}
                                </a>
                                <span class="s">{row.delegate.facts.host_name.to_string()}</span>
                            </span>
                            <span class="used-state">
                                <DelegateStatus status=row.status />
                                {silent.then(|| view! { <span class="second">"seen " <Time at=heard /></span> })}
                            </span>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}
