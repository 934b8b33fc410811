//! Searching, filtering and sorting the list. Its state is the address; with scripts it applies while somebody types.

use std::time::Duration;

use leptos::{html, prelude::*, web_sys};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use muster::delegate::{DelegateFilter, DelegateType, Sort, Status};

use super::query::{ListQuery, kind_from_word, kind_word};
use crate::ui::{icon::Icon, keyboard::focus_on_slash};

/// How long to wait for the next key.
const PAUSE: Duration = Duration::from_millis(250);

/// The fields of the form.
#[derive(Clone, Copy)]
struct Fields {
    search: NodeRef<html::Input>,
    status: NodeRef<html::Select>,
    kind: NodeRef<html::Select>,
    sort: NodeRef<html::Select>,
}

impl Fields {
    fn new() -> Self {
        Self { search: NodeRef::new(), status: NodeRef::new(), kind: NodeRef::new(), sort: NodeRef::new() }
    }

    /// The list as the fields say; none where they are not there yet.
    fn read(self, shown: &ListQuery) -> Option<ListQuery> {
        let search = self.search.get_untracked()?.value();
        let choice = |field: NodeRef<html::Select>| field.get_untracked().map(|field| field.value());
        let (status, kind, sort) = (choice(self.status)?, choice(self.kind)?, choice(self.sort)?);
        Some(shown.with(|filter| {
            search.trim().clone_into(&mut filter.search);
            filter.status = Status::from_slug(&status);
            filter.kind = kind_from_word(&kind);
            filter.sort = Sort::from_slug(&sort).unwrap_or_default();
        }))
    }
}

/// The form above the list.
#[component]
pub fn FilterBar(query: Memo<ListQuery>) -> impl IntoView {
    let fields = Fields::new();
    let navigate = use_navigate();
    let apply = move || {
        let shown = query.get_untracked();
        let Some(wanted) = fields.read(&shown) else { return };
        // Another page of the same list is no other list.
        if wanted != shown.at(wanted.filter.cursor.clone()) {
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
    let apply_now = Callback::new({
        let apply = apply.clone();
        move |()| apply()
    });
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        apply();
    };
    focus_on_slash(fields.search);
    follow_address(query, fields);
    let first = query.get_untracked().filter;
    let statuses = Status::ALL.map(|status| (status.slug().to_owned(), status.label()));
    let kinds = DelegateType::ALL.map(|kind| (kind_word(kind), kind.label()));
    let sorts = Sort::ALL.into_iter().skip(1).map(|sort| (sort.slug().to_owned(), sort_label(sort)));
    let (status, kind, sort) = choices(&first);
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
                    node_ref=fields.search
                    on:input=apply_later
                />
                <kbd class="needs-scripts" aria-hidden="true">
                    "/"
                </kbd>
            </div>
            <Choice
                label="Status"
                name="status"
                none="Any"
                options=statuses.to_vec()
                chosen=status
                field=fields.status
                on_change=apply_now
            />
            <Choice
                label="Type"
                name="type"
                none="Any"
                options=kinds.to_vec()
                chosen=kind
                field=fields.kind
                on_change=apply_now
            />
            <Choice
                label="Sort"
                name="sort"
                none=sort_label(Sort::default())
                options=sorts.collect()
                chosen=sort
                field=fields.sort
                on_change=apply_now
            />
            <Kept query=query />
            <button type="submit" class="btn no-scripts">
                "Apply"
            </button>
        </form>
    }
}

/// What an order is called.
const fn sort_label(sort: Sort) -> &'static str {
    match sort {
        Sort::Newest => "Newest first",
        Sort::Name => "Name, A to Z",
        Sort::NameBackwards => "Name, Z to A",
        Sort::Heard => "Heard of last",
        Sort::Silent => "Silent for longest",
    }
}

/// What the three fields of a choice hold.
fn choices(filter: &DelegateFilter) -> (String, String, String) {
    let sort = if filter.sort == Sort::default() { "" } else { filter.sort.slug() };
    (filter.status.map_or("", Status::slug).to_owned(), filter.kind.map(kind_word).unwrap_or_default(), sort.to_owned())
}

/// A field in which one of several is chosen, or none.
#[component]
fn Choice(
    label: &'static str,
    name: &'static str,
    /// What it is called to choose none.
    none: &'static str,
    options: Vec<(String, &'static str)>,
    chosen: String,
    field: NodeRef<html::Select>,
    on_change: Callback<()>,
) -> impl IntoView {
    let id = format!("delegates-{name}");
    let option = |(word, label): (String, &'static str)| {
        let selected = word == chosen;
        view! {
            <option value=word selected=selected>
                {label}
            </option>
        }
    };
    view! {
        <div class="labelled">
            <label for=id.clone()>{label}</label>
            <span class="select">
                <select
                    class="input"
                    id=id
                    name=name
                    autocomplete="off"
                    node_ref=field
                    on:change=move |_| on_change.run(())
                >
                    {std::iter::once((String::new(), none)).chain(options).map(option).collect_view()}
                </select>
            </span>
        </div>
    }
}

/// The filters that have no field here: a form sends them along, where it is sent without scripts.
#[component]
fn Kept(query: Memo<ListQuery>) -> impl IntoView {
    move || {
        let filter = query.with(|query| query.filter.clone());
        let tag = Some(filter.tag).filter(|tag| !tag.is_empty());
        let kept = [
            ("profile", filter.profile.map(|id| id.to_string())),
            ("token", filter.token.map(|id| id.to_string())),
            ("tag", tag),
        ];
        let field = |(name, value): (&'static str, Option<String>)| {
            value.map(|value| view! { <input type="hidden" name=name value=value /> })
        };
        kept.into_iter().map(field).collect_view()
    }
}

/// The fields follow the address where it changed otherwise, for example by the browser's Back; never under a
/// person's typing.
fn follow_address(query: Memo<ListQuery>, fields: Fields) {
    Effect::new(move |_| {
        let filter = query.with(|query| query.filter.clone());
        if let Some(search) = fields.search.get() {
            let active = document().active_element();
            let types = active.is_some_and(|active| active.id() == search.id());
            if !types && search.value().trim() != filter.search {
                search.set_value(&filter.search);
            }
        }
        let (status, kind, sort) = choices(&filter);
        for (field, choice) in [(fields.status, status), (fields.kind, kind), (fields.sort, sort)] {
            if let Some(field) = field.get()
                && field.value() != choice
            {
                field.set_value(&choice);
            }
        }
    });
}
