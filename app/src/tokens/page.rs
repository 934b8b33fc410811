//! The list of tokens.

use leptos::prelude::*;
use muster::{
    id::TokenId,
    page::count_label,
    token::{TokenRefusal, TokenRow, TokenStatus},
};
use uuid::Uuid;

use super::{
    api::list_tokens,
    query::{TokenList, use_token_list},
    rotation::rotation_href,
    status::TokenMark,
};
use crate::{
    session::{ManagersOnly, Toast, may_manage},
    ui::{
        button::NavButton,
        empty::EmptyState,
        href::{Href, use_just_done},
        icon::Icon,
        list::ListPage,
        live_table::{Column, TableSpec},
        time::{Time, time_or},
    },
};

static TABLE: TableSpec<TokenRow> = TableSpec {
    class: "table tokens",
    columns: &[
        Column::Text("Name"),
        Column::Text("Created at"),
        Column::Text("Created by"),
        Column::Text("Expires"),
        Column::Text("Last used"),
        Column::Number("Delegates"),
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
    let revoked = list.revoked;
    view! {
        <ListPage
            title="Tokens"
            actions=actions
            page=list_tokens(revoked, list.cursor.clone())
            table=&TABLE
            topics="tokens delegates heartbeats"
            nouns=["token", "tokens"]
            href=move |cursor| TokenList { revoked, cursor }.list()
            cursor=list.cursor.clone()
            row=move |id, row| view! { <TokenLine id=id row=row list=list.clone() /> }
            empty=Box::new(|_, _| view! { <NoTokens /> }.into_any())
        >
            <Toast otherwise="Keys that delegates use to register and to prove who they are." />
            <RevokedFilter revoked=revoked />
        </ListPage>
    }
}

#[component]
fn RevokedFilter(revoked: bool) -> impl IntoView {
    view! {
        <form class="bar" method="get" action="/tokens" data-auto="">
            <label class="check">
                <input type="checkbox" name="revoked" value="1" autocomplete="off" checked=revoked />
                "Show revoked tokens"
            </label>
            <button type="submit" class="btn small no-scripts">
                "Apply"
            </button>
        </form>
    }
}

#[component]
fn TokenLine(id: Uuid, row: TokenRow, list: TokenList) -> impl IntoView {
    // Whether it expires soon was judged when the row was read, which is whenever something changes.
    let TokenRow { token, status, connected, last_used, expires_soon, refusals } = row;
    let name = token.name.to_string();
    let rotating = token.rotation.is_some();
    let last_used = last_used.map_or_else(
        || view! { <span class="muted">"Never"</span> }.into_any(),
        |(at, by)| {
            view! {
                <Time at=at />
                <span class="second">"by " {by}</span>
            }
            .into_any()
        },
    );
    let progress = (rotating && status != TokenStatus::Revoked).then(|| {
        view! {
            <a class="link second" href=rotation_href(TokenId(id)).to_string()>
                "Rotating"
                <span class="visually-hidden">{format!(": how far {name} is")}</span>
            </a>
        }
    });
    let requires_approval =
        token.requires_approval.then(|| view! { <span class="s">"Every new delegate waits"</span> });
    let button = |&(verb, path): &(&'static str, &'static str)| {
        let to = list.href(format!("/tokens/{id}/{path}"));
        view! {
            <NavButton to=to class="btn small ghost" label=format!("{verb} {name}") keep_scroll=true>
                {verb}
            </NavButton>
        }
    };
    let actions = may_manage().then(|| actions(status, rotating).iter().map(button).collect_view());
    view! {
        <tr class="row" class:just-done=use_just_done(id) data-key=id.to_string()>
            <td class="main-cell" data-label="Name">
                <span class="t">{name.clone()}</span>
                {requires_approval}
            </td>
            <td data-label="Created at">
                <Time at=token.created_at />
            </td>
            <td data-label="Created by" class="muted">
                {token.created_by}
            </td>
            <td data-label="Expires" class:alarm=expires_soon>
                {time_or(token.expires_at, "Never")}
            </td>
            <td data-label="Last used">{last_used}</td>
            <td data-label="Delegates" class="number">
                {count_label(connected)}
            </td>
            <td class="status-cell" data-label="Status">
                <TokenMark status=status />
                {progress}
                {refusals.into_iter().map(refused).collect_view()}
            </td>
            <td class="actions-cell">{actions}</td>
        </tr>
    }
}

/// What can be done with a token: the verb, and the page that asks for it.
const fn actions(status: TokenStatus, rotating: bool) -> &'static [(&'static str, &'static str)] {
    match (status, rotating) {
        (TokenStatus::Active, false) => &[("Rotate", "rotate"), ("Revoke", "revoke")],
        (TokenStatus::Active, true) => &[("Revoke", "revoke")],
        // Its delegates need the guided way most once it has expired.
        (TokenStatus::Expired, false) => &[("Rotate", "rotate"), ("Delete", "delete")],
        (TokenStatus::Revoked, _) | (TokenStatus::Expired, true) => &[("Delete", "delete")],
    }
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
