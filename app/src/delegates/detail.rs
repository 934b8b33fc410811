//! The page of one delegate.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::delegate::{Admission, DelegateDetail, DelegateRow, Status};

use super::{
    about::facts_card,
    decision::Decision,
    dialogs::get_by_text,
    enable::EnableForm,
    facts::status_with_reason,
    history::connections,
    query::{detail_href, dialog_from_detail},
    take_back::TakeBackForm,
};
use crate::{
    error::ConsoleError,
    scripts::{api::get_scripts_of, script_block},
    session::{ManagersOnly, Toast, may_manage},
    ui::{
        button::NavButton,
        href::use_just_done,
        live::Follows,
        load::{render, render_or},
        params::use_id,
        record::record_table,
    },
};

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn DelegatePage() -> impl IntoView {
    let detail = get_by_text(use_id());
    let page = Suspend::new(async move {
        let detail = detail.await;
        view! {
            {head(detail.as_ref().ok().map(|detail| &detail.row))}
            <Toast />
            {render(std::future::ready(detail), about)}
        }
    });
    view! {
        <Title text="Delegate" />
        <Follows topics="delegates heartbeats scripts" />
        <p class="crumb">
            <a class="link" href="/delegates">
                "Delegates"
            </a>
        </p>
        {page}
        <Outlet />
    }
}

/// The heading, also where there is no such delegate.
fn head(row: Option<&DelegateRow>) -> AnyView {
    let Some(row) = row else {
        return view! {
            <div class="head">
                <h1>"Delegate"</h1>
            </div>
        }
        .into_any();
    };
    let (id, name) = (row.delegate.id, row.delegate.facts.name.to_string());
    let (rejected, disabled) = (row.status == Status::Rejected, row.status == Status::Disabled);
    let may_work = row.delegate.admission == Admission::Enabled;
    view! {
        <div class="head">
            <Title text=name.clone() />
            <h1 translate="no">{name}</h1>
            {status_with_reason(row, use_just_done(id.0))}
            <div class="grow"></div>
            <ManagersOnly>
                {disabled.then(|| view! { <EnableForm id=id back=detail_href(id) class="btn" /> })}
                {may_work.then(|| view! {
                    <NavButton to=dialog_from_detail(id, "disable") class="btn" keep_scroll=true>
                        "Disable"
                    </NavButton>
                })}
                {rejected.then(|| view! { <TakeBackForm id=id back=detail_href(id) class="btn" /> })}
                <NavButton to=dialog_from_detail(id, "delete") class="btn danger" keep_scroll=true>
                    "Delete"
                </NavButton>
            </ManagersOnly>
        </div>
    }
    .into_any()
}

/// The decision, where one is to be taken, the facts, the startup script, and what happened to it.
fn about(detail: DelegateDetail) -> impl IntoView {
    let DelegateDetail { row, connections: connected, audit: recorded } = detail;
    let id = row.delegate.id;
    let decision = (may_manage() && row.status == Status::PendingApproval).then(|| {
        view! {
            <section class="card decide-card" aria-label="Pending Approval">
                <Decision row=row.clone() back=detail_href(id) reject=dialog_from_detail(id, "reject") />
            </section>
        }
    });
    view! {
        {decision}
        <section class="block">
            <h2>"Facts"</h2>
            {facts_card(&row)}
        </section>
        {render_or(get_scripts_of(id), script_failed, move |scripts| {
            view! {
                <section class="block" aria-label="Startup script">
                    {script_block(scripts, &row)}
                </section>
            }
        })}
        <section class="block">
            <h2>"Connection history"</h2>
            {connections(connected)}
        </section>
        <section class="block">
            <h2>"Audit"</h2>
            {record_table(recorded)}
        </section>
    }
}

fn script_failed(error: ConsoleError) -> AnyView {
    // It was deleted in the meantime: what is shown of it is the last that there was.
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
