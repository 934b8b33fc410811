//! The page about a rotation: which delegates have gone over to the new token, what to do for the others, and when the
//! old token can be revoked.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Outlet, hooks::use_params_map};
use muster::{
    id::TokenId,
    page::Page,
    token::{RotationRow, TokenRotation, TokenStatus, Turn},
};
use uuid::Uuid;

use super::{
    guide::Guides,
    progress::{Progress, VerdictNotice},
    rotation_href,
};
use crate::{
    delegates::query::detail_href,
    error::ConsoleError,
    session::{Toast, may_manage},
    tokens::api::get_token_rotation,
    ui::{
        button::NavButton,
        href::Href,
        icon::Icon,
        live::{LiveMark, use_live},
        load::{Asked, computed, show, show_or},
        status::mark,
        table::{Hold, Kept, Listing, body, follow},
        time::Time,
    },
};

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn RotationPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    let live = use_live();
    let rotation = Asked::<TokenRotation>::new(
        move || (id.get(), live.map(|live| (live.tokens.version(), live.delegates.version()))),
        |(id, _)| async move {
            let id: TokenId = id.parse().map_err(ConsoleError::not_found)?;
            get_token_rotation(id).await
        },
    );
    view! {
        <Title text="Rotate" />
        <p class="crumb">
            <a class="link" href="/tokens">
                "Tokens"
            </a>
        </p>
        {show_or(
            rotation,
            |_| {
                view! {
                    <div class="head">
                        <h1>"Rotate"</h1>
                    </div>
                }
                .into_any()
            },
            |rotation| view! { <Head rotation=rotation /> },
        )}
        <Toast otherwise="Give the new token to each delegate, then revoke the old one. Both work until then." />
        {show(rotation, |rotation| view! { <Body rotation=rotation /> })}
        <Outlet />
    }
}

#[component]
fn Head(rotation: Signal<TokenRotation>) -> impl IntoView {
    let (id, name) = rotation.with_untracked(|rotation| (rotation.old.token.id, rotation.old.token.name.to_string()));
    let may = may_manage();
    let class = computed(move |_| {
        rotation.with(|rotation| match rotation.old.status {
            TokenStatus::Revoked => None,
            _ if rotation.safe_to_revoke => Some("btn danger solid"),
            _ => Some("btn danger"),
        })
    });
    let revoke = Href::new(format!("{}/revoke", rotation_href(id)));
    let label = format!("Revoke {name}");
    view! {
        <div class="head">
            <Title text=format!("Rotate {name}") />
            <h1>{format!("Rotate {name}")}</h1>
            <div class="grow"></div>
            {move || class.get().filter(|_| may.get()).map(|class| {
                let label = label.clone();
                view! {
                    <NavButton to=revoke.clone() class=class still=true>
                        {label}
                    </NavButton>
                }
            })}
        </div>
    }
}

#[component]
fn Body(rotation: Signal<TokenRotation>) -> impl IntoView {
    view! {
        <VerdictNotice rotation=rotation />
        <Progress rotation=rotation />
        <section class="block">
            <h2>"Delegates"</h2>
            <Delegates rotation=rotation />
        </section>
        <Guides rotation=rotation />
    }
}

fn key(row: &RotationRow) -> Uuid {
    row.user.id.0
}

#[component]
fn Delegates(rotation: Signal<TokenRotation>) -> impl IntoView {
    let listing = Signal::derive(move || {
        rotation.with(|rotation| {
            let total = rotation.count_old + rotation.count_silent + rotation.count_new;
            let page = Page { rows: rotation.delegates.clone(), total, previous: None, next: None };
            Listing { list: rotation.old.token.id, page }
        })
    });
    let hold = Hold::default();
    let shown = follow(listing, key, Signal::derive(move || hold.held()));
    let empty = Memo::new(move |_| shown.with(|shown| shown.rows.is_empty()));
    let foot = move || {
        listing.with(|listing| match (listing.page.rows.len(), listing.page.total) {
            (shown, total) if u64::try_from(shown).unwrap_or(total) < total => {
                format!("The first {shown} of {total} delegates")
            }
            (_, 1) => "1 delegate".to_owned(),
            (_, total) => format!("{total} delegates"),
        })
    };
    view! {
        <div class="card">
            <table class="table rotation" class:hidden=move || empty.get()>
                <thead>
                    <tr>
                        <th>"Delegate"</th>
                        <th>"State"</th>
                        <th>"Type"</th>
                        <th>"Last heard"</th>
                    </tr>
                </thead>
                {body(shown, key, hold, |_, kept| view! { <Line kept=kept /> })}
            </table>
            {move || empty.get().then(|| {
                view! {
                    <div class="empty">
                        <span class="empty-icon">{Icon::Delegates.draw()}</span>
                        <p class="empty-title">"No delegate uses either token"</p>
                        <p>"A delegate shows up here once it registers with one of them."</p>
                    </div>
                }
            })}
        </div>
        <div class="foot">
            <span translate="no">{foot}</span>
            <LiveMark />
        </div>
    }
}

#[component]
fn Line(kept: Signal<Kept<RotationRow>>) -> impl IntoView {
    let of = move |part: fn(&RotationRow) -> String| move || kept.with(|kept| part(&kept.row));
    let gone = Memo::new(move |_| kept.with(|kept| kept.gone));
    let turn = Memo::new(move |_| kept.with(|kept| kept.row.turn));
    view! {
        <tr class="row" class:gone=move || gone.get()>
            <td class="main-cell" data-label="Delegate">
                <a class="t" href=move || kept.with(|kept| detail_href(kept.row.user.id).to_string())>
                    {of(|row| row.user.name.clone())}
                </a>
                <span class="s">{of(|row| row.user.host_name.clone())}</span>
            </td>
            <td class="status-cell" data-label="State">
                {move || if gone.get() {
                    view! { <span class="muted">"No longer in this list"</span> }.into_any()
                } else {
                    turn_mark(turn.get()).into_any()
                }}
            </td>
            <td data-label="Type" class="muted">
                {of(|row| row.kind.label().to_owned())}
            </td>
            <td data-label="Last heard" class="muted time-cell">
                <Time at=Signal::derive(move || kept.with(|kept| kept.row.user.last_heartbeat_at)) />
            </td>
        </tr>
    }
}

fn turn_mark(turn: Turn) -> impl IntoView {
    match turn {
        Turn::Old => mark("status wait", Icon::Waiting, "Old token"),
        Turn::New => mark("status ok", Icon::Done, "New token"),
        Turn::Silent => mark("status off", Icon::Silent, "Silent"),
    }
}
