//! The numbers of the first page: each leads to the list that it counts.

use leptos::prelude::*;
use muster::{delegate::Status, overview::Overview, page::count_label};

use crate::ui::href::Href;

/// One number.
struct Tile {
    label: &'static str,
    count: u64,
    /// What else is known of it; may be empty.
    beside: String,
    to: Href,
    /// How it looks where it is more than none.
    class: &'static str,
}

/// The numbers, those that somebody has to do something about first.
#[component]
pub fn Tiles(overview: Overview) -> impl IntoView {
    let tiles = tiles(&overview).into_iter().map(|Tile { label, count, beside, to, class }| {
        let class = if count > 0 { class } else { "" };
        view! {
            <li>
                <a class=format!("card tile {class}") href=to.to_string()>
                    <span>{label}</span>
                    <b translate="no">{count_label(count)}</b>
                    <span class="tile-beside" translate="no" title=beside.clone()>
                        {beside.clone()}
                    </span>
                </a>
            </li>
        }
    });
    view! {
        <ul class="tiles" aria-label="Delegates">
            {tiles.collect_view()}
        </ul>
    }
}

fn tiles(overview: &Overview) -> Vec<Tile> {
    let of = |status: Status| Href::new("/delegates").with("status", status.slug());
    let pending = overview.count(Status::PendingApproval);
    // Who fell silent while waiting is no news, and listed all the same.
    let silent = pending.saturating_sub(overview.waiting);
    let silent = if silent > 0 { format!("{} more are silent", count_label(silent)) } else { String::new() };
    let all: u64 = overview.counts.iter().map(|(_, count)| count).sum();
    let first = |named: &[muster::overview::Mention], total: u64| match named {
        [] => String::new(),
        [only] if total == 1 => only.name.clone(),
        [first, ..] => format!("{} and {} more", first.name, count_label(total - 1)),
    };
    vec![
        Tile {
            label: "Waiting for approval",
            count: overview.waiting,
            beside: silent,
            to: of(Status::PendingApproval),
            class: "wait",
        },
        Tile {
            label: "Connected",
            count: overview.count(Status::Connected),
            beside: format!("of {}", count_label(all)),
            to: of(Status::Connected),
            class: "",
        },
        Tile {
            label: "Lost in the last day",
            count: overview.lost.total,
            beside: first(&overview.lost.named, overview.lost.total),
            to: of(Status::NotConnected).with("sort", "heard"),
            class: "bad",
        },
        Tile {
            label: "Script failed lately",
            count: overview.failed.total,
            beside: first(&overview.failed.named, overview.failed.total),
            to: Href::new("/delegates").with("is", "script-failed"),
            class: "bad",
        },
        Tile {
            label: "Not connected",
            count: overview.count(Status::NotConnected),
            beside: String::new(),
            to: of(Status::NotConnected),
            class: "",
        },
        Tile {
            label: "Rejected",
            count: overview.count(Status::Rejected),
            beside: String::new(),
            to: of(Status::Rejected),
            class: "",
        },
    ]
}
