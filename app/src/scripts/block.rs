//! The startup script on the page of a delegate: the newest run with its log, those before it, and another run on
//! request.

use leptos::prelude::*;
use muster::{
    delegate::{Admission, DelegateRow, Status},
    id::DelegateId,
    script::{DelegateScripts, ScriptRun},
};

use super::{
    api::{RunScriptAgain, log_path},
    log::{Log, plain},
    outcome::outcome,
};
use crate::{
    delegates::query::detail_href,
    session::may_manage,
    ui::{
        button::SubmitButton,
        form::Form,
        icon::Icon,
        load::computed,
        plain_table::plain_table,
        time::{Elapsed, Time},
    },
};

/// What is to be said where no run is to be waited for or shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quiet {
    /// The delegate is to run it.
    Due,
    /// The profile has no script.
    NoScript,
    /// The profile has a script, which waits for the delegate's admission.
    NotAdmitted,
    /// There is nothing to add to the runs.
    Nothing,
}

/// The startup script of a delegate, and its runs.
#[component]
pub fn ScriptBlock(scripts: Signal<DelegateScripts>, row: Signal<DelegateRow>) -> impl IntoView {
    let may = may_manage();
    let admitted = computed(move |_| row.with(|row| row.delegate.admission == Admission::Enabled));
    let quiet = computed(move |_| {
        let (has_script, due, ran) = scripts.with(|all| (all.has_script, all.due, !all.runs.is_empty()));
        match (has_script, due) {
            (false, _) => Quiet::NoScript,
            (true, true) => Quiet::Due,
            (true, false) if !admitted.get() && !ran => Quiet::NotAdmitted,
            (true, false) => Quiet::Nothing,
        }
    });
    let runs = computed(move |_| scripts.with(|scripts| scripts.runs.clone()));
    let may_run = computed(move |_| may.get() && admitted.get() && quiet.get() == Quiet::Nothing);
    let again = ServerAction::<RunScriptAgain>::new();
    let id = row.with_untracked(|row| row.delegate.id);
    view! {
        <div class="block-head">
            <h2>"Startup script"</h2>
            <div class="grow"></div>
            {move || may_run.get().then(|| {
                view! {
                    <Form action=again id=id.to_string() class="row-form">
                        <input type="hidden" name="id" value=id.to_string() />
                        <input type="hidden" name="back" value=detail_href(id).to_string() />
                        <SubmitButton label="Run again" busy="Asking…" class="btn small" />
                    </Form>
                }
            })}
        </div>
        <div class="card script">
            {move || quiet_line(quiet.get(), row)}
            <Newest runs=runs />
            <NewestLog scripts=scripts id=id />
        </div>
        {move || runs.with(|runs| runs.get(1..).map(<[_]>::to_vec)).filter(|runs| !runs.is_empty()).map(earlier)}
    }
}

fn quiet_line(quiet: Quiet, row: Signal<DelegateRow>) -> Option<AnyView> {
    let profile = move || {
        view! {
            <a class="link" href=move || row.with(|row| format!("/profiles/{}", row.delegate.profile_id))>
                {move || row.with(|row| row.profile.clone())}
            </a>
        }
    };
    match quiet {
        Quiet::Nothing => None,
        Quiet::Due => {
            let there = move || row.with(|row| row.status == Status::Connected);
            let line = view! {
                <p class="script-due" role="status">
                    <span class="status wait">{Icon::Waiting.draw()} "Waiting for the delegate to run it"</span>
                    {move || (!there()).then(|| {
                        view! { <span class="muted">"It is not connected; it runs the script once it is."</span> }
                    })}
                </p>
            };
            Some(line.into_any())
        }
        Quiet::NoScript => {
            Some(view! { <p class="muted">"The profile " {profile()} " has no startup script."</p> }.into_any())
        }
        Quiet::NotAdmitted => Some(
            view! {
                <p class="muted">"The delegate runs the startup script of " {profile()} " once it is approved."</p>
            }
            .into_any(),
        ),
    }
}

/// The facts of the newest run. What is read out when it changes stays in its place.
#[component]
fn Newest(runs: Signal<Vec<ScriptRun>>) -> impl IntoView {
    let there = computed(move |_| runs.with(|runs| !runs.is_empty()));
    let of = move |show: fn(&ScriptRun) -> AnyView| move || runs.with(|runs| runs.first().map(show));
    move || {
        there.get().then(|| {
            view! {
                <dl class="facts">
                    <div>
                        <dt>"Outcome"</dt>
                        <dd translate="no">
                            <span role="status">{of(|run| outcome(run).into_any())}</span>
                        </dd>
                    </div>
                    <div>
                        <dt>"Started"</dt>
                        <dd translate="no">{of(|run| view! { <Time at=run.started_at /> }.into_any())}</dd>
                    </div>
                    <div>
                        <dt>"Duration"</dt>
                        <dd translate="no">{of(|run| lasted(run).into_any())}</dd>
                    </div>
                    <div>
                        <dt>"Profile"</dt>
                        <dd translate="no">{of(|run| run.profile.clone().into_any())}</dd>
                    </div>
                </dl>
            }
        })
    }
}

/// How long a run took, or has been going on.
fn lasted(run: &ScriptRun) -> impl IntoView + use<> {
    let (since, until) = (run.started_at, run.end.as_ref().map(|end| end.at));
    view! { <Elapsed since=since until=until /> }
}

/// The log of the newest run. It is made once for each run, so that it keeps its place while it grows.
#[component]
fn NewestLog(scripts: Signal<DelegateScripts>, id: DelegateId) -> impl IntoView {
    let run = computed(move |_| scripts.with(|scripts| scripts.runs.first().map(|run| run.id)));
    let ended = computed(move |_| scripts.with(|all| all.runs.first().is_some_and(|run| run.end.is_some())));
    let there = computed(move |_| scripts.with(|scripts| !plain(&scripts.log).is_empty()));
    let more = computed(move |_| scripts.with(|scripts| scripts.more));
    let text = Signal::derive(move || scripts.with(|scripts| scripts.log.clone()));
    move || {
        run.get().map(|run| {
            view! {
                {move || if there.get() {
                    view! { <Log text=text /> }.into_any()
                } else if ended.get() {
                    view! { <p class="muted">"The script wrote nothing."</p> }.into_any()
                } else {
                    view! { <p class="muted">"The script has written nothing yet."</p> }.into_any()
                }}
                {move || there.get().then(|| {
                    view! {
                        <div class="log-foot">
                            <a class="link" href=log_path(id, run) download rel="external">
                                {Icon::Download.draw()}
                                "Download log"
                            </a>
                            {more.get().then(|| view! { <span class="muted">"Only the end of it is shown here."</span> })}
                        </div>
                    }
                })}
            }
        })
    }
}

/// The runs before the newest.
fn earlier(runs: Vec<ScriptRun>) -> impl IntoView {
    let line = |run: ScriptRun| {
        let since = run.started_at;
        let path = log_path(run.delegate_id, run.id);
        view! {
            <tr>
                <td data-label="Outcome">{outcome(&run)}</td>
                <td data-label="Started">
                    <Time at=since />
                </td>
                <td data-label="Duration">{lasted(&run)}</td>
                <td data-label="Profile" class="muted">
                    {run.profile}
                </td>
                <td data-label="Log">
                    <a class="link" href=path download rel="external">
                        "Download"
                        <span class="visually-hidden">{format!(" the log of the run of {since}")}</span>
                    </a>
                </td>
            </tr>
        }
    };
    view! {
        <h3 class="minor">"Earlier runs"</h3>
        {plain_table(&["Outcome", "Started", "Duration", "Profile", "Log"], runs, line)}
    }
}
