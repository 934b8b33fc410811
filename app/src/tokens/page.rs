//! The list of tokens.

use leptos::{prelude::*, web_sys};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use muster::{
    id::TokenId,
    page::{Cursor, count_label},
    token::{TokenRow, TokenStatus},
};
use uuid::Uuid;

use super::{
    api::list_tokens,
    query::{TokenList, use_token_list},
    rotation::rotation_href,
    status::TokenMark,
};
use crate::{
    session::{IfManager, ManagersOnly, Toast, may_manage},
    ui::{
        button::NavButton,
        empty::EmptyState,
        href::{Href, use_just_done},
        icon::Icon,
        list::{ListPage, load_list},
        live::use_live,
        live_table::{Column, TableSpec},
        rows::LiveRow,
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
    let live = use_live();
    let version = move || live.map(|live| (live.tokens.version(), live.delegates.version(), live.heartbeats.version()));
    let tokens = load_list(list, version, |list: TokenList| list_tokens(list.revoked, list.cursor));
    let new = Signal::derive(move || list.get().href("/tokens/new"));
    let actions = move || {
        view! {
            <ManagersOnly>
                <NavButton to=new class="btn primary" keep_scroll=true>
                    "New Token"
                </NavButton>
            </ManagersOnly>
        }
    };
    view! {
        <ListPage
            title="Tokens"
            actions=actions
            listing=tokens
            table=&TABLE
            nouns=["token", "tokens"]
            href=move |cursor| TokenList { cursor, ..list.get() }.list()
            row=move |id, row| view! { <TokenLine id=id row=row list=list /> }
            empty=|_| view! { <NoTokens /> }.into_any()
        >
            <Toast otherwise="Keys that delegates use to register and to prove who they are." />
            <RevokedFilter list=list />
        </ListPage>
    }
}

#[component]
fn RevokedFilter(list: Memo<TokenList>) -> impl IntoView {
    let navigate = use_navigate();
    let apply = move |revoked| {
        let to = TokenList { revoked, cursor: Cursor::First }.list();
        navigate(&to.to_string(), NavigateOptions { scroll: false, ..NavigateOptions::default() });
    };
    let on_change = {
        let apply = apply.clone();
        move |event: web_sys::Event| apply(event_target_checked(&event))
    };
    view! {
        <form
            class="bar"
            method="get"
            action="/tokens"
            on:submit=move |event| {
                event.prevent_default();
                apply(list.get_untracked().revoked);
            }
        >
            <label class="check">
                <input
                    type="checkbox"
                    name="revoked"
                    value="1"
                    autocomplete="off"
                    checked=list.get_untracked().revoked
                    prop:checked=move || list.get().revoked
                    on:change=on_change
                />
                "Show revoked tokens"
            </label>
            <button type="submit" class="btn small no-scripts">
                "Apply"
            </button>
        </form>
    }
}

#[component]
fn TokenLine(id: Uuid, row: Signal<LiveRow<TokenRow>>, list: Memo<TokenList>) -> impl IntoView {
    let may = may_manage();
    let just_done = use_just_done(id);
    let token = Signal::derive(move || row.with(|row| row.data.token.clone()));
    let status = Memo::new(move |_| row.with(|row| row.data.status));
    let name = move || token.with(|token| token.name.to_string());
    let last_used = move || {
        row.with(|row| row.data.last_used.clone()).map_or_else(
            || view! { <span class="muted">"Never"</span> }.into_any(),
            |(at, by)| {
                view! {
                    <Time at=at />
                    <span class="second">"by " {by}</span>
                }
                .into_any()
            },
        )
    };
    // Judged when the row was last read: it is read anew whenever something changes, and on each visit.
    let expires_soon = move || row.with(|row| row.data.expires_soon);
    let rotating = Memo::new(move |_| token.with(|token| token.rotation.is_some()));
    let actions = move || {
        let actions: &[(&'static str, &'static str)] = match (status.get(), rotating.get()) {
            (TokenStatus::Active, false) => &[("Rotate", "rotate"), ("Revoke", "revoke")],
            (TokenStatus::Active, true) => &[("Revoke", "revoke")],
            // Its delegates need the guided way most once it has expired.
            (TokenStatus::Expired, false) => &[("Rotate", "rotate"), ("Delete", "delete")],
            (TokenStatus::Revoked, _) | (TokenStatus::Expired, true) => &[("Delete", "delete")],
        };
        let name = name();
        let button = |(verb, path): (&'static str, &'static str)| {
            let to = Signal::derive(move || list.get().href(format!("/tokens/{id}/{path}")));
            view! {
                <NavButton to=to class="btn small ghost" label=format!("{verb} {name}") keep_scroll=true>
                    {verb}
                </NavButton>
            }
        };
        (may.get() && !row.with(|row| row.gone)).then(|| actions.iter().copied().map(button).collect_view())
    };
    let progress = move || {
        (rotating.get() && status.get() != TokenStatus::Revoked).then(|| {
            view! {
                <a class="link second" href=rotation_href(TokenId(id)).to_string()>
                    "Rotating"
                    <span class="visually-hidden">{format!(": how far {} is", name())}</span>
                </a>
            }
        })
    };
    let refusals = move || {
        let refusals = row.with(|row| row.data.refusals.clone());
        refusals
            .into_iter()
            .map(|one| {
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
            })
            .collect_view()
    };
    let requires_approval = move || {
        token.with(|token| token.requires_approval).then(|| view! { <span class="s">"Every new delegate waits"</span> })
    };
    view! {
        <tr
            class="row"
            class:gone=move || row.with(|row| row.gone)
            class:just-done=just_done
        >
            <td class="main-cell" data-label="Name">
                <span class="t">{name}</span>
                {requires_approval}
            </td>
            <td data-label="Created at">
                <Time at=Signal::derive(move || token.with(|token| token.created_at)) />
            </td>
            <td data-label="Created by" class="muted">
                {move || token.with(|token| token.created_by.clone())}
            </td>
            <td data-label="Expires" class:alarm=expires_soon>
                {time_or(Signal::derive(move || token.with(|token| token.expires_at)), "Never")}
            </td>
            <td data-label="Last used">{last_used}</td>
            <td data-label="Delegates" class="number">
                {move || row.with(|row| count_label(row.data.connected))}
            </td>
            <td class="status-cell" data-label="Status">
                <TokenMark status=status />
                {progress}
                {refusals}
            </td>
            <td class="actions-cell">{actions}</td>
        </tr>
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
            <IfManager>
                <NavButton to=Href::new("/tokens/new") class="btn" keep_scroll=true>
                    "New Token"
                </NavButton>
            </IfManager>
        </EmptyState>
    }
}
