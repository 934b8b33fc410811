//! Waiting for the delegate: from nothing heard, over the decision where one is needed, to its connection.

mod connected;
mod decided;
mod part;
mod registered;
mod rows;

use leptos::prelude::*;
use leptos_router::components::Outlet;
use muster::install::{Arrivals, InstallKind};

use self::{connected::Connected, decided::Decided, registered::Registered};
use super::{
    api::get_arrivals,
    causes::causes_of,
    query::{InstallQuery, use_install_query, use_kind},
    run::Target,
    stage::{Stage, patience, stage},
    wizard::{NoSuchKind, NotSetUp, Step, StepHead},
};
use crate::{
    delegates::{approve_dialog, reject_dialog},
    ui::{
        button::NavButton,
        href::{Href, use_here},
        live::Follows,
        load::render,
    },
};

/// How a browser without scripts asks again, in seconds.
const AGAIN: &str = r#"<meta http-equiv="refresh" content="5">"#;

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn VerifyPage() -> impl IntoView {
    let page = match use_kind() {
        Some(kind) => view! { <Verify kind=kind query=use_install_query() /> }.into_any(),
        None => view! { <NoSuchKind /> }.into_any(),
    };
    view! {
        {page}
        <Outlet />
    }
}

/// Asks once more before a delegate of which something is out of the ordinary is let work.
#[component]
pub fn ApproveArrivalDialog() -> impl IntoView {
    let query = use_install_query();
    let back = use_kind().map_or_else(|| Href::new("/install"), |kind| query.verify(kind, ""));
    approve_dialog(back.clone(), back)
}

/// Asks once more before the delegate is turned away.
#[component]
pub fn RejectArrivalDialog() -> impl IntoView {
    let query = use_install_query();
    let back = use_kind().map_or_else(|| Href::new("/install"), |kind| query.verify(kind, ""));
    reject_dialog(back.clone(), back)
}

#[component]
fn Verify(kind: InstallKind, query: InstallQuery) -> impl IntoView {
    let alone = use_here().path().ends_with("/verify");
    let InstallQuery { fields, .. } = &query;
    let sub = format!("{}, {}", fields.name, kind.label());
    let head = view! { <StepHead now=Step::Verify kind=Some(kind) query=query.clone() sub=sub /> };
    if Target::of(kind, fields).is_none() {
        let title = "Nothing was set up to wait for";
        return view! {
            {head}
            <NotSetUp setup=query.setup(kind) title=title />
        }
        .into_any();
    }
    let arrivals = get_arrivals(fields.name.clone(), fields.token.clone());
    view! {
        {head}
        <Follows topics="delegates heartbeats tokens" />
        {render(
            arrivals,
            move |arrivals| view! { <Wait kind=kind query=query arrivals=arrivals alone=alone /> },
        )}
    }
    .into_any()
}

#[component]
fn Wait(
    kind: InstallKind,
    query: InstallQuery,
    arrivals: Arrivals,
    /// Whether there is no dialog on top of it.
    alone: bool,
) -> impl IntoView {
    let review = query.review(kind);
    // An address without a beginning begins now.
    let since = query.since.unwrap_or(arrivals.now);
    let query = InstallQuery { since: Some(since), ..query };
    let name = &query.fields.name;
    let stage = stage(&arrivals, since);
    let rest = patience(&arrivals, since);
    let causes = causes_of(kind, &query.fields, &arrivals);
    let waits = stage == Stage::Waiting;
    let done = matches!(stage, Stage::Connected(_));
    let refresh = alone && (waits || matches!(stage, Stage::Silent(_)));
    // The time is the server's: it is asked again when the patience is over.
    let refresh_after = rest.filter(|_| waits).map(|rest| rest.as_millis().to_string());
    let state = match stage {
        Stage::Waiting => format!("Waiting for {name}"),
        Stage::Pending(_) => format!("{name} waits for your decision"),
        Stage::Connected(_) => format!("{name} is connected"),
        Stage::Silent(_) => format!("{name} came, and is silent now"),
        Stage::Rejected(_) => format!("{name} is rejected"),
    };
    let late = rest.is_none();
    view! {
        {refresh.then(|| view! { <noscript inner_html=AGAIN></noscript> })}
        <section class="card wait-card" data-refresh-after=refresh_after>
            <p class="wait-state" role="status">
                {state}
            </p>
            <ol class="progress">
                <Registered stage=stage.clone() arrivals=arrivals since=since late=late causes=causes.clone() />
                <Decided stage=stage.clone() verify=query.verify(kind, "") />
                <Connected stage=stage causes=causes />
            </ol>
        </section>
        <div class="page-actions">
            <NavButton to=review>"Back"</NavButton>
            <NavButton to=Href::new("/delegates") class=if done { "btn primary" } else { "btn" }>
                {if done { "Done" } else { "Finish later" }}
            </NavButton>
        </div>
    }
}
