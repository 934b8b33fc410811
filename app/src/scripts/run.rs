//! One run of the startup script: how it went, and its log, which can be searched.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::{
    delegate::{DelegateRow, Status},
    id::DelegateId,
    script::{DelegateScripts, Found, Outcome, ScriptRun},
    time::Timestamp,
    user::Permission,
};

use super::{
    api::{CancelScript, log_path},
    log::{Log, lines, plain},
    outcome::outcome,
    query::LogView,
};
use crate::{
    delegates::query::ListQuery,
    session::may,
    ui::{
        button::SubmitButton,
        form::Form,
        href::Href,
        icon::Icon,
        time::{Elapsed, Time},
    },
};

/// Since when the delegate is silent, while it is: nobody knows what became of what ran there.
pub fn lost(row: &DelegateRow) -> Option<Timestamp> {
    (row.status != Status::Connected).then_some(row.delegate.last_heartbeat_at)
}

/// How long a run took, or has been going on; of one that nobody knows of, until its delegate fell silent.
pub fn lasted(run: &ScriptRun, lost: Option<Timestamp>) -> impl IntoView + use<> {
    let until = run.end.as_ref().map(|end| end.at).or(lost.map(|at| at.max(run.started_at)));
    view! { <Elapsed since=run.started_at until=until /> }
}

/// The run that is shown: the newest, or the one that was asked for.
pub fn shown_run(
    scripts: &DelegateScripts,
    row: &DelegateRow,
    query: &ListQuery,
    view: &LogView,
) -> Option<impl IntoView + use<>> {
    let run = scripts.runs.iter().find(|run| Some(run.id) == scripts.shown)?;
    let is_newest = scripts.runs.first().is_some_and(|newest| newest.id == run.id);
    let goes_on = run.end.is_none() && lost(row).is_none();
    let cancels = (goes_on && may(Permission::RunScripts)).then(|| cancel(run, scripts.cancelling, query, view));
    let interrupted = run.end.as_ref().is_some_and(|end| end.outcome == Outcome::Interrupted);
    Some(view! {
        {facts(run, lost(row))}
        {cancels}
        {(interrupted && is_newest).then(|| view! {
            <p class="muted">"It is not run again by itself: what is half done is for a person to judge."</p>
        })}
        {log(scripts, run, goes_on, row.delegate.id, query, view)}
    })
}

/// The button that ends a run, or that it is about to end.
fn cancel(run: &ScriptRun, cancelling: bool, query: &ListQuery, view: &LogView) -> AnyView {
    if cancelling {
        return view! {
            <p class="muted" role="status">
                "Cancelled: the delegate ends it with its next heartbeat. One of an older version lets it go on."
            </p>
        }
        .into_any();
    }
    let back = view.href(query, run.delegate_id).to_string();
    let (id, run) = (run.delegate_id.to_string(), run.id.to_string());
    view! {
        <Form action=CancelScript::PATH id=run.clone() class="row-form">
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="run" value=run />
            <input type="hidden" name="back" value=back />
            <SubmitButton label="Cancel run" busy="Cancelling…" class="btn small danger" />
        </Form>
    }
    .into_any()
}

/// The facts of a run.
fn facts(run: &ScriptRun, lost: Option<Timestamp>) -> impl IntoView + use<> {
    view! {
        <dl class="facts">
            <div>
                <dt>"Outcome"</dt>
                <dd translate="no">
                    <span role="status">{outcome(run, lost.is_some())}</span>
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
                <dd translate="no">{lasted(run, lost)}</dd>
            </div>
            <div>
                <dt>"Profile"</dt>
                <dd translate="no">{run.profile.clone()}</dd>
            </div>
        </dl>
    }
}

/// The log of a run, with what can be done with it above.
fn log(
    scripts: &DelegateScripts,
    run: &ScriptRun,
    goes_on: bool,
    id: DelegateId,
    query: &ListQuery,
    view: &LogView,
) -> AnyView {
    let (lines, more) = lines(scripts);
    if lines.is_empty() {
        let none = if run.end.is_some() { "The script wrote nothing." } else { "The script has written nothing yet." };
        return view! { <p class="muted">{none}</p> }.into_any();
    }
    let path = log_path(run.delegate_id, run.id);
    let follows = view.follows && view.log.line.is_none();
    let found = scripts.found.as_ref().map(|found| found_lines(found, id, query, view));
    let only = match view.log.line {
        Some(_) => {
            let to = view.with(|view| view.log.line = None).href(query, id);
            view! {
                "Only a part of it is shown here. "
                <a class="link" href=format!("{to}#script") data-noscroll="">"Show its end"</a>
            }
            .into_any()
        }
        None => "Only the end of it is shown here; the file has all that is kept.".into_any(),
    };
    view! {
        <div class="log-head">
            {search(id, query, view)}
            {goes_on.then(|| {
                let (to, text) = (
                    view.with(|view| view.follows = !view.follows).href(query, id),
                    if view.follows { "Stop following" } else { "Follow" },
                );
                switch(&to, text)
            })}
            {switch(
                &view.with(|view| view.times = !view.times).href(query, id),
                if view.times { "Hide times" } else { "Show times" },
            )}
            <a class="link" href=path download rel="external">
                {Icon::Download.draw()}
                "Download log"
            </a>
        </div>
        {found}
        {more.then(|| view! { <p class="log-more muted">{only}</p> })}
        <Log lines=lines follows=follows times=view.times marked=view.log.line />
    }
    .into_any()
}

/// A link that changes how the log is shown.
fn switch(to: &Href, text: &'static str) -> impl IntoView + use<> {
    view! {
        <a class="link" href=to.to_string() data-noscroll="" data-replace="">
            {text}
        </a>
    }
}

/// The field that searches the log. What else the address says goes along.
fn search(id: DelegateId, query: &ListQuery, view: &LogView) -> impl IntoView + use<> {
    let to = view
        .with(|view| {
            view.log.find = String::new();
            view.log.line = None;
        })
        .href(query, id);
    let hidden = |(name, value): &(String, String)| {
        view! { <input type="hidden" name=name.clone() value=value.clone() /> }
    };
    view! {
        <form
            class="search log-search"
            method="get"
            action=to.action()
            role="search"
            aria-label="Log"
            data-auto=""
            data-noscroll=""
        >
            {Icon::Search.draw()}
            {to.query().iter().map(hidden).collect_view()}
            <input
                class="input"
                type="search"
                name="find"
                value=view.log.find.clone()
                aria-label="Search the log"
                placeholder="Search the log"
                autocomplete="off"
                spellcheck="false"
            />
            <button type="submit" class="btn no-scripts">
                "Search"
            </button>
        </form>
    }
}

/// The lines that were found, each a link to its place.
fn found_lines(found: &Found, id: DelegateId, query: &ListQuery, view: &LogView) -> impl IntoView + use<> {
    let count = match found.total {
        0 => "No line has that.".to_owned(),
        1 => "1 line has that:".to_owned(),
        total if found.lines.len() < usize::try_from(total).unwrap_or(usize::MAX) => {
            format!("{total} lines have that, of which the first {} are:", found.lines.len())
        }
        total => format!("{total} lines have that:"),
    };
    let line = |(number, text): &(u64, String)| {
        let to = view.with(|view| view.log.line = Some(*number)).href(query, id);
        view! {
            <li>
                <a class="link" href=format!("{to}#script") data-noscroll="">
                    {format!("Line {number}")}
                </a>
                <code>{plain(text)}</code>
            </li>
        }
    };
    view! {
        <div class="found" role="status">
            <p>{count}</p>
            {(!found.lines.is_empty()).then(|| view! {
                <ol>{found.lines.iter().map(line).collect_view()}</ol>
            })}
        </div>
    }
}
