//! The delegates of a profile, and how far each is with its script.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use muster::{
    delegate::Status,
    page::Cursor,
    profile::{ProfileDelegate, ProfileDetail, Progress},
    user::Permission,
};
use uuid::Uuid;

use super::{
    api::{get_rollout, list_delegates_of},
    frame::{Part, profile_page},
    progress::progress_mark,
};
use crate::{
    scripts::{api::RunScriptAgain, outcome},
    session::Only,
    ui::{
        button::SubmitButton,
        empty::EmptyState,
        form::Form,
        href::{Href, at_scope, use_just_done},
        icon::Icon,
        live::Follows,
        live_table::{Column, LiveTable, TableSpec},
        load::render,
        pagination::{Pagination, use_cursor, with_cursor},
        tabs::{Tab, Tabs},
        time::Time,
    },
};

static TABLE: TableSpec<ProfileDelegate> = TableSpec {
    class: "table profile-delegates",
    columns: &[
        Column::Text("Name"),
        Column::Text("Connection"),
        Column::Text("Script"),
        Column::Text("Last run"),
        Column::Actions,
    ],
    key: |row| row.id.0,
};

/// The page.
#[component]
pub fn ProfileDelegatesPage() -> impl IntoView {
    let progress = use_query_map().with_untracked(|query| query.get_str("progress").and_then(Progress::from_slug));
    let cursor = use_cursor();
    view! {
        <Follows topics="profiles delegates scripts" />
        {profile_page(Part::Delegates, move |detail| list(detail, progress, cursor))}
    }
}

fn list(detail: ProfileDetail, progress: Option<Progress>, cursor: Cursor) -> impl IntoView {
    let profile = detail.row.profile;
    let (id, runnable) = (profile.id, profile.has_script());
    let all = Part::Delegates.href(id);
    let of = move |progress: Option<Progress>| all.clone().with_some("progress", progress.map(Progress::slug));
    let (tabs_of, list) = (of.clone(), of(progress));
    let here = with_cursor(list.clone(), &cursor);
    let back = here.clone();
    view! {
        {runnable.then(|| render(get_rollout(id), move |rollout| {
            let tab = |of: Option<Progress>| Tab {
                label: of.map_or("All", Progress::label),
                count: of.map(|of| muster::page::count_label(rollout.count(of))),
                to: tabs_of(of),
                current: of == progress,
                wanted: of == Some(Progress::Failed) && rollout.count(Progress::Failed) > 0,
            };
            let tabs = [None].into_iter().chain(Progress::ALL.map(Some)).map(tab).collect();
            view! { <Tabs label="Progress" tabs=tabs /> }
        }))}
        {render(list_delegates_of(id, progress, cursor), move |page| {
            let shown = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
            let total = (page.total, page.count_label());
            let next = page.next.map(|mark| with_cursor(list.clone(), &Cursor::After(mark)));
            let previous = page.previous.map(|mark| with_cursor(list.clone(), &Cursor::Before(mark)));
            let empty = (page.total == 0).then(|| none().into_any());
            view! {
                <LiveTable
                    table=&TABLE
                    list=here.to_string()
                    rows=page.rows
                    empty=empty
                    row=move |id, row| view! { <DelegateLine id=id row=row runnable=runnable back=back.clone() /> }
                />
                <Pagination
                    shown=shown
                    total=total
                    nouns=["delegate", "delegates"]
                    previous=previous
                    next=next
                />
            }
        })}
    }
}

fn none() -> impl IntoView {
    let text = "Delegates that have this profile, and are this far with its script, are listed here.";
    view! { <EmptyState icon=Icon::Delegates title="No delegate is here" text=text /> }
}

#[component]
fn DelegateLine(
    id: Uuid,
    row: ProfileDelegate,
    /// Whether there is a script to run.
    runnable: bool,
    /// Where the form of the row returns to.
    back: Href,
) -> impl IntoView {
    let ProfileDelegate { name, host_name, status, progress, run, .. } = row;
    let label = if run.is_some() { "Run again" } else { "Run" };
    let may_run = runnable && progress.is_some_and(|progress| progress != Progress::Running);
    let run_name = format!("{label} on {name}");
    view! {
        <tr class="row" class:just-done=use_just_done(id) data-key=id.to_string()>
            <td class="main-cell" data-label="Name">
                <a class="t" href=at_scope(&format!("/delegates/{id}"))>
                    {name}
                </a>
                <span class="second mono">{host_name}</span>
            </td>
            <td data-label="Connection" class:muted=status != Status::Connected>
                {status.label()}
            </td>
            <td data-label="Script">
                {match progress {
                    Some(progress) => progress_mark(progress).into_any(),
                    None => view! { <span class="muted">"—"</span> }.into_any(),
                }}
            </td>
            <td data-label="Last run">
                {match run {
                    Some(run) => view! { {outcome(&run, status != Status::Connected)} " " <span class="second"><Time at=run.started_at /></span> }.into_any(),
                    None => view! { <span class="muted">"never"</span> }.into_any(),
                }}
            </td>
            <td class="actions-cell">
                <Only may=Permission::RunScripts>
                    {may_run.then(|| view! {
                        <Form action=RunScriptAgain::PATH id=id.to_string() class="row-form">
                            <input type="hidden" name="id" value=id.to_string() />
                            <input type="hidden" name="back" value=back.to_string() />
                            <SubmitButton label=label busy="Asking…" class="btn small ghost" name=Some(run_name) />
                        </Form>
                    })}
                </Only>
            </td>
        </tr>
    }
}
