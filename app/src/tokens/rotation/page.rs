//! The page about a rotation: which delegates have gone over to the new token, what to do for the others, and when the
//! old token can be revoked.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::{
    page::Page,
    token::{RotationRow, TokenRotation, TokenStatus, Turn},
};

use super::{
    guide::Guides,
    progress::{Progress, VerdictNotice},
    rotation_href,
};
use crate::{
    delegates::query::detail_href,
    session::{Toast, may_manage},
    tokens::api::get_token_rotation,
    ui::{
        button::NavButton,
        empty::EmptyState,
        href::Href,
        icon::Icon,
        live::{LiveMark, use_live},
        live_table::{Column, LiveRows, LiveTable, TableSpec},
        load::{Loaded, computed, render, render_or},
        params::{parse_id, use_id},
        rows::{Listing, LiveRow},
        status::mark,
        time::Time,
    },
};

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn RotationPage() -> impl IntoView {
    let id = use_id();
    let live = use_live();
    let version = move || live.map(|live| (live.tokens.version(), live.delegates.version(), live.heartbeats.version()));
    let rotation = Loaded::<TokenRotation>::new(
        move || (id.get(), version()),
        |(id, _)| async move { get_token_rotation(parse_id(&id)?).await },
    );
    view! {
        <Title text="Rotate" />
        <p class="crumb">
            <a class="link" href="/tokens">
                "Tokens"
            </a>
        </p>
        {render_or(
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
        {render(rotation, |rotation| view! { <Body rotation=rotation /> })}
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
                    <NavButton to=revoke.clone() class=class keep_scroll=true>
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

static TABLE: TableSpec<RotationRow> = TableSpec {
    class: "table rotation",
    columns: &[Column::Text("Delegate"), Column::Text("State"), Column::Text("Type"), Column::Text("Last heard")],
    key: |row| row.user.id.0,
};

#[component]
fn Delegates(rotation: Signal<TokenRotation>) -> impl IntoView {
    let listing = Signal::derive(move || {
        rotation.with(|rotation| {
            let total = rotation.count_old + rotation.count_silent + rotation.count_new;
            let page = Page { rows: rotation.delegates.clone(), total, at_least: false, previous: None, next: None };
            Listing { query: rotation.old.token.id, page }
        })
    });
    let rows = LiveRows::new(&TABLE, listing, Signal::stored(false));
    let empty = || {
        view! {
            <EmptyState
                icon=Icon::Delegates
                title="No delegate uses either token"
                text="A delegate shows up here once it registers with one of them."
            />
        }
    };
    let count = move || {
        listing.with(|listing| match (listing.page.rows.len(), listing.page.total) {
            (shown, total) if u64::try_from(shown).unwrap_or(total) < total => {
                format!("The first {shown} of {total} delegates")
            }
            (_, 1) => "1 delegate".to_owned(),
            (_, total) => format!("{total} delegates"),
        })
    };
    view! {
        <LiveTable rows=rows row=|_, row| view! { <Line row=row /> } empty=Some(ViewFn::from(empty)) />
        <div class="foot">
            <span translate="no">{count}</span>
            <LiveMark />
        </div>
    }
}

#[component]
fn Line(row: Signal<LiveRow<RotationRow>>) -> impl IntoView {
    let of = move |part: fn(&RotationRow) -> String| move || row.with(|row| part(&row.data));
    let gone = Memo::new(move |_| row.with(|row| row.gone));
    let turn = Memo::new(move |_| row.with(|row| row.data.turn));
    view! {
        <tr class="row" class:gone=move || gone.get()>
            <td class="main-cell" data-label="Delegate">
                <a class="t" href=move || row.with(|row| detail_href(row.data.user.id).to_string())>
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
                <Time at=Signal::derive(move || row.with(|row| row.data.user.last_heartbeat_at)) />
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
