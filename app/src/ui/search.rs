//! Searching a list. What is searched for is in the address; with scripts it applies while somebody types.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::href::at_scope;
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
        <form class="bar" method="get" action=at_scope(action) role="search" data-auto="">
            <SearchField id="list-search" value=value placeholder=placeholder />
            <button type="submit" class="btn no-scripts">
                "Search"
            </button>
        </form>
    }
}

/// The field in such a form; the key `/` focuses it.
#[component]
pub fn SearchField(
    id: &'static str,
    /// What is searched for.
    value: String,
    /// What it looks in.
    placeholder: &'static str,
    /// The id of what is the matter with it, where something is.
    #[prop(default = None)]
    described_by: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div class="search">
            {Icon::Search.draw()}
            <label class="visually-hidden" for=id>
                "Search"
            </label>
            <input
                class="input"
                id=id
                type="search"
                name="q"
                value=value
                placeholder=placeholder
                aria-describedby=described_by
                autocomplete="off"
                spellcheck="false"
                aria-keyshortcuts="/"
                data-slash=""
            />
            <kbd class="needs-scripts" aria-hidden="true">
                "/"
            </kbd>
        </div>
    }
}
