//! The page of one delegate.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::{
    delegate::{DelegateDetail, DelegateRow, Status},
    script::DelegateScripts,
};

use super::{
    about::Facts,
    decision::Decision,
    dialogs::get_by_text,
    facts::StatusWithReason,
    history::{audit, connections},
    query::{detail_href, dialog_from_detail},
    take_back::TakeBackForm,
};
use crate::{
    error::ConsoleError,
    scripts::{ScriptBlock, api::get_scripts_of},
    session::{Toast, may_manage},
    ui::{
        button::NavButton,
        href::{Href, use_just_done},
        live::use_live,
        load::{Loaded, computed, render, render_or},
        params::{parse_id, use_id},
    },
};

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn DelegatePage() -> impl IntoView {
    let id = use_id();
    let live = use_live();
    let detail = Loaded::<DelegateDetail>::new(
        move || (id.get(), live.map(|live| (live.delegates.version(), live.heartbeats.version()))),
        |(id, _)| get_by_text(id),
    );
    let scripts = Loaded::<DelegateScripts>::new(
        move || (id.get(), live.map(|live| (live.delegates.version(), live.scripts.version()))),
        |(id, _)| async move { get_scripts_of(parse_id(&id)?).await },
    );
    view! {
        <Title text="Delegate" />
        <p class="crumb">
            <a class="link" href="/delegates">
                "Delegates"
            </a>
        </p>
        {render_or(
            detail,
            |_| {
                view! {
                    <div class="head">
                        <h1>"Delegate"</h1>
                    </div>
                }
                .into_any()
            },
            |detail| view! { <Head detail=detail /> },
        )}
        <Toast />
        {render(detail, |detail| view! { <About detail=detail /> })}
        // Beside the others and not inside of one: what `show` shows must not make anything that is awaited.
        {render_or(scripts, script_failed, move |scripts| view! { <Script detail=detail scripts=scripts /> })}
        {render_or(detail, |_| ().into_any(), |detail| view! { <History detail=detail /> })}
        <Outlet />
    }
}

#[component]
fn Head(detail: Signal<DelegateDetail>) -> impl IntoView {
    let row = Signal::derive(move || detail.with(|detail| detail.row.clone()));
    let id = row.with_untracked(|row| row.delegate.id);
    let name = move || row.with(|row| row.delegate.facts.name.to_string());
    // The server asks for the title at the end, when it may have rendered this anew and dropped what the first time made.
    let first = row.with_untracked(|row| row.delegate.facts.name.to_string());
    let title = move || if cfg!(feature = "ssr") { first.clone() } else { name() };
    let may = may_manage();
    let rejected = Memo::new(move |_| row.with(|row| row.status == Status::Rejected));
    let just_done = use_just_done(id.0);
    view! {
        <div class="head">
            <Title text=title />
            <h1 translate="no">{name}</h1>
            <StatusWithReason row=row just_done=just_done />
            <div class="grow"></div>
            {move || (may.get() && rejected.get()).then(|| {
                view! {
                    <TakeBackForm id=id back=detail_href(id) class="btn" />
                }
            })}
            {move || may.get().then(|| {
                view! {
                    <NavButton to=dialog_from_detail(id, "delete") class="btn danger" keep_scroll=true>
                        "Delete"
                    </NavButton>
                }
            })}
        </div>
    }
}

/// The decision, where one is to be taken, and the facts.
#[component]
fn About(detail: Signal<DelegateDetail>) -> impl IntoView {
    let row = Signal::derive(move || detail.with(|detail| detail.row.clone()));
    let id = row.with_untracked(|row| row.delegate.id);
    let may = may_manage();
    let pending = computed(move |_| may.get() && row.with(|row| row.status == Status::PendingApproval));
    let back: Signal<Href> = Signal::stored(detail_href(id));
    let reject: Signal<Href> = Signal::stored(dialog_from_detail(id, "reject"));
    view! {
        {move || pending.get().then(|| {
            view! {
                <section class="card decide-card" aria-label="Pending Approval">
                    <Decision row=row gone=false back=back reject=reject />
                </section>
            }
        })}
        <section class="block">
            <h2>"Facts"</h2>
            <Facts row=row />
        </section>
    }
}

/// The startup script, once it is known what delegate it is about.
#[component]
fn Script(detail: Loaded<DelegateDetail>, scripts: Signal<DelegateScripts>) -> impl IntoView {
    let last = computed(move |before: Option<&Option<DelegateRow>>| match detail.get() {
        Some(Ok(detail)) => Some(detail.row),
        Some(Err(_)) | None => before.cloned().flatten(),
    });
    let there = computed(move |_| last.with(Option::is_some));
    move || {
        there.get().then(|| last.get_untracked()).flatten().map(|first| {
            let row = Signal::derive(move || last.get().unwrap_or_else(|| first.clone()));
            view! {
                <section class="block" aria-label="Startup script">
                    <ScriptBlock scripts=scripts row=row />
                </section>
            }
        })
    }
}

fn script_failed(error: ConsoleError) -> AnyView {
    // Where there is no such delegate, the page says so already.
    if error.is_not_found() {
        return ().into_any();
    }
    view! {
        <section class="block">
            <h2>"Startup script"</h2>
            <p class="sub" role="alert">
                {error.to_string()}
            </p>
        </section>
    }
    .into_any()
}

/// What happened to it.
#[component]
fn History(detail: Signal<DelegateDetail>) -> impl IntoView {
    view! {
        <section class="block">
            <h2>"Connection history"</h2>
            {move || connections(detail.with(|detail| detail.connections.clone()))}
        </section>
        <section class="block">
            <h2>"Audit"</h2>
            {move || audit(detail.with(|detail| detail.audit.clone()))}
        </section>
    }
}
