//! What a delegate is, as rows and panels show it.

use leptos::prelude::*;
use muster::{
    delegate::{Admission, Decision, DelegateRow, Reason, Status},
    time::Timestamp,
    token::TokenStatus,
};

use super::{query::ListQuery, status::DelegateStatus};
use crate::ui::{
    badge::{Badge, Kind},
    time::Time,
};

/// One fact with its name; what is empty is said to be.
pub fn fact(name: &'static str, value: &str, mono: bool) -> impl IntoView + use<> {
    let value = if value.is_empty() {
        view! { <span class="muted">"none"</span> }.into_any()
    } else {
        value.to_owned().into_any()
    };
    view! {
        <div>
            <dt>{name}</dt>
            <dd translate="no" class=if mono { "mono" } else { "" }>
                {value}
            </dd>
        </div>
    }
}

/// A fact that is a point in time.
pub fn time_fact(name: &'static str, at: Timestamp) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd translate="no">
                <Time at=at />
            </dd>
        </div>
    }
}

/// What a delegate says of the machine it runs on, and where it calls from.
pub fn host_facts(row: &DelegateRow) -> impl IntoView + use<> {
    let facts = &row.delegate.facts;
    view! {
        {fact("Host name", facts.host_name.as_str(), true)}
        {fact("Address", &row.delegate.address, true)}
        {fact("Stated address", &facts.ip, true)}
        {fact("Type", facts.kind.label(), false)}
        {fact("Version", &facts.version, false)}
        {(!facts.platform.is_empty()).then(|| fact("Platform", &facts.platform, false))}
    }
}

/// When a delegate was heard last.
pub fn last_heartbeat(row: &DelegateRow) -> impl IntoView + use<> {
    time_fact("Last heartbeat", row.delegate.last_heartbeat_at)
}

/// The selectors of a delegate: its own, each a link to the delegates of a list that have it too, and those of its profile.
pub fn selectors(row: &DelegateRow, list: &ListQuery) -> impl IntoView + use<> {
    let own: Vec<&str> = row.delegate.own_selectors().iter().collect();
    let inherited = |tag: &str| {
        view! {
            <span class="tag inherited" title=format!("{tag}, from the profile {}", row.profile)>
                {tag.to_owned()}
                <span class="visually-hidden">" (inherited)"</span>
            </span>
        }
    };
    view! {
        <span class="tags">
            {own.iter().map(|tag| own_selector(tag, list)).collect_view()}
            {row.inherited.iter().filter(|tag| !own.contains(tag)).map(inherited).collect_view()}
        </span>
    }
}

/// A selector of its own: a link to the delegates of a list that have it too.
pub fn own_selector(tag: &str, list: &ListQuery) -> impl IntoView + use<> {
    let to = list.with(|filter| tag.clone_into(&mut filter.tag)).list();
    view! {
        <a class="tag" href=to.to_string() title=format!("Show only delegates with the tag {tag}") data-noscroll="">
            {tag.to_owned()}
        </a>
    }
}

/// The status, and what is to be known about it.
pub fn status_with_reason(row: &DelegateRow, just_done: bool) -> impl IntoView + use<> {
    let approved = row.delegate.admission == Admission::Enabled && row.delegate.decision.is_some();
    view! {
        <span class="status-line">
            <DelegateStatus status=row.status />
            {(approved && just_done).then(|| view! { <span class="just-approved">"Approved"</span> })}
        </span>
        {cut_off(row)}
        {disabled_note(row)}
        {waiting_note(row)}
        {row.delegate.warned.then(|| view! {
            <Badge kind=Kind::Warn label=WOULD_HAVE_WAITED />
            <span class="second">{WARNED}</span>
        })}
    }
}

/// What a delegate is called that would have waited.
pub const WOULD_HAVE_WAITED: &str = "Would have waited";
/// What that means.
pub const WARNED: &str =
    "It works without a decision, since its profile only warns. If approval were required, it would wait.";

/// Who put a delegate out of work, and when it last asked for some.
pub fn disabled_note(row: &DelegateRow) -> Option<impl IntoView + use<>> {
    let Decision { by, at, .. } = row.delegate.disabled.clone()?;
    let tried = row.delegate.refused_at.filter(|tried| *tried > at);
    Some(view! {
        <span class="second">
            {format!("by {by}")}
            {tried.map(|at| view! { " · last tried " <Time at=at /> })}
        </span>
    })
}

/// Why a silent delegate is kept out, where it is.
fn cut_off(row: &DelegateRow) -> Option<impl IntoView + use<>> {
    let (token, refused) = (row.token_status, row.delegate.refused_at);
    let why = match token {
        Some(TokenStatus::Expired) => "Token expired",
        Some(TokenStatus::Active) => "Refused",
        Some(TokenStatus::Revoked) | None => "Token revoked",
    };
    let silent = row.status == Status::NotConnected;
    (silent && (token != Some(TokenStatus::Active) || refused.is_some())).then(|| {
        view! {
            <span class="second">
                {why}
                {refused.map(|at| view! { " · last tried " <Time at=at /> })}
            </span>
        }
    })
}

/// What is to be known of a delegate that waits: why, where that is out of the ordinary, and that it is not running.
pub fn waiting_note(row: &DelegateRow) -> Option<impl IntoView + use<>> {
    let delegate = &row.delegate;
    let why = match delegate.reason {
        Some(Reason::Conflict) => Some("Two processes use this identity"),
        Some(Reason::Resembles) => Some("Same host and name, another key"),
        Some(Reason::UnknownProfile) => Some("Unknown profile"),
        Some(Reason::Required | Reason::TakenBack) | None => None,
    };
    let silent = delegate.connected_until.is_none().then_some(delegate.last_heartbeat_at);
    (delegate.admission == Admission::WaitingForApproval).then(|| {
        view! {
            {why.map(|why| view! { <span class="second alarm">{why}</span> })}
            {silent.map(|at| view! { <span class="second">"Not running · last heard " <Time at=at /></span> })}
        }
    })
}
