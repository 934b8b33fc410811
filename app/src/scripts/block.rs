//! The startup script on the page of a delegate: the newest run with its log, those before it, and another run on
//! request.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::{
    delegate::{Admission, DelegateRow, Status},
    id::DelegateId,
    script::{DelegateScripts, ScriptRun},
    user::Permission,
};

use super::{
    api::{RunScriptAgain, log_path},
    outcome::outcome,
    query::LogView,
    run::{lasted, lost, shown_run},
};
use crate::{
    delegates::query::ListQuery,
    session::may,
    ui::{
        button::SubmitButton,
        form::Form,
        href::{Href, at_scope},
        icon::Icon,
        plain_table::plain_table,
        time::Time,
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
pub fn script_block(
    scripts: DelegateScripts,
    row: &DelegateRow,
    query: &ListQuery,
    view: &LogView,
) -> impl IntoView + use<> {
    let admitted = row.delegate.admission == Admission::Enabled;
    let quiet = match (scripts.has_script, scripts.due) {
        (false, _) => Quiet::NoScript,
        (true, true) => Quiet::Due,
        (true, false) if row.status == Status::Disabled => Quiet::Disabled,
        (true, false) if !admitted && scripts.runs.is_empty() => Quiet::NotAdmitted,
        (true, false) => Quiet::Nothing,
    };
    let again = may(Permission::RunScripts) && admitted && (quiet == Quiet::Nothing || scripts.newer_saved);
    let newer = scripts.newer_saved.then(|| {
        view! {
            <p class="muted">"A newer script is saved in the profile, and was not run here. Another run is of that one."</p>
        }
    });
    let shown = shown_run(&scripts, row, query, view);
    view! {
        <div class="block-head">
            <h2>"Startup script"</h2>
            <div class="grow"></div>
            {again.then(|| run_again(row.delegate.id, query))}
        </div>
        <div class="card script">{quiet_line(quiet, row)} {newer} {shown}</div>
        {(scripts.runs.len() > 1).then(|| all_runs(&scripts, row, query, view))}
    }
}

/// The button that asks for another run.
fn run_again(id: DelegateId, query: &ListQuery) -> impl IntoView + use<> {
    let back = query.detail(id).to_string();
    view! {
        <Form action=RunScriptAgain::PATH id=id.to_string() class="row-form">
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="back" value=back />
            <SubmitButton label="Run again" busy="Asking…" class="btn small" />
        </Form>
    }
}

fn quiet_line(quiet: Quiet, row: &DelegateRow) -> Option<AnyView> {
    let profile = || {
        view! {
            <a class="link" href=at_scope(&format!("/profiles/{}", row.delegate.profile_id))>
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

/// All runs, each of which can be opened in the place of the one that is shown.
fn all_runs(scripts: &DelegateScripts, row: &DelegateRow, query: &ListQuery, view: &LogView) -> impl IntoView + use<> {
    let (lost, shown, id) = (lost(row), scripts.shown, row.delegate.id);
    let newest = scripts.runs.first().map(|run| run.id);
    let links: Vec<(ScriptRun, Href)> = scripts
        .runs
        .iter()
        .map(|run| {
            let of = Some(run.id).filter(|run| Some(*run) != newest);
            (run.clone(), view.of_run(of).href(query, id))
        })
        .collect();
    let line = move |(run, to): (ScriptRun, Href)| {
        let since = run.started_at;
        let path = log_path(run.delegate_id, run.id);
        let is_shown = Some(run.id) == shown;
        view! {
            <tr class:shown=is_shown>
                <td data-label="Outcome">{outcome(&run, lost.is_some())}</td>
                <td data-label="Started">
                    <Time at=since />
                </td>
                <td data-label="Duration">{lasted(&run, lost)}</td>
                <td data-label="Profile" class="muted">
                    {run.profile}
                </td>
                <td data-label="Log" class="run-links">
                    <a
                        class="link"
                        href=format!("{to}#script")
                        aria-current=is_shown.then_some("true")
                        data-noscroll=""
                    >
                        {if is_shown { "Shown" } else { "Show" }}
                        <span class="visually-hidden">{format!(" the run of {since}")}</span>
                    </a>
                    <a class="link" href=path download rel="external">
                        "Download"
                        <span class="visually-hidden">{format!(" the log of the run of {since}")}</span>
                    </a>
                </td>
            </tr>
        }
    };
    view! {
        <h3 class="minor">"Runs"</h3>
        {plain_table(&["Outcome", "Started", "Duration", "Profile", "Log"], links, line)}
    }
}
