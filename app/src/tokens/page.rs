//! The list of tokens.

use leptos::prelude::*;
use muster::{
    delegate::Status,
    id::TokenId,
    token::{TokenFilter, TokenRefusal, TokenRow, TokenSort, TokenStatus, listed_label},
};
use uuid::Uuid;

use super::{
    about::delegates_href,
    api::list_tokens,
    expiry::expiry_text,
    query::{TokenList, token_dialog, token_href, use_token_list},
    restrictions::used,
    rotation::rotation_href,
    status::TokenMark,
};
use crate::{
    scopes::place_badge,
    session::{ManagersOnly, Toast, may_manage},
    ui::{
        button::NavButton,
        empty::EmptyState,
        href::{Href, at_scope, use_just_done},
        icon::Icon,
        list::ListPage,
        live_table::{Column, TableSpec},
        menu::{Menu, MenuLink, Weight},
        middle::Middle,
        search::SearchField,
        time::Time,
    },
};

static TABLE: TableSpec<TokenRow> = TableSpec {
    class: "table tokens",
    columns: &[
        Column::Text("Name"),
        Column::Text("Created"),
        Column::Text("Expiry"),
        Column::Text("Last used"),
        Column::Number("Connected / all"),
        Column::Text("Status"),
        Column::Actions,
    ],
    key: |row| row.token.id.0,
};

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn TokensPage() -> impl IntoView {
    let list = use_token_list();
    let new = list.href("/tokens/new");
    let actions = move || {
        view! {
            <ManagersOnly>
                <NavButton to=new class="btn primary" keep_scroll=true>
                    "New Token"
                </NavButton>
            </ManagersOnly>
        }
    };
    let filter = list.0.clone();
    let TokenFilter { with_revoked, search, sort, cursor } = filter.clone();
    let (pages, rows) = (list.clone(), list);
    let searched = !search.is_empty();
    view! {
        <ListPage
            title="Tokens"
            actions=actions
            page=list_tokens(with_revoked, cursor.clone(), search, sort)
            table=&TABLE
            topics="tokens delegates heartbeats"
            nouns=["token", "tokens"]
            href=move |cursor| pages.at(cursor)
            cursor=cursor
            row=move |id, row| view! { <TokenLine id=id row=row list=rows.clone() /> }
            empty=Box::new(move |_, _| if searched { no_match().into_any() } else { view! { <NoTokens /> }.into_any() })
        >
            <Toast otherwise="Keys that delegates use to register and to prove who they are." />
            <TokenFilterBar filter=filter />
        </ListPage>
    }
}

/// Searching, sorting, and whether revoked ones are shown. Its state is the address.
#[component]
fn TokenFilterBar(filter: TokenFilter) -> impl IntoView {
    let by_expiry = filter.sort == TokenSort::Expiry;
    view! {
        <form class="bar" method="get" action=at_scope("/tokens") role="search" data-auto="">
            <SearchField id="tokens-search" value=filter.search placeholder="Search name" />
            <div class="labelled">
                <label for="tokens-sort">"Sort"</label>
                <span class="select">
                    <select class="input" id="tokens-sort" name="sort" autocomplete="off">
                        <option value="" selected=!by_expiry>
                            "Newest first"
                        </option>
                        <option value=TokenSort::Expiry.slug() selected=by_expiry>
                            "First to expire"
                        </option>
                    </select>
                </span>
            </div>
            <label class="check">
                <input type="checkbox" name="revoked" value="1" autocomplete="off" checked=filter.with_revoked />
                "Show revoked tokens"
            </label>
            <button type="submit" class="btn small no-scripts">
                "Apply"
            </button>
        </form>
    }
}

fn no_match() -> impl IntoView {
    view! {
        <EmptyState icon=Icon::Search title="No token matches" text="Search for another part of its name.">
            <p>
                <a class="link" href=at_scope("/tokens")>
                    "Show all tokens"
                </a>
            </p>
        </EmptyState>
    }
}

#[component]
fn TokenLine(id: Uuid, row: TokenRow, list: TokenList) -> impl IntoView {
    let expiry = expiry_text(&row);
    let menu = may_manage().then(|| row_menu(&row, list.list()));
    let used = used(&row).map(|used| view! { <span class="s">{used}</span> });
    // Whether it expires soon was judged when the row was read, which is whenever something changes.
    let TokenRow { token, status, connected, total, last_used, refusals, .. } = row;
    let name = token.name.to_string();
    let last_used = last_used.map_or_else(
        || view! { <span class="muted">"Never"</span> }.into_any(),
        |(at, by)| {
            view! {
                <Time at=at />
                <span class="second by">"by " <Middle text=by what="delegate name" tab_stop=false /></span>
            }
            .into_any()
        },
    );
    let progress = (token.rotation.is_some() && status != TokenStatus::Revoked).then(|| {
        view! {
            <a class="link second" href=rotation_href(token.id).to_string()>
                "Rotating"
                <span class="visually-hidden">{format!(": how far {name} is")}</span>
            </a>
        }
    });
    let requires_approval =
        token.requires_approval.then(|| view! { <span class="s">"Every new delegate waits"</span> });
    view! {
        <tr class="row" class:just-done=use_just_done(id) data-key=id.to_string()>
            <td class="main-cell" data-label="Name">
                <a class="t" href=token_href(token.id).in_scope(&token.scope).to_string()>
                    {name}
                </a>
                {place_badge(&token.scope)}
                {requires_approval}
                {used}
            </td>
            <td data-label="Created">
                <Time at=token.created_at />
                <span class="second by" title=token.created_by.clone()>{token.created_by.clone()}</span>
            </td>
            <td data-label="Expiry">{expiry}</td>
            <td data-label="Last used">{last_used}</td>
            <td data-label="Delegates" class="number">
                {count_links(token.id, connected, total)}
            </td>
            <td class="status-cell" data-label="Status">
                <TokenMark status=status />
                {progress}
                {refusals.into_iter().map(refused).collect_view()}
            </td>
            <td class="actions-cell">{menu}</td>
        </tr>
    }
}

/// How many of its delegates are connected, and how many there are: each leads to them.
fn count_links(id: TokenId, connected: u64, total: u64) -> impl IntoView {
    view! {
        <a
            class="narrows"
            href=delegates_href(id, Some(Status::Connected)).to_string()
            aria-label=format!("{} connected", listed_label(connected))
        >
            {listed_label(connected)}
        </a>
        " / "
        <a
            class="narrows"
            href=delegates_href(id, None).to_string()
            aria-label=format!("{} delegates", listed_label(total))
        >
            {listed_label(total)}
        </a>
    }
}

/// What can be done with a token.
fn row_menu(row: &TokenRow, list: Href) -> impl IntoView + use<> {
    let (id, name) = (row.token.id, row.token.name.to_string());
    let entry = move |(label, dialog, weight): (&'static str, &'static str, Weight)| {
        let to = token_dialog(id, dialog, &list);
        view! { <MenuLink to=to label=label weight=weight keep_scroll=true /> }
    };
    let entries = actions(row.status, row.token.expires_at.is_some(), row.token.rotation.is_some());
    view! { <Menu label=format!("Actions for {name}")>{entries.into_iter().map(entry).collect_view()}</Menu> }
}

/// What can be done with a token: the verb, and the dialog that asks for it.
fn actions(status: TokenStatus, expires: bool, rotating: bool) -> Vec<(&'static str, &'static str, Weight)> {
    let usable = status != TokenStatus::Revoked;
    let all = [
        (usable && !rotating, "Rotate", "rotate", Weight::Plain),
        (usable && expires, "Extend", "extend", Weight::Plain),
        (usable, "Edit", "edit", Weight::Plain),
        (usable, "Revoke", "revoke", Weight::Grave),
        (status != TokenStatus::Active, "Delete", "delete", Weight::Grave),
    ];
    all.into_iter().filter(|(possible, ..)| *possible).map(|(_, verb, dialog, weight)| (verb, dialog, weight)).collect()
}

/// Who was turned away with a token.
fn refused(one: TokenRefusal) -> impl IntoView {
    let who = if one.name.is_empty() { String::new() } else { format!(", called {}", one.name) };
    let why = format!("{} turned away: {}", one.count, one.reason);
    let title = format!("The last one came from {}{who}", one.address);
    view! {
        <span class="second alarm" title=title>
            {why}
            " · last "
            <Time at=one.last_at />
            " from "
            {one.address}
        </span>
    }
}

#[component]
fn NoTokens() -> impl IntoView {
    view! {
        <EmptyState
            icon=Icon::Tokens
            title="No tokens here"
            text="A delegate needs a token to register. Make one, or show the revoked tokens."
        >
            <ManagersOnly>
                <NavButton to=Href::new("/tokens/new") class="btn" keep_scroll=true>
                    "New Token"
                </NavButton>
            </ManagersOnly>
        </EmptyState>
    }
}
