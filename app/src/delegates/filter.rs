//! Searching and filtering the list. Its state is the address; with scripts it applies while somebody types.

use std::time::Duration;

use leptos::{prelude::*, web_sys};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use muster::delegate::Status;

use super::query::ListQuery;
use crate::ui::{icon::Icon, keyboard::focus_on_slash};

/// How long to wait for the next key.
const PAUSE: Duration = Duration::from_millis(250);

/// The form above the list.
#[component]
pub fn FilterBar(query: Memo<ListQuery>) -> impl IntoView {
    let search = NodeRef::<leptos::html::Input>::new();
    let status = NodeRef::<leptos::html::Select>::new();
    let navigate = use_navigate();
    let apply = move || {
        let (Some(search), Some(status)) = (search.get_untracked(), status.get_untracked()) else { return };
        let wanted = ListQuery::filtered(&search.value(), Status::from_slug(&status.value()));
        let shown = query.with_untracked(|query| query.filter.clone());
        if (&wanted.filter.search, wanted.filter.status) != (&shown.search, shown.status) {
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&wanted.list().to_string(), options);
        }
    };
    let later = StoredValue::new(None::<TimeoutHandle>);
    on_cleanup(move || {
        if let Some(Some(waiting)) = later.try_get_value() {
            waiting.clear();
        }
    });
    let apply_later = {
        let apply = apply.clone();
        move |_| {
            if let Some(waiting) = later.get_value() {
                waiting.clear();
            }
            later.set_value(set_timeout_with_handle(apply.clone(), PAUSE).ok());
        }
    };
    let apply_now = apply.clone();
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        apply();
    };
    focus_on_slash(search);
    follow_address(query, search, status);
    let first = query.get_untracked().filter;
    let options = std::iter::once((String::new(), "Any"))
        .chain(Status::ALL.into_iter().map(|status| (status.slug().to_owned(), status.label())));
    let chosen = first.status.map_or("", Status::slug);
    view! {
        <form class="bar" method="get" action="/delegates" role="search" on:submit=on_submit>
            <div class="search">
                {Icon::Search.draw()}
                <label class="visually-hidden" for="delegates-search">
                    "Search"
                </label>
                <input
                    class="input"
                    id="delegates-search"
                    type="search"
                    name="q"
                    value=first.search
                    placeholder="Search name, host, address or tag"
                    autocomplete="off"
                    spellcheck="false"
                    aria-keyshortcuts="/"
                    node_ref=search
                    on:input=apply_later
                />
                <kbd class="needs-scripts" aria-hidden="true">
                    "/"
                </kbd>
            </div>
            <div class="labelled">
                <label for="delegates-status">"Status"</label>
                <span class="select">
                    <select
                        class="input"
                        id="delegates-status"
                        name="status"
                        autocomplete="off"
                        node_ref=status
                        on:change=move |_| apply_now()
                    >
                        {options
                            .map(|(slug, label)| {
                                let selected = slug == chosen;
                                view! {
                                    <option value=slug selected=selected>
                                        {label}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                </span>
            </div>
            <button type="submit" class="btn no-scripts">
                "Apply"
            </button>
        </form>
    }
}

/// The fields follow the address where it changed otherwise, for example by the browser's Back; never under a
/// person's typing.
fn follow_address(query: Memo<ListQuery>, search: NodeRef<leptos::html::Input>, status: NodeRef<leptos::html::Select>) {
    Effect::new(move |_| {
        let filter = query.with(|query| query.filter.clone());
        if let Some(search) = search.get() {
            let active = document().active_element();
            let types = active.is_some_and(|active| active.id() == search.id());
            if !types && search.value().trim() != filter.search {
                search.set_value(&filter.search);
            }
        }
        if let Some(status) = status.get() {
            let slug = filter.status.map_or("", Status::slug);
            if status.value() != slug {
                status.set_value(slug);
            }
        }
    });
}
