//! The page of one delegate.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::{
    delegate::{DelegateDetail, Status},
    script::DelegateScripts,
};

use super::{
    about::groups,
    api::get_delegate,
    danger::danger_zone,
    decision::Decision,
    header::{Crumb, header},
    history::{connections, record},
    query::{ListQuery, use_list_query, use_record_cursor},
};
use crate::{
    error::ConsoleError,
    scripts::{
        api::get_scripts_of,
        query::{LogView, use_log_view},
        script_block,
    },
    session::{Toast, may_manage},
    ui::{
        href::use_here,
        live::Follows,
        load::render,
        params::{parse_id, use_id},
    },
};

/// The id in the address: beneath a dialog the route's own part of it has none.
fn use_subject() -> String {
    let id = use_id();
    if id.is_empty() { use_here().path().split('/').nth(2).unwrap_or_default().to_owned() } else { id }
}

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn DelegatePage() -> impl IntoView {
    let (query, view) = (use_list_query(), use_log_view());
    let (subject, cursor) = (use_subject(), use_record_cursor());
    let detail = async move { get_delegate(parse_id(&subject)?, cursor).await };
    let page = Suspend::new(async move {
        let detail = detail.await;
        // What can be read of its script is worth no error of the whole page.
        let scripts = match &detail {
            Ok(detail) => Some(get_scripts_of(detail.row.delegate.id, view.log.clone()).await),
            Err(_) => None,
        };
        let name = detail.as_ref().ok().map(|detail| detail.row.delegate.facts.name.to_string());
        let head = match &detail {
            Ok(detail) => header(&detail.row, scripts.as_ref().and_then(|s| s.as_ref().ok()), &query).into_any(),
            Err(_) => view! {
                <div class="head">
                    <h1>"Delegate"</h1>
                </div>
            }
            .into_any(),
        };
        view! {
            <Crumb query=query.clone() name=name />
            {head}
            <Toast />
            {render(std::future::ready(detail), move |detail| about(&detail, scripts, &query, &view))}
        }
    });
    view! {
        <Title text="Delegate" />
        <Follows topics="delegates heartbeats scripts" />
        {page}
        <Outlet />
    }
}

/// The decision, where one is to be taken, the facts, the startup script, what happened to it, and what ends it.
fn about(
    detail: &DelegateDetail,
    scripts: Option<Result<DelegateScripts, ConsoleError>>,
    query: &ListQuery,
    view: &LogView,
) -> impl IntoView + use<> {
    let row = &detail.row;
    let id = row.delegate.id;
    let decision = (may_manage() && row.status == Status::PendingApproval).then(|| {
        view! {
            <section class="card decide-card" aria-label="Pending Approval">
                <Decision
                    row=row.clone()
                    back=query.detail(id)
                    approve=query.dialog(id, "approve")
                    reject=query.dialog(id, "reject")
                    facts=false
                />
            </section>
        }
    });
    let scripts = scripts.map(|scripts| match scripts {
        Ok(scripts) => view! {
            <section class="block" id="script" aria-label="Startup script">
                {script_block(scripts, row, query, view)}
            </section>
        }
        .into_any(),
        Err(error) => script_failed(&error),
    });
    view! {
        {decision}
        {groups(detail, query)}
        {scripts}
        <section class="block">
            <h2>"Connection history"</h2>
            {connections(detail.connections.clone())}
        </section>
        <section class="block" id="record">
            <h2>"Record"</h2>
            {record(&detail.audit, id, query)}
        </section>
        {may_manage().then(|| danger_zone(row, query))}
    }
}

fn script_failed(error: &ConsoleError) -> AnyView {
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
