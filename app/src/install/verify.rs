//! Waiting for the delegate: from nothing heard, over the decision where one is needed, to its connection.

use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};
use muster::{
    delegate::{Admission, DelegateRow, Status},
    install::{Arrivals, InstallKind},
    time::Timestamp,
    token::TokenRefusal,
};

use super::{
    api::get_arrivals,
    causes::{Causes, RUNS_AND_REACHES, causes},
    query::{InstallQuery, use_install_query, use_kind},
    run::Target,
    stage::{Stage, known_before, patience, stage},
    wizard::{NoSuchKind, NotSetUp, Step, StepHead},
};
use crate::{
    delegates::{Decision, DelegateStatus, TakeBackForm, query::detail_href, reject_dialog},
    ui::{
        button::NavButton,
        href::Href,
        icon::Icon,
        live::use_live,
        load::{Loaded, computed, render},
        time::Time,
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
    let version = move || live.map(|live| (live.delegates.version(), live.tokens.version()));
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

/// How far a part of the way is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Ahead,
    Now,
    Done,
    Failed,
}

/// One part of the way.
#[component]
fn Stop(#[prop(into)] part: Signal<Part>, title: &'static str, children: Children) -> impl IntoView {
    view! {
        <li class=move || match part.get() {
            Part::Ahead => "ahead",
            Part::Now => "now",
            Part::Done => "past",
            Part::Failed => "failed",
        }>
            <span class="progress-mark">
                {move || match part.get() {
                    Part::Ahead => view! { <span class="progress-dot"></span> }.into_any(),
                    Part::Now => Icon::Waiting.draw().into_any(),
                    Part::Done => Icon::Done.draw().into_any(),
                    Part::Failed => Icon::Refused.draw().into_any(),
                }}
            </span>
            <div class="progress-body">
                <h2>{title}</h2>
                {children()}
            </div>
        </li>
    }
}

/// The first part: the delegate registers.
#[component]
fn Registered(
    kind: InstallKind,
    query: Memo<InstallQuery>,
    arrivals: Signal<Arrivals>,
    stage: Signal<Stage>,
    rest: Signal<Option<std::time::Duration>>,
    since: Signal<Timestamp>,
) -> impl IntoView {
    let waits = computed(move |_| stage.with(|stage| *stage == Stage::Waiting));
    let late = computed(move |_| waits.get() && rest.with(Option::is_none));
    let before =
        computed(
            move |_| {
                if waits.get() { arrivals.with(|arrivals| known_before(arrivals, since.get())) } else { Vec::new() }
            },
        );
    let part = Signal::derive(move || if waits.get() { Part::Now } else { Part::Done });
    let keeps = move || {
        let row = stage.with(|stage| stage.row().cloned())?;
        let asked = row.delegate.asked_profile.clone()?;
        let sentence =
            format!("It asks for the profile “{asked}”, and keeps {}. Switch its profile on its page.", row.profile);
        Some(view! { <p class="muted">{sentence}</p> })
    };
    let host = move || stage.with(|stage| stage.row().map(|row| row.delegate.facts.host_name.to_string()));
    view! {
        <Stop part=part title="Waiting for the delegate">
            {move || match (waits.get(), late.get()) {
                (false, _) => {
                    view! {
                        <p class="muted">"Registered on " {host} "."</p>
                        {keeps}
                    }
                    .into_any()
                }
                (true, false) => {
                    view! {
                        <p class="muted">
                            "It usually takes seconds once the delegate is started. This page shows it by itself."
                        </p>
                    }
                    .into_any()
                }
                (true, true) => {
                    view! {
                        <p>"Nothing has been heard for more than five minutes. What it may be, most likely first:"</p>
                        <CausesOf kind=kind query=query arrivals=arrivals />
                    }
                    .into_any()
                }
            }}
            {move || {
                let refusals = if waits.get() { arrivals.with(|arrivals| arrivals.refusals.clone()) } else { Vec::new() };
                let lately = refusals.into_iter().filter(|one| one.last_at >= since.get());
                lately.map(|one| view! { <Refused refusal=one /> }).collect_view()
            }}
            {move || {
                let before = before.get();
                (!before.is_empty()).then(|| {
                    view! {
                        <p class="muted">"Of this name, these were there before:"</p>
                        <Rows rows=before />
                    }
                })
            }}
        </Stop>
    }
}

/// Something called with the token, and was turned away: likely the one that is waited for.
#[component]
fn Refused(refusal: TokenRefusal) -> impl IntoView {
    let who = if refusal.name.is_empty() { "A call with this token".to_owned() } else { refusal.name };
    view! {
        <p class="decision-alarm" role="status">
            {Icon::Info.draw()}
            <span>
                {format!("{who} from {} was turned away: {}. ", refusal.address, refusal.reason)}
                <Time at=refusal.last_at />
            </span>
        </p>
    }
}

#[component]
fn CausesOf(
    kind: InstallKind,
    query: Memo<InstallQuery>,
    arrivals: Signal<Arrivals>,
    /// How many of them come into question.
    #[prop(default = usize::MAX)]
    most: usize,
) -> impl IntoView {
    let found = computed(move |_| {
        let target = query.with(|query| Target::of(kind, &query.fields));
        let of = |target| arrivals.with(|arrivals| causes(&target, &arrivals.manager_url, arrivals.only_here));
        target.map_or_else(Vec::new, of).into_iter().take(most).collect::<Vec<_>>()
    });
    move || view! { <Causes causes=found.get() /> }
}

/// The second part: a person decides, where the profile asks for it.
#[component]
fn Decided(stage: Signal<Stage>, verify: Signal<Href>) -> impl IntoView {
    let part = Signal::derive(move || {
        stage.with(|stage| match stage {
            Stage::Waiting => Part::Ahead,
            Stage::Pending(_) => Part::Now,
            Stage::Connected(_) | Stage::Silent(_) => Part::Done,
            Stage::Rejected(_) => Part::Failed,
        })
    });
    // One panel for each delegate: what is open in it goes with it.
    let pending = computed(move |_| {
        stage.with(|stage| match stage {
            Stage::Pending(row) => Some(row.delegate.id),
            _ => None,
        })
    });
    let row = computed(move |before: Option<&Option<DelegateRow>>| {
        stage.with(|stage| match stage {
            Stage::Pending(row) => Some(row.clone()),
            _ => before.cloned().flatten(),
        })
    });
    let decided = move || stage.with(|stage| stage.row().filter(|_| part.get() == Part::Done).cloned());
    let rejected = move || stage.with(|stage| stage.row().filter(|_| part.get() == Part::Failed).cloned());
    view! {
        <Stop part=part title="Pending Approval">
            {move || (part.get() == Part::Ahead).then(|| view! {
                <p class="muted">"Where its profile requires approval, you decide here."</p>
            })}
            {move || {
                let first = pending.get().and_then(|_| row.get_untracked());
                first.map(|first| {
                    let id = first.delegate.id;
                    let row = Signal::derive(move || row.get().unwrap_or_else(|| first.clone()));
                    let reject = Signal::derive(move || verify.get().at(format!("{}/reject/{id}", verify.get().path())));
                    view! { <Decision row=row gone=false back=verify reject=reject /> }
                })
            }}
            {move || decided().map(|row| {
                let approved = row.delegate.decision.filter(|_| row.delegate.admission == Admission::Enabled);
                match approved {
                    Some(decision) => {
                        view! { <p class="muted">{format!("Approved by {}, ", decision.by)} <Time at=decision.at /> "."</p> }
                            .into_any()
                    }
                    None => view! { <p class="muted">"Its profile does not require approval."</p> }.into_any(),
                }
            })}
            {move || rejected().map(|row| view! { <Rejected row=row verify=verify /> })}
        </Stop>
    }
}

#[component]
fn Rejected(row: DelegateRow, verify: Signal<Href>) -> impl IntoView {
    view! {
        <p>
            {match row.delegate.decision {
                Some(decision) => view! { "Rejected by " {decision.by} ", " <Time at=decision.at /> ". " }.into_any(),
                None => ().into_any(),
            }}
            "Its process keeps running, but Muster will not use it."
        </p>
        <TakeBackForm id=row.delegate.id back=verify class="btn" />
    }
}

/// The last part: the delegate works.
#[component]
fn Connected(
    kind: InstallKind,
    query: Memo<InstallQuery>,
    arrivals: Signal<Arrivals>,
    stage: Signal<Stage>,
) -> impl IntoView {
    let part = Signal::derive(move || {
        stage.with(|stage| match stage {
            Stage::Connected(_) => Part::Done,
            Stage::Silent(_) => Part::Failed,
            _ => Part::Ahead,
        })
    });
    view! {
        <Stop part=part title="Connected">
            {move || match stage.get() {
                Stage::Connected(rows) => view! { <Rows rows=rows /> }.into_any(),
                Stage::Silent(row) => {
                    let revoked = !matches!(row.token_status, Some(muster::token::TokenStatus::Active));
                    view! {
                        <p>
                            {if revoked {
                                "Its token is revoked: choose an active one in Delegate Setup, and download the files anew."
                            } else {
                                "It was here, and is not heard any more. What it may be, most likely first:"
                            }}
                        </p>
                        <Rows rows=vec![row] />
                        {(!revoked).then(|| {
                            // It has found its way once: name, account and clock are right.
                            view! { <CausesOf kind=kind query=query arrivals=arrivals most=RUNS_AND_REACHES /> }
                        })}
                    }
                    .into_any()
                }
                _ => view! { <p class="muted">"It works from then on."</p> }.into_any(),
            }}
        </Stop>
    }
}

/// Delegates, with their pages.
#[component]
fn Rows(rows: Vec<DelegateRow>) -> impl IntoView {
    view! {
        <ul class="used">
            {rows
                .into_iter()
                .map(|row| {
                    let heard = row.delegate.last_heartbeat_at;
                    let silent = row.status != Status::Connected;
                    view! {
                        <li>
                            <span>
                                <a class="t" href=detail_href(row.delegate.id).to_string()>
                                    {row.delegate.facts.name.to_string()}
                                </a>
                                <span class="s">{row.delegate.facts.host_name.to_string()}</span>
                            </span>
                            <span class="used-state">
                                <DelegateStatus status=row.status />
                                {silent.then(|| view! { <span class="second">"seen " <Time at=heard /></span> })}
                            </span>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}
