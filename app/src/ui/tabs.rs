//! Tabs that are links: each leads to the same list or page with another part of it in sight.

use leptos::prelude::*;

use super::href::Href;

/// One tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// What it shows.
    pub label: &'static str,
    /// How many there are of it, as [`muster::page::count_label`] writes it; none where nobody counted.
    pub count: Option<String>,
    /// Where it leads.
    pub to: Href,
    /// Whether it is the one that is shown.
    pub current: bool,
    /// Whether somebody is wanted there.
    pub wanted: bool,
}

/// A row of tabs.
#[component]
pub fn Tabs(
    /// What they are, for those who do not see them.
    label: &'static str,
    tabs: Vec<Tab>,
) -> impl IntoView {
    view! {
        <nav class="count-tabs" aria-label=label>
            {tabs.into_iter().map(tab).collect_view()}
        </nav>
    }
}

fn tab(Tab { label, count, to, current, wanted }: Tab) -> impl IntoView {
    view! {
        <a href=to.to_string() class:wanted=wanted aria-current=current.then_some("page") data-noscroll="">
            {label}
            {count.map(|count| view! { <b translate="no">{format!(" {count}")}</b> })}
        </a>
    }
}
