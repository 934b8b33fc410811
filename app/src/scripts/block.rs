//! The startup script on the page of a delegate: the newest run with its log, those before it, and another run on
//! request.

use leptos::{prelude::*, server_fn::ServerFn};
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
    /// The profile has a script, which waits until the delegate is enabled.
    Disabled,
    /// There is nothing to add to the runs.
    Nothing,
}

/// The startup script of a delegate, and its runs.
pub fn script_block(scripts: DelegateScripts, row: &DelegateRow) -> impl IntoView + use<> {
    let DelegateScripts { has_script, newer_saved, due, runs, log, more } = scripts;
    let mut runs = runs.into_iter();
    let newest = runs.next();
    let before: Vec<ScriptRun> = runs.collect();
    let admitted = row.delegate.admission == Admission::Enabled;
    let quiet = match (has_script, due) {
        (false, _) => Quiet::NoScript,
        (true, true) => Quiet::Due,
        (true, false) if row.status == Status::Disabled => Quiet::Disabled,
        (true, false) if !admitted && newest.is_none() => Quiet::NotAdmitted,
        (true, false) => Quiet::Nothing,
    };
    let again = may_manage() && admitted && (quiet == Quiet::Nothing || newer_saved);
    let newer = newer_saved.then(|| {
        view! {
            <p class="muted">"A newer script is saved in the profile, and was not run here. Another run is of that one."</p>
        }
    });
    view! {
        <div class="block-head">
            <h2>"Startup script"</h2>
            <div class="grow"></div>
            {again.then(|| run_again(row.delegate.id))}
        </div>
        <div class="card script">
            {quiet_line(quiet, row)}
            {newer}
            {newest.map(|run| view! {
                {newest_facts(&run)}
                {newest_log(&run, &log, more)}
            })}
        </div>
        {(!before.is_empty()).then(|| earlier(before))}
    }
}

/// The button that asks for another run.
fn run_again(id: DelegateId) -> impl IntoView {
    view! {
        <Form action=RunScriptAgain::PATH id=id.to_string() class="row-form">
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="back" value=detail_href(id).to_string() />
            <SubmitButton label="Run again" busy="Asking…" class="btn small" />
        </Form>
    }
}

fn quiet_line(quiet: Quiet, row: &DelegateRow) -> Option<AnyView> {
    let profile = || {
        view! {
            <a class="link" href=format!("/profiles/{}", row.delegate.profile_id)>
                {row.profile.clone()}
            </a>
        }
    };
    match quiet {
        Quiet::Nothing => None,
        Quiet::Due => {
            let there = row.status == Status::Connected;
            let line = view! {
                <p class="script-due" role="status">
                    <span class="status wait">{Icon::Waiting.draw()} "Waiting for the delegate to run it"</span>
                    {(!there).then(|| {
                        view! { <span class="muted">"It is not connected; it runs the script once it is."</span> }
                    })}
                </p>
            };
            Some(line.into_any())
        }
        Quiet::NoScript => {
            Some(view! { <p class="muted">"The profile " {profile()} " has no startup script."</p> }.into_any())
        }
        Quiet::Disabled => {
            Some(view! { <p class="muted">"The delegate is disabled: it runs no script."</p> }.into_any())
        }
        Quiet::NotAdmitted => Some(
            view! {
                <p class="muted">"The delegate runs the startup script of " {profile()} " once it is approved."</p>
            }
            .into_any(),
        ),
    }
}

/// The facts of the newest run.
fn newest_facts(run: &ScriptRun) -> impl IntoView + use<> {
    view! {
        <dl class="facts">
            <div>
                <dt>"Outcome"</dt>
                <dd translate="no">
                    <span role="status">{outcome(run)}</span>
                </dd>
            </div>
            <div>
                <dt>"Started"</dt>
                <dd translate="no">
                    <Time at=run.started_at />
                </dd>
            </div>
            <div>
                <dt>"Duration"</dt>
                <dd translate="no">{lasted(run)}</dd>
            </div>
            <div>
                <dt>"Profile"</dt>
                <dd translate="no">{run.profile.clone()}</dd>
            </div>
        </dl>
    }
}

/// How long a run took, or has been going on.
fn lasted(run: &ScriptRun) -> impl IntoView + use<> {
    view! { <Elapsed since=run.started_at until=run.end.as_ref().map(|end| end.at) /> }
}

/// The end of the newest run's log; `more` says whether that is not all of it.
fn newest_log(run: &ScriptRun, log: &str, more: bool) -> AnyView {
    let text = plain(log);
    if text.is_empty() {
        let none = if run.end.is_some() { "The script wrote nothing." } else { "The script has written nothing yet." };
        return view! { <p class="muted">{none}</p> }.into_any();
    }
    view! {
        <Log text=text />
        <div class="log-foot">
            <a class="link" href=log_path(run.delegate_id, run.id) download rel="external">
                {Icon::Download.draw()}
                "Download log"
            </a>
            {more.then(|| view! { <span class="muted">"Only the end of it is shown here."</span> })}
        </div>
    }
    .into_any()
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
