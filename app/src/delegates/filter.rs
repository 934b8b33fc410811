//! Searching, filtering and sorting the list. Its state is the address; with scripts it applies while somebody types.

use leptos::prelude::*;
use muster::delegate::{DelegateFilter, DelegateType, Flag, Search, Sort};

use super::query::kind_word;
use crate::ui::href::at_scope;
use crate::ui::{choice::Choice, search::SearchField};

/// The form above the list.
#[component]
pub fn FilterBar(filter: DelegateFilter) -> impl IntoView {
    let problem = Search::parse(&filter.search).problem.map(|problem| problem.to_string());
    let flags = Flag::ALL.map(|flag| (flag.slug().to_owned(), flag.label()));
    let kinds = DelegateType::ALL.map(|kind| (kind_word(kind), kind.label()));
    // The order that a list has without being asked is the empty value, so that it leaves the address.
    let sorts = Sort::ALL.into_iter().skip(1).map(|sort| (sort.slug().to_owned(), sort_label(sort)));
    let sort = if filter.sort == Sort::default() { "" } else { filter.sort.slug() };
    view! {
        <form class="bar" method="get" action=at_scope("/delegates") role="search" data-auto="">
            <SearchField
                id="delegates-search"
                value=filter.search.clone()
                placeholder="Search, or profile:prod tag:edge is:outdated"
                described_by=problem.is_some().then_some("delegates-search-problem")
            />
            <Choice
                id="delegates-type"
                label="Type"
                name="type"
                none="Any"
                options=kinds.to_vec()
                chosen=filter.kind.map(kind_word).unwrap_or_default()
            />
            <Choice
                id="delegates-is"
                label="Issue"
                name="is"
                none="Any"
                options=flags.to_vec()
                chosen=filter.flag.map_or("", Flag::slug)
            />
            <Choice
                id="delegates-sort"
                label="Sort"
                name="sort"
                none=sort_label(Sort::default())
                options=sorts.collect()
                chosen=sort
            />
            {kept(filter)}
            <button type="submit" class="btn no-scripts">
                "Apply"
            </button>
            <p class="search-problem" id="delegates-search-problem" role="status">
                {problem}
            </p>
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

/// The filters that have no field here: the form sends them along.
fn kept(filter: DelegateFilter) -> impl IntoView {
    let tag = Some(filter.tag).filter(|tag| !tag.is_empty());
    let kept = [
        ("status", filter.status.map(|status| status.slug().to_owned())),
        ("profile", filter.profile.map(|id| id.to_string())),
        ("token", filter.token.map(|id| id.to_string())),
        ("tag", tag),
    ];
    let field = |(name, value): (&'static str, Option<String>)| {
        value.map(|value| view! { <input type="hidden" name=name value=value /> })
    };
    kept.into_iter().map(field).collect_view()
}
