//! The page of one profile: what it says, how far its delegates are with its script, and the script.

use leptos::prelude::*;
use leptos_router::components::Outlet;
use muster::{
    id::ProfileId,
    install::Language,
    page::count_label,
    profile::{Profile, ProfileDetail, Progress, Rollout},
    user::Permission,
};

use super::{
    api::get_rollout,
    frame::{Part, profile_page},
    progress::progress_mark,
};
use crate::{
    highlight::is_shell,
    session::Only,
    ui::{button::NavButton, code::Code, href::Href, live::Follows, load::render, time::Time},
};

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn ProfilePage() -> impl IntoView {
    view! {
        <Follows topics="profiles delegates scripts" />
        {profile_page(Part::Overview, overview)}
        <Outlet />
    }
}

fn overview(detail: ProfileDetail) -> impl IntoView {
    let saved_only = detail.saved_only;
    let profile = &detail.row.profile;
    let script = profile.spec.startup_script.clone();
    let id = profile.id;
    let has_script = profile.has_script();
    view! {
        {facts(profile, detail.row.delegates)}
        <section class="block">
            <h2>"Startup script"</h2>
            {has_script.then(|| render(get_rollout(id), move |rollout| rollout_card(id, rollout, saved_only)))}
            {if has_script {
                view! { <div class="card"><Code label="Startup script" language=language_of(&script) text=script /></div> }.into_any()
            } else {
                view! { <p class="sub">"It has none: its delegates run nothing when they are approved."</p> }.into_any()
            }}
        </section>
    }
}

/// How a script is coloured.
pub fn language_of(script: &str) -> Language {
    if is_shell(script) { Language::Shell } else { Language::Text }
}

fn facts(profile: &Profile, delegates: u64) -> impl IntoView + use<> {
    let Profile { id, spec, created_at, updated_at, updated_by, .. } = profile.clone();
    let selectors: Vec<String> = spec.selectors.iter().map(str::to_owned).collect();
    let none = || view! { <span class="muted">"none"</span> };
    let approval = spec.approval.label();
    view! {
        <dl class="card facts facts-card" translate="no">
            <div>
                <dt>"Description"</dt>
                <dd class="multiline">
                    {if spec.description.is_empty() { none().into_any() } else { spec.description.into_any() }}
                </dd>
            </div>
            <div>
                <dt>"Approval"</dt>
                <dd>{approval}</dd>
            </div>
            <div>
                <dt>"Selectors"</dt>
                <dd>
                    {selectors.is_empty().then(none)} <span class="tags">
                        {selectors.into_iter().map(|tag| view! { <span class="tag">{tag}</span> }).collect_view()}
                    </span>
                </dd>
            </div>
            <div>
                <dt>"Delegates"</dt>
                <dd>
                    <a class="link" href=Href::new("/delegates").with("profile", id).to_string()>
                        {count_label(delegates)}
                    </a>
                </dd>
            </div>
            <div>
                <dt>"Updated"</dt>
                <dd>
                    <Time at=updated_at />
                    {(!updated_by.is_empty()).then(|| view! { <span class="second">{format!("by {updated_by}")}</span> })}
                </dd>
            </div>
            <div>
                <dt>"Created"</dt>
                <dd>
                    <Time at=created_at />
                </dd>
            </div>
        </dl>
    }
}

/// How many delegates are how far, each a link to them, and what can be done about it.
fn rollout_card(id: ProfileId, rollout: Rollout, saved_only: bool) -> impl IntoView {
    let total = count_label(rollout.delegates);
    let noun = if rollout.delegates == 1 { "approved delegate" } else { "approved delegates" };
    let link = |progress: Progress| {
        let count = rollout.count(progress);
        let always = matches!(progress, Progress::Succeeded | Progress::Failed | Progress::NotReached);
        (count > 0 || always && rollout.delegates > 0).then(|| {
            let to = Part::Delegates.href(id).with("progress", progress.slug());
            view! {
                <li data-key=progress.slug()>
                    <a class="rollout-count" class:none=count == 0 href=to.to_string()>
                        <b>{count_label(count)}</b>
                        {progress_mark(progress)}
                    </a>
                </li>
            }
        })
    };
    let run = move |which: &str, count: u64, label: &str| {
        let s = if count == 1 { "" } else { "s" };
        let to = Href::new(format!("/profiles/{id}/run")).with("which", which);
        (count > 0).then(|| {
            view! {
                <NavButton to=to class="btn small" keep_scroll=true>
                    {format!("{label} {count} delegate{s}")}
                </NavButton>
            }
        })
    };
    view! {
        <div class="card rollout">
            <p translate="no">
                <b>{total}</b>
                " "
                {noun}
            </p>
            <ul class="rollout-counts" translate="no" aria-label="How far the startup script is">
                {Progress::ALL.into_iter().map(link).collect_view()}
            </ul>
            <div class="grow"></div>
            <Only may=Permission::RunScripts>
                {run("earlier", rollout.count(Progress::Earlier), "Run on")}
                {run("failed", rollout.count(Progress::Failed), "Run again on")}
            </Only>
            {saved_only.then(|| view! {
                <p class="hint">
                    "The newest version is saved and was not run. Delegates that are approved from now on run it. Those \
                    that were keep the version that they were last asked to run, until somebody runs this one on them."
                </p>
            })}
        </div>
    }
}
