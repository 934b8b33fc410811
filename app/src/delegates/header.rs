//! The head of a delegate's page: what it is, what can be done with it, and what one looks at first.

use leptos::prelude::*;
use leptos_meta::Title;
use muster::{delegate::DelegateRow, script::DelegateScripts};

use super::{facts::status_with_reason, query::ListQuery};
use crate::{
    session::may_manage,
    ui::{
        badge::{Badge, Kind},
        href::use_just_done,
        menu::{Menu, MenuCopy, MenuLink},
        middle::Middle,
        time::Time,
    },
};

/// The way back to the list, as it was.
#[component]
pub fn Crumb(query: ListQuery, name: Option<String>) -> impl IntoView {
    view! {
        <nav class="crumb" aria-label="Breadcrumb">
            <a class="link" href=query.list().to_string()>
                "Delegates"
            </a>
            {name.map(|name| view! {
                <span aria-hidden="true">"/"</span>
                <span aria-current="page" translate="no">{name}</span>
            })}
        </nav>
    }
}

/// The head of the page.
pub fn header(row: &DelegateRow, scripts: Option<&DelegateScripts>, query: &ListQuery) -> impl IntoView + use<> {
    let (id, name) = (row.delegate.id, row.delegate.facts.name.to_string());
    let actions = may_manage().then(|| actions(row, query));
    let failed = scripts.is_some_and(DelegateScripts::has_failed);
    view! {
        <div class="head">
            <Title text=name.clone() />
            <h1 translate="no">{name}</h1>
            <div class="head-status">
                {status_with_reason(row, use_just_done(id.0))}
                {failed.then(|| view! {
                    <a href="#script">
                        <Badge kind=Kind::Bad label="Script failed" />
                    </a>
                })}
            </div>
            <div class="grow"></div>
            {actions}
        </div>
        {strip(row)}
    }
}

/// What is done every day.
fn actions(row: &DelegateRow, query: &ListQuery) -> impl IntoView + use<> {
    let (id, name) = (row.delegate.id, &row.delegate.facts.name);
    let [profile, selectors, description] = ["profile", "selectors", "description"].map(|word| query.dialog(id, word));
    view! {
        <Menu label=format!("Actions for {name}") class="btn">
            <MenuLink to=profile label="Switch profile" keep_scroll=true />
            <MenuLink to=selectors label="Edit selectors" keep_scroll=true />
            <MenuLink to=description label="Edit description" keep_scroll=true />
            <MenuCopy text=id.to_string() label="Copy id" />
        </Menu>
    }
}

/// Where it runs, and when it was last heard.
fn strip(row: &DelegateRow) -> impl IntoView + use<> {
    let facts = &row.delegate.facts;
    let platform = Some(facts.platform.clone()).filter(|platform| !platform.is_empty());
    view! {
        <dl class="strip">
            <div>
                <dt>"Host name"</dt>
                <dd class="mono" translate="no">
                    <Middle text=facts.host_name.to_string() what="host name" />
                </dd>
            </div>
            {platform.map(|platform| view! {
                <div>
                    <dt>"Platform"</dt>
                    <dd translate="no">{platform}</dd>
                </div>
            })}
            <div>
                <dt>"Last heartbeat"</dt>
                <dd translate="no">
                    <Time at=row.delegate.last_heartbeat_at />
                </dd>
            </div>
        </dl>
    }
}
