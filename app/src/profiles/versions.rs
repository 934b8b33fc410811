//! The versions of a profile's script, and one of them beside another.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    components::Outlet,
    hooks::{use_params_map, use_query_map},
};
use muster::{
    id::{ProfileId, ScriptVersionId},
    page::Cursor,
    profile::{VersionDetail, VersionRow},
    script::Difference,
    time::Timestamp,
};

use super::{
    api::{get_version, list_versions},
    frame::{Part, profile_page},
    overview::language_of,
};
use crate::{
    error::ConsoleError,
    session::ManagersOnly,
    ui::{
        badge::{Badge, Kind},
        button::NavButton,
        code::Code,
        difference::DifferenceView,
        href::{Href, at_scope},
        live::Follows,
        load::render,
        pagination::{Pagination, use_cursor, with_cursor},
        params::{parse_id, use_id},
        plain_table::plain_table,
        time::{Time, absolute},
    },
};

/// The list of versions.
#[component]
pub fn VersionsPage() -> impl IntoView {
    let cursor = use_cursor();
    view! {
        <Follows topics="profiles" />
        {profile_page(Part::Versions, move |detail| {
            let id = detail.row.profile.id;
            render(list_versions(id, cursor), move |page| {
                let to = |cursor| with_cursor(Part::Versions.href(id), &cursor);
                let shown = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
                let total = (page.total, page.count_label());
                view! {
                    {plain_table(
                        &["Saved", "By", "Script", "Secrets", "Run"],
                        page.rows,
                        move |row| view! { <VersionLine profile=id row=row /> },
                    )}
                    <Pagination
                        shown=shown
                        total=total
                        nouns=["version", "versions"]
                        previous=page.previous.map(|mark| to(Cursor::Before(mark)))
                        next=page.next.map(|mark| to(Cursor::After(mark)))
                    />
                }
            })
        })}
    }
}

/// The page of a version.
fn version_href(profile: ProfileId, version: ScriptVersionId) -> Href {
    Href::new(format!("/profiles/{profile}/versions/{version}"))
}

#[component]
fn VersionLine(profile: ProfileId, row: VersionRow) -> impl IntoView {
    let secrets: Vec<String> = row.secrets.iter().map(ToString::to_string).collect();
    let saved_by = if row.saved_by.is_empty() { "not recorded".to_owned() } else { row.saved_by };
    let lines = match row.lines {
        0 => "no script".to_owned(),
        1 => "1 line".to_owned(),
        lines => format!("{lines} lines"),
    };
    view! {
        <tr>
            <td data-label="Saved">
                <a class="link" href=version_href(profile, row.id).to_string()>
                    <Time at=row.saved_at />
                </a>
                {row.current.then(|| view! { " " <Badge kind=Kind::Plain label="newest" /> })}
                {row.restored.map(|at| view! { <span class="second">"restores " <Time at=at /></span> })}
            </td>
            <td data-label="By">{saved_by}</td>
            <td data-label="Script">
                {lines} <span class="second mono">{row.differs}</span>
            </td>
            <td data-label="Secrets" class="mono text-cell">
                {secrets.join(", ")}
            </td>
            <td data-label="Run">
                {match row.run_at {
                    Some(at) => view! { <Time at=at /> }.into_any(),
                    None => view! { <Badge kind=Kind::Warn label="saved, not run" /> }.into_any(),
                }}
            </td>
        </tr>
    }
}

/// The profile and the version in the address, as text.
pub fn use_version() -> (String, String) {
    let version = use_params_map().with_untracked(|params| params.get_str("version").unwrap_or_default().to_owned());
    (use_id(), version)
}

/// The version that an address names, beside another.
///
/// # Errors
/// Where there is none, or it cannot be had.
pub async fn load_version(
    (profile, version): (String, String),
    against: Option<ScriptVersionId>,
) -> Result<VersionDetail, ConsoleError> {
    get_version(parse_id(&profile)?, parse_id(&version)?, against).await
}

/// One version beside another, and a dialog on top of it where the address names one.
#[component]
pub fn VersionPage() -> impl IntoView {
    let against = use_query_map().with_untracked(|query| query.get_str("against").and_then(|id| id.parse().ok()));
    let profile = use_id();
    view! {
        <Title text="Script version" />
        <p class="crumb">
            <a class="link" href=at_scope("/profiles")>
                "Delegate Profiles"
            </a>
            "/"
            <a class="link" href=at_scope(&format!("/profiles/{profile}/versions"))>
                "Script versions"
            </a>
        </p>
        {render(load_version(use_version(), against), version)}
        <Outlet />
    }
}

fn version(detail: VersionDetail) -> impl IntoView {
    let VersionDetail { profile, version, against, others, current, .. } = detail;
    let here = version_href(profile.id, version.id);
    let saved_by = Some(version.saved_by.clone()).filter(|by| !by.is_empty());
    let between = against.as_ref().map(|against| {
        // From the older to the newer, whichever of the two the page is about.
        let (from, to) = if against.saved_at < version.saved_at { (against, &version) } else { (&version, against) };
        (Difference::between(&from.script, &to.script), from.saved_at, to.saved_at)
    });
    let to_restore = here.clone().at(format!("{}/restore", here.path()));
    let restore = (!current).then(|| {
        view! {
            <ManagersOnly>
                <NavButton to=to_restore class="btn primary" keep_scroll=true>
                    "Restore"
                </NavButton>
            </ManagersOnly>
        }
    });
    let choose = (!others.is_empty()).then(|| choose(&here, &others, against.as_ref().map(|against| against.id)));
    view! {
        <Title text=format!("Script of {}", profile.spec.name) />
        <div class="head">
            <h1 translate="no">{format!("{} · ", profile.spec.name)} <Time at=version.saved_at /></h1>
            {current.then(|| view! { <Badge kind=Kind::Plain label="newest" /> })}
            {version.run_at.is_none().then(|| view! { <Badge kind=Kind::Warn label="saved, not run" /> })}
            <div class="grow"></div>
            {restore}
        </div>
        <p class="sub">
            {saved_by.map(|by| format!("Saved by {by}. "))}
            {version.restored.map(|at| view! { "It restores the version of " <Time at=at /> ". " })}
            {version.run_at.map(|at| view! { "Run on all delegates " <Time at=at /> "." })}
        </p>
        {choose}
        {between.map(|(difference, from, to)| {
            view! {
                <section class="block">
                    <h2>
                        "From " <Time at=from /> " to " <Time at=to /> " "
                        <span class="muted mono">{difference.label()}</span>
                    </h2>
                    <DifferenceView label="Difference" difference=difference />
                </section>
            }
        })}
        <section class="block">
            <h2>"The whole script"</h2>
            {if version.script.is_empty() {
                view! { <p class="muted">"There was none."</p> }.into_any()
            } else {
                view! { <div class="card"><Code label="Script" language=language_of(&version.script) text=version.script /></div> }.into_any()
            }}
        </section>
    }
}

/// The form that chooses what a version is beside.
fn choose(
    here: &Href,
    others: &[(ScriptVersionId, Timestamp)],
    chosen: Option<ScriptVersionId>,
) -> impl IntoView + use<> {
    let options: Vec<_> = others
        .iter()
        .map(|(id, at)| {
            view! {
                <option value=id.to_string() selected=chosen == Some(*id)>
                    {absolute(*at)}
                </option>
            }
        })
        .collect();
    view! {
        <form class="bar" method="get" action=here.action() data-auto="" data-noscroll="">
            <div class="labelled">
                <label for="against">"Compare with"</label>
                <span class="select">
                    <select class="input" id="against" name="against" autocomplete="off">
                        {options}
                    </select>
                </span>
            </div>
            <button type="submit" class="btn no-scripts">
                "Compare"
            </button>
        </form>
    }
}
