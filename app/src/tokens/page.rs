//! The list of tokens.

use leptos::{prelude::*, web_sys};
use leptos_meta::Title;
use leptos_router::{NavigateOptions, components::Outlet, hooks::use_navigate};
use muster::{
    id::TokenId,
    page::Cursor,
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
        href::{Href, use_done},
        icon::Icon,
        live::use_live,
        load::{Asked, show},
        table::{Foot, Hold, Kept, Listing, body, follow},
        time::{Time, time_or},
    },
};

type Tokens = Listing<TokenList, TokenRow>;

fn key(row: &TokenRow) -> Uuid {
    row.token.id.0
}

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn TokensPage() -> impl IntoView {
    let list = use_token_list();
    let live = use_live();
    let version = move || live.map(|live| (live.tokens.version(), live.delegates.version()));
    let tokens = Asked::<Tokens>::new(
        move || (list.get(), version()),
        |(list, _)| async move { list_tokens(list.revoked, list.cursor).await.map(|page| Listing { list, page }) },
    );
    let new = Signal::derive(move || list.get().href("/tokens/new"));
    view! {
        <Title text="Tokens" />
        <div class="head">
            <h1>"Tokens"</h1>
            <div class="grow"></div>
            <ManagersOnly>
                <NavButton to=new class="btn primary" still=true>
                    "New Token"
                </NavButton>
            </ManagersOnly>
        </div>
        <Toast otherwise="Keys that delegates use to register and to prove who they are." />
        <RevokedFilter list=list />
        {show(tokens, move |tokens| view! { <TokenTable list=list tokens=tokens /> })}
        <Outlet />
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
fn TokenTable(list: Memo<TokenList>, tokens: Signal<Tokens>) -> impl IntoView {
    let hold = Hold::default();
    let shown = follow(tokens, key, Signal::derive(move || hold.held()));
    let may = may_manage();
    let done = use_done();
    let empty = Memo::new(move |_| shown.with(|shown| shown.rows.is_empty()));
    let page = move |to: fn(&Tokens) -> Option<Uuid>, cursor: fn(Uuid) -> Cursor| {
        Signal::derive(move || {
            let to = tokens.with(to);
            to.map(|id| TokenList { cursor: cursor(id), ..list.get() }.list())
        })
    };
    let count = Signal::derive(move || {
        u64::try_from(shown.with(|shown| shown.rows.iter().filter(|row| !row.gone).count())).unwrap_or_default()
    });
    view! {
        <div class="card">
            <table class="table tokens" class:hidden=move || empty.get()>
                <thead>
                    <tr>
                        <th>"Name"</th>
                        <th>"Created at"</th>
                        <th>"Created by"</th>
                        <th>"Expires"</th>
                        <th>"Last used"</th>
                        <th class="number">"Delegates"</th>
                        <th>"Status"</th>
                        <th>
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                {body(shown, key, hold, move |id, row| view! { <TokenLine id=id row=row list=list may=may done=done /> })}
            </table>
            {move || empty.get().then(|| view! { <NoTokens /> })}
        </div>
        <Foot
            shown=count
            total=Signal::derive(move || tokens.with(|tokens| tokens.page.total))
            nouns=["token", "tokens"]
            previous=page(|tokens| tokens.page.previous, Cursor::Before)
            next=page(|tokens| tokens.page.next, Cursor::After)
        />
    }
}

#[component]
fn TokenLine(
    id: Uuid,
    row: Signal<Kept<TokenRow>>,
    list: Memo<TokenList>,
    may: Signal<bool>,
    done: Memo<Option<Uuid>>,
) -> impl IntoView {
    let token = Signal::derive(move || row.with(|kept| kept.row.token.clone()));
    let status = Memo::new(move |_| row.with(|kept| kept.row.status));
    let name = move || token.with(|token| token.name.to_string());
    let last_used = move || {
        row.with(|kept| kept.row.last_used.clone()).map_or_else(
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
    let expires_soon = move || row.with(|kept| kept.row.expires_soon);
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
                <NavButton to=to class="btn small ghost" label=format!("{verb} {name}") still=true>
                    {verb}
                </NavButton>
            }
        };
        (may.get() && !row.with(|kept| kept.gone)).then(|| actions.iter().copied().map(button).collect_view())
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
        let refusals = row.with(|kept| kept.row.refusals.clone());
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
            class:gone=move || row.with(|kept| kept.gone)
            class:just-done=move || done.get() == Some(id)
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
                {move || row.with(|kept| kept.row.connected)}
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
        <div class="empty">
            <span class="empty-icon">{Icon::Tokens.draw()}</span>
            <p class="empty-title">"No tokens here"</p>
            <p>"A delegate needs a token to register. Make one, or show the revoked tokens."</p>
            <IfManager>
                <NavButton to=Href::new("/tokens/new") class="btn" still=true>
                    "New Token"
                </NavButton>
            </IfManager>
        </div>
    }
}
