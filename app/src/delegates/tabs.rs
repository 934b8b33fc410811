//! The tabs above the list: how many delegates there are of each status, first of those that wait for a person.

use leptos::prelude::*;
use muster::delegate::{Status, StatusCount};

use super::{api::count_delegates, query::ListQuery};
use crate::ui::{
    load::render_or,
    tabs::{Tab, Tabs},
};

/// What a list without a filter of status leaves out is said by its name.
const STANDING: &str = "All but rejected";

/// The tabs. They keep the other filters, and count what is under those.
#[component]
pub fn StatusTabs(query: ListQuery) -> impl IntoView {
    let counts = count_delegates(query.filter.clone());
    let tabs = move |counts: Vec<StatusCount>| {
        let tabs = ordered(counts).into_iter().map(|count| tab(&query, count)).collect();
        view! { <Tabs label="Status" tabs=tabs /> }
    };
    // Where they cannot be counted, the list below says what is the matter.
    render_or(counts, |_| ().into_any(), tabs)
}

/// What waits comes first.
fn ordered(counts: Vec<StatusCount>) -> Vec<StatusCount> {
    let (waiting, others): (Vec<_>, Vec<_>) = counts.into_iter().partition(waits);
    waiting.into_iter().chain(others).collect()
}

fn waits(count: &StatusCount) -> bool {
    count.status == Some(Status::PendingApproval)
}

fn tab(query: &ListQuery, count: StatusCount) -> Tab {
    let label = match count.status {
        None => STANDING,
        Some(Status::PendingApproval) => "Pending",
        Some(status) => status.label(),
    };
    Tab {
        label,
        to: query.with(|filter| filter.status = count.status).list(),
        current: query.filter.status == count.status,
        wanted: waits(&count) && count.count > 0,
        count: Some(count.label),
    }
}
