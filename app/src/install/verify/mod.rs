//! Waiting for the delegate: from nothing heard, over the decision where one is needed, to its connection.

mod connected;
mod decided;
mod part;
mod registered;
mod rows;

use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};
use muster::install::{Arrivals, InstallKind};

use self::{connected::Connected, decided::Decided, registered::Registered};
use super::{
    api::get_arrivals,
    query::{InstallQuery, use_install_query, use_kind},
    run::Target,
    stage::{Stage, patience, stage},
    wizard::{NoSuchKind, NotSetUp, Step, StepHead},
};
use crate::{
    delegates::reject_dialog,
    ui::{
        button::NavButton,
        href::Href,
        live::use_live,
        load::{Loaded, computed, render},
    },
};

/// How a browser without scripts asks again, in seconds.
const AGAIN: &str = r#"<meta http-equiv="refresh" content="5">"#;

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn VerifyPage() -> impl IntoView {
    let (kind, query) = (use_kind(), use_install_query());
    let live = use_live();
    let name = Memo::new(move |_| query.with(|query| query.fields.name.clone()));
    let token = Memo::new(move |_| query.with(|query| query.fields.token.clone()));
    let version = move || live.map(|live| (live.delegates.version(), live.heartbeats.version(), live.tokens.version()));
    let arrivals = Loaded::<Arrivals>::new(
        move || (name.get(), token.get(), version()),
        |(name, token, _)| get_arrivals(name, token),
    );
    view! {
        {move || match kind.get() {
            Some(kind) => {
                let sub = move || format!("{}, {}", name.get(), kind.label());
                let named = Memo::new(move |_| query.with(|query| Target::of(kind, &query.fields).is_some()));
                view! {
                    <StepHead now=Step::Verify kind=Some(kind) query=query sub=Signal::derive(sub) />
                    {move || if named.get() {
                        render(arrivals, move |data| {
                            let again = Callback::new(move |()| arrivals.refetch());
                            view! { <Wait kind=kind query=query arrivals=data again=again /> }
                        })
                        .into_any()
                    } else {
                        view! { <NotSetUp kind=kind query=query title="Nothing was set up to wait for" /> }.into_any()
                    }}
                }
                .into_any()
            }
            None => view! { <NoSuchKind /> }.into_any(),
        }}
        <Outlet />
    }
}

/// Asks once more before the delegate is turned away.
#[component]
pub fn RejectArrivalDialog() -> impl IntoView {
    let (kind, query) = (use_kind(), use_install_query());
    let back = Signal::derive(move || match kind.get() {
        Some(kind) => query.with(|query| query.verify(kind, "")),
        None => Href::new("/install"),
    });
    reject_dialog(back, back)
}

#[component]
fn Wait(
    kind: InstallKind,
    query: Memo<InstallQuery>,
    arrivals: Signal<Arrivals>,
    /// Asks the server again.
    again: Callback<()>,
) -> impl IntoView {
    // An address without a beginning begins now.
    let first_look = arrivals.with_untracked(|arrivals| arrivals.now);
    let since = move || query.with(|query| query.since).unwrap_or(first_look);
    let stage = computed(move |_| arrivals.with(|arrivals| stage(arrivals, since())));
    let rest = computed(move |_| arrivals.with(|arrivals| patience(arrivals, since())));
    let waits = computed(move |_| stage.with(|stage| *stage == Stage::Waiting));
    // The time is the server's: it is asked again when the patience is over.
    Effect::new(move |_| {
        if let Some(rest) = rest.get().filter(|_| waits.get()) {
            let timer = set_timeout_with_handle(move || again.run(()), rest).ok();
            on_cleanup(move || _ = timer.map(|timer| timer.clear()));
        }
    });
    let path = use_location().pathname;
    let refresh = move || {
        let alone = path.with(|path| path.ends_with("/verify"));
        alone && stage.with(|stage| matches!(stage, Stage::Waiting | Stage::Silent(_)))
    };
    let name = move || query.with(|query| query.fields.name.clone());
    let state = move || {
        let name = name();
        stage.with(|stage| match stage {
            Stage::Waiting => format!("Waiting for {name}"),
            Stage::Pending(_) => format!("{name} waits for your decision"),
            Stage::Connected(_) => format!("{name} is connected"),
            Stage::Silent(_) => format!("{name} came, and is silent now"),
            Stage::Rejected(_) => format!("{name} is rejected"),
        })
    };
    let verify = Signal::derive(move || {
        let since = Some(since());
        query.with(|query| InstallQuery { since, ..query.clone() }.verify(kind, ""))
    });
    view! {
        {move || refresh().then(|| view! { <noscript inner_html=AGAIN></noscript> })}
        <section class="card wait-card">
            <p class="wait-state" role="status">
                {state}
            </p>
            <ol class="progress">
                <Registered kind=kind query=query arrivals=arrivals stage=stage rest=rest since=Signal::derive(since) />
                <Decided stage=stage verify=verify />
                <Connected kind=kind query=query arrivals=arrivals stage=stage />
            </ol>
        </section>
        <div class="page-actions">
            <NavButton to=Signal::derive(move || query.with(|query| query.review(kind)))>"Back"</NavButton>
            {move || {
                let done = stage.with(|stage| matches!(stage, Stage::Connected(_)));
                view! {
                    <NavButton to=Href::new("/delegates") class=if done { "btn primary" } else { "btn" }>
                        {if done { "Done" } else { "Finish later" }}
                    </NavButton>
                }
            }}
        </div>
    }
}
