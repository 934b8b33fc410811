//! The page with the list of delegates.

use leptos::prelude::*;
use muster::{
    delegate::{DelegateRow, Status, selected::MAX_SELECTED},
    page::Cursor,
};

use super::{
    api::{get_delegate, list_delegates},
    chips::Chips,
    filter::FilterBar,
    inherited::Inherited,
    query::{ListQuery, use_list_query},
    replicas::{Line, are_folded, fold, key, line},
    row::{row, sorting, table},
    selected::ACTS,
    tabs::StatusTabs,
};
use crate::{
    console::ask,
    error::ConsoleError,
    session::{ManagersOnly, Toast, may_manage},
    tokens::Floods,
    ui::{
        button::NavButton,
        empty::EmptyState,
        href::{Href, use_done},
        icon::Icon,
        list::{ListPage, Listed},
        menu::{Menu, MenuLink},
        pick::PickBar,
    },
};

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn DelegatesPage() -> impl IntoView {
    let query = use_list_query();
    let (for_rows, for_href, for_empty) = (query.clone(), query.clone(), query.clone());
    let whole = query.at(Cursor::First);
    let (csv, json) = (whole.href("/delegates/export.csv"), whole.href("/delegates/export.jsonl"));
    let actions = move || {
        view! {
            <Menu label="Export" face="Export" class="btn">
                <MenuLink to=csv label="As CSV" download=true />
                <MenuLink to=json label="As JSON Lines" download=true />
            </Menu>
            <ManagersOnly>
                <NavButton to=Href::new("/install") class="btn primary">
                    "Download Delegate"
                </NavButton>
            </ManagersOnly>
        }
    };
    let all = format!("All that match, up to {MAX_SELECTED}");
    let picked = query.deciding(None).list();
    let flooded = query.filter.status.is_none_or(|status| status == Status::PendingApproval);
    let flooded = flooded.then(|| view! { <Floods here=picked.clone() /> });
    view! {
        <ListPage
            title="Delegates"
            actions=actions
            page=listed(query.clone())
            table=table()
            topics="delegates heartbeats"
            nouns=["delegate", "delegates"]
            cursor=query.filter.cursor.clone()
            href=move |cursor| for_href.at(cursor).list()
            row=move |_, data| drawn(data, &for_rows)
            sorting=sorting(query.clone())
            frozen=query.decide.is_some()
            empty=Box::new(move |total, at_least| none(&for_empty, total, at_least))
        >
            <Toast otherwise="Processes in your own networks that registered here." />
            <Inherited />
            {flooded}
            <StatusTabs query=query.clone() />
            <FilterBar filter=query.filter.clone() />
            <Chips query=query />
        </ListPage>
        {may_manage().then(|| view! { <PickBar list=picked acts=ACTS all=all /> })}
    }
}

/// The page of the list that is asked for. The delegate whose decision is open stays in sight where it has left the list,
/// for example because somebody else decided on it.
async fn listed(query: ListQuery) -> Result<Listed<Line>, ConsoleError> {
    let (may, done) = (may_manage(), use_done());
    let page = list_delegates(query.filter.clone()).await?;
    let is_here = |id| page.rows.iter().any(|row| row.delegate.id == id);
    let left = match query.decide.filter(|id| may && !is_here(*id)) {
        // One that is deleted cannot be shown.
        Some(id) => get_delegate(id, Cursor::First).await.ok().map(|detail| row(detail.row, &query, true).into_any()),
        None => None,
    };
    let for_waiting = query.filter.clone();
    let waiting = ask(|console| async move { console.waiting_delegates(for_waiting).await }).await?;
    let lines = |rows| if are_folded(&query.filter) { fold(rows, done) } else { alone(rows) };
    Ok(Listed::from(page).with_first(waiting, key).map(lines, alone).with_left(left))
}

/// Each by itself.
fn alone(rows: Vec<DelegateRow>) -> Vec<Line> {
    rows.into_iter().map(Line::from).collect()
}

fn drawn(data: Line, query: &ListQuery) -> AnyView {
    match data {
        Line::One(data) => row(*data, query, false).into_any(),
        Line::Replicas(rows) => line(&rows, query).into_any(),
    }
}

/// Why there is nothing, and the one next step.
fn none(query: &ListQuery, total: u64, at_least: bool) -> AnyView {
    let clear = || {
        view! {
            <NavButton to=Href::new("/delegates") class="btn">
                "Clear filters"
            </NavButton>
        }
    };
    if total > 0 {
        let first = query.at(Cursor::First).list();
        view! {
            <EmptyState
                icon=Icon::Search
                title="This page is empty"
                text="The delegates that were here have moved to other pages."
            >
                <NavButton to=first class="btn">
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
                {clear()}
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
                {clear()}
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
                <ManagersOnly>
                    <NavButton to=Href::new("/install") class="btn primary">
                        "Download Delegate"
                    </NavButton>
                </ManagersOnly>
            </EmptyState>
        }
        .into_any()
    }
}
