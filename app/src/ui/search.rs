//! Searching a list. What is searched for is in the address; with scripts it applies while somebody types.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::icon::Icon;

/// What a list is searched for: parameter `q` of the address.
#[must_use]
pub fn use_search() -> String {
    use_query_map().with_untracked(|query| query.get_str("q").unwrap_or_default().trim().to_owned())
}

/// The form above a list.
#[component]
pub fn SearchBar(
    /// The list.
    action: &'static str,
    /// What is searched for.
    value: String,
    /// What it looks in.
    placeholder: &'static str,
) -> impl IntoView {
    view! {
        <form class="bar" method="get" action=action role="search" data-auto="">
            <div class="search">
                {Icon::Search.draw()}
                <label class="visually-hidden" for="list-search">
                    "Search"
                </label>
                <input
                    class="input"
                    id="list-search"
                    type="search"
                    name="q"
                    value=value
                    placeholder=placeholder
                    autocomplete="off"
                    spellcheck="false"
                    aria-keyshortcuts="/"
                    data-slash=""
                />
                <kbd class="needs-scripts" aria-hidden="true">
                    "/"
                </kbd>
            </div>
            <button type="submit" class="btn no-scripts">
                "Search"
            </button>
        </form>
    }
}
