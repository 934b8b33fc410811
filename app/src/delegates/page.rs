//! The page with the list of delegates.

use leptos::prelude::*;

use super::{
    api::list_delegates,
    chips::Chips,
    filter::FilterBar,
    query::{ListQuery, use_list_query},
    row::{Row, TABLE, sorting},
};
use crate::{
    session::{IfManager, ManagersOnly, Toast},
    ui::{
        button::NavButton,
        empty::EmptyState,
        href::Href,
        icon::Icon,
        list::{ListPage, load_list},
        live::use_live,
    },
};
use muster::page::Cursor;

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn DelegatesPage() -> impl IntoView {
    let query = use_list_query();
    let filter = Memo::new(move |_| query.with(|query| query.filter.clone()));
    let live = use_live();
    let version = move || live.map(|live| (live.delegates.version(), live.heartbeats.version()));
    let delegates = load_list(filter, version, list_delegates);
    let actions = || {
        view! {
            <ManagersOnly>
                <NavButton to=Href::new("/install") class="btn primary">
                    "Download Delegate"
                </NavButton>
            </ManagersOnly>
        }
    };
    view! {
        <ListPage
            title="Delegates"
            actions=actions
            listing=delegates
            table=&TABLE
            nouns=["delegate", "delegates"]
            href=move |cursor| query.with(|query| query.at(cursor).list())
            row=move |id, row| view! { <Row id=id row=row query=query /> }
            sorting=sorting(query)
            frozen=Signal::derive(move || query.with(|query| query.decide.is_some()))
            empty=move |(total, at_least)| {
                view! { <NoDelegates query=query total=total at_least=at_least /> }.into_any()
            }
        >
            <Toast otherwise="Processes in your own networks that registered with this account." />
            <FilterBar query=query />
            <Chips query=query />
        </ListPage>
    }
}

/// Why there is nothing, and the one next step.
#[component]
fn NoDelegates(query: Memo<ListQuery>, total: u64, at_least: bool) -> impl IntoView {
    move || {
        let query = query.get();
        if total > 0 {
            view! {
                <EmptyState
                    icon=Icon::Search
                    title="This page is empty"
                    text="The delegates that were here have moved to other pages."
                >
                    <NavButton to=query.at(Cursor::First).list() class="btn">
                        "First page"
                    </NavButton>
                </EmptyState>
            }
            .into_any()
        } else if at_least {
            view! {
                <EmptyState
                    icon=Icon::Search
                    title="None found so far"
                    text="Of the delegates that were looked at, none fits this search and these filters. Next looks on; \
                    another filter finds them faster."
                >
                    <NavButton to=Href::new("/delegates") class="btn">
                        "Clear filters"
                    </NavButton>
                </EmptyState>
            }
            .into_any()
        } else if !query.is_unfiltered() {
            view! {
                <EmptyState
                    icon=Icon::Search
                    title="No delegate matches"
                    text="Nothing fits this search and these filters."
                >
                    <NavButton to=Href::new("/delegates") class="btn">
                        "Clear filters"
                    </NavButton>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState
                    icon=Icon::Delegates
                    title="No delegates yet"
                    text="A delegate is a process in your own network that works for Muster. Download one, start it, and \
                    it shows up here by itself."
                >
                    <IfManager>
                        <NavButton to=Href::new("/install") class="btn primary">
                            "Download Delegate"
                        </NavButton>
                    </IfManager>
                </EmptyState>
            }
            .into_any()
        }
    }
}
