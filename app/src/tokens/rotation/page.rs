//! The page about a rotation: which delegates have gone over to the new token, what to do for the others, and when the
//! old token can be revoked.

use std::future::ready;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::{
    page::{MAX_COUNT, count_label},
    token::{ROTATION_PAGE, RotationRow, TokenRotation, TokenStatus, Turn},
};
use uuid::Uuid;

use super::{
    guide::what_to_do,
    progress::{progress, verdict_notice},
    rotation_href,
};
use crate::{
    delegates::query::detail_href,
    install::{Cluster, use_cluster},
    session::{Toast, may_manage},
    tokens::api::get_token_rotation,
    ui::{
        button::NavButton,
        empty::EmptyState,
        href::{Href, at_scope, use_here},
        icon::Icon,
        live::Follows,
        live_table::{Column, LiveTable, TableSpec},
        load::render,
        pagination::Pagination,
        params::{parse_id, use_id},
        status::mark,
        time::Time,
    },
};

/// The parameter with the number of the page, from one.
const PAGE: &str = "page";

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn RotationPage() -> impl IntoView {
    let (id, may) = (use_id(), may_manage());
    let page = use_here().get(PAGE).and_then(|page| page.parse::<u64>().ok()).unwrap_or(1).saturating_sub(1);
    let rotation = async move { get_token_rotation(parse_id(&id)?, page).await };
    let cluster = use_cluster();
    let toast = view! {
        <Toast otherwise="Give the new token to each delegate, then revoke the old one. Both work until then." />
    };
    let content = Suspend::new(async move {
        let rotation = rotation.await;
        let head = match &rotation {
            Ok(rotation) => head(rotation, may).into_any(),
            Err(_) => view! {
                <div class="head">
                    <h1>"Rotate"</h1>
                </div>
            }
            .into_any(),
        };
        view! {
            {head}
            {toast}
            {render(ready(rotation), move |rotation| body(&rotation, cluster))}
        }
    });
    view! {
        <Title text="Rotate" />
        <Follows topics="tokens delegates heartbeats" />
        <p class="crumb">
            <a class="link" href=at_scope("/tokens")>
                "Tokens"
            </a>
        </p>
        {content}
        <Outlet />
    }
}

fn head(rotation: &TokenRotation, may: bool) -> impl IntoView + use<> {
    let old = &rotation.old;
    let name = old.token.name.to_string();
    let class = if rotation.safe_to_revoke { "btn danger solid" } else { "btn danger" };
    let can_revoke = may && old.status != TokenStatus::Revoked;
    let revoke = Href::new(format!("{}/revoke", rotation_href(old.token.id)));
    view! {
        <div class="head">
            <Title text=format!("Rotate {name}") />
            <h1>{format!("Rotate {name}")}</h1>
            <div class="grow"></div>
            {can_revoke.then(|| {
                view! {
                    <NavButton to=revoke class=class keep_scroll=true>
                        {format!("Revoke {name}")}
                    </NavButton>
                }
            })}
        </div>
    }
}

fn body(rotation: &TokenRotation, cluster: Cluster) -> impl IntoView + use<> {
    view! {
        {verdict_notice(rotation)}
        {progress(rotation)}
        <section class="block">
            <h2>"Delegates"</h2>
            {delegates(rotation)}
        </section>
        {what_to_do(rotation, cluster)}
    }
}

static TABLE: TableSpec<RotationRow> = TableSpec {
    class: "table rotation",
    columns: &[Column::Text("Delegate"), Column::Text("State"), Column::Text("Type"), Column::Text("Last heard")],
    key: |row| row.user.id.0,
};

fn delegates(rotation: &TokenRotation) -> impl IntoView + use<> {
    let TokenRotation { count_old, count_silent, count_refused, count_new, page, .. } = rotation;
    let total = count_old + count_silent + count_refused + count_new;
    let shown = u64::try_from(rotation.delegates.len()).unwrap_or(u64::MAX);
    let at = |page: u64| rotation_href(rotation.old.token.id).with(PAGE, page + 1);
    let previous = page.checked_sub(1).map(at);
    let next = (page.saturating_add(1).saturating_mul(ROTATION_PAGE) < total.min(MAX_COUNT)).then(|| at(page + 1));
    let empty = view! {
        <EmptyState
            icon=Icon::Delegates
            title="No delegate uses either token"
            text="A delegate shows up here once it registers with one of them."
        />
    };
    view! {
        <LiveTable
            table=&TABLE
            list=rotation_href(rotation.old.token.id).to_string()
            rows=rotation.delegates.clone()
            row=|id, row| view! { <Line id=id row=row /> }
            empty=Some(empty.into_any())
        />
        <Pagination
            shown=shown
            total=(total, count_label(total))
            nouns=["delegate", "delegates"]
            previous=previous
            next=next
        />
    }
}

#[component]
fn Line(id: Uuid, row: RotationRow) -> impl IntoView {
    let RotationRow { user, turn, kind, .. } = row;
    view! {
        <tr class="row" data-key=id.to_string()>
            <td class="main-cell" data-label="Delegate">
                <a class="t" href=detail_href(user.id).to_string()>
                    {user.name}
                </a>
                <span class="s">{user.host_name}</span>
            </td>
            <td class="status-cell" data-label="State">
                {turn_mark(turn)}
            </td>
            <td data-label="Type" class="muted">
                {kind.label()}
            </td>
            <td data-label="Last heard" class="muted time-cell">
                <Time at=user.last_heartbeat_at />
            </td>
        </tr>
    }
}

fn turn_mark(turn: Turn) -> impl IntoView {
    match turn {
        Turn::Old => mark("status wait", Icon::Waiting, "Old token"),
        Turn::New => mark("status ok", Icon::Done, "New token"),
        Turn::Refused => mark("status bad", Icon::CutOff, "Refused"),
        Turn::Silent => mark("status off", Icon::Silent, "Silent"),
    }
}
