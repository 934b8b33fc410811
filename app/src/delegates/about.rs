//! The facts of a delegate on its own page, and what can be changed of them.

use leptos::prelude::*;
use muster::delegate::{Admission, Decision, DelegateRow};

use super::{
    decision::{fingerprint, no_key},
    facts::{fact, host_facts, last_heartbeat, selectors, time_fact},
    query::{ListQuery, dialog_on_detail},
};
use crate::{
    session::ManagersOnly,
    ui::{button::NavButton, time::Time},
};

/// The card with the facts.
pub fn facts_card(row: &DelegateRow) -> impl IntoView + use<> {
    let delegate = &row.delegate;
    let change = |dialog: &str, text: &'static str, name: &'static str| {
        let to = dialog_on_detail(delegate.id, dialog);
        view! {
            <ManagersOnly>
                <NavButton to=to class="btn small ghost" label=name keep_scroll=true>
                    {text}
                </NavButton>
            </ManagersOnly>
        }
    };
    let asked_profile = delegate.asked_profile.as_ref();
    let no_selectors = delegate.own_selectors().iter().chain(row.inherited.iter()).next().is_none();
    view! {
        <dl class="card facts facts-card">
            {host_facts(row)}
            <div>
                <dt>"Profile"</dt>
                <dd translate="no" class="changeable">
                    <a class="link" href=format!("/profiles/{}", delegate.profile_id)>
                        {row.profile.clone()}
                    </a>
                    {change("profile", "Switch profile", "Switch profile")}
                    {asked_profile.map(|asked| {
                        view! { <span class="second">{format!("It asks for “{asked}”, and keeps this one.")}</span> }
                    })}
                </dd>
            </div>
            {fact("Token", &row.token, false)}
            <div>
                <dt>"Selectors"</dt>
                <dd translate="no" class="changeable">
                    {selectors(row, &ListQuery::default())}
                    {no_selectors.then(|| view! { <span class="muted">"none"</span> })}
                    {change("selectors", "Edit", "Edit selectors")}
                </dd>
            </div>
            {fact("Description", &delegate.facts.description, false)}
            {time_fact("Registered", delegate.registered_at)}
            {last_heartbeat(row)}
            {fact("Heartbeat interval", &interval(row), false)}
            {clock(row).map(|clock| view! {
                <div>
                    <dt>"Clock"</dt>
                    <dd>{clock}</dd>
                </div>
            })}
            <div>
                <dt>"Decision"</dt>
                <dd translate="no">{decision(row)}</dd>
            </div>
            {row.delegate.disabled.clone().map(|disabled| view! {
                <div>
                    <dt>"Disabled"</dt>
                    <dd translate="no">"by " {decided(disabled)}</dd>
                </div>
            })}
            <div>
                <dt>"Key fingerprint"</dt>
                <dd class="mono">
                    {fingerprint(row)}
                    {no_key(row).map(|why| view! { <span class="muted plain-text">{why}</span> })}
                </dd>
            </div>
            {fact("Delegate id", &delegate.id.to_string(), true)}
        </dl>
    }
}

/// Who decided on it, or why nobody did.
fn decision(row: &DelegateRow) -> AnyView {
    let admission = row.delegate.admission;
    let Some(decision) = row.delegate.decision.clone() else {
        let why = match admission {
            Admission::WaitingForApproval => "not yet",
            Admission::Enabled | Admission::Rejected | Admission::Disabled => "none was needed",
        };
        return view! { <span class="muted">{why}</span> }.into_any();
    };
    let verb = match admission {
        Admission::Enabled | Admission::Disabled => "Approved by ",
        Admission::Rejected => "Rejected by ",
        Admission::WaitingForApproval => "Returned to approval by ",
    };
    view! { {verb} {decided(decision)} }.into_any()
}

/// Who decided something and when, and what was noted of it.
fn decided(decision: Decision) -> impl IntoView {
    let Decision { by, at, note } = decision;
    view! {
        {by}
        ", "
        <Time at=at />
        {note.map(|note| view! { <span class="second note">{note.to_string()}</span> })}
    }
}

/// By how much its clock is wrong, where credentials suffer from that.
fn clock(row: &DelegateRow) -> Option<String> {
    const MIN_SECONDS: u64 = 60;
    let behind = row.delegate.clock_behind?;
    let by = behind.unsigned_abs();
    let amount = if by < 120 { format!("{by} s") } else { format!("{} min", by / 60) };
    let way = if behind > 0 { "behind" } else { "ahead of" };
    (by > MIN_SECONDS).then(|| format!("{amount} {way} the manager's: set it right, or its credentials are refused"))
}

fn interval(row: &DelegateRow) -> String {
    match row.delegate.facts.heartbeat_interval_ms {
        Some(ms) if ms % 1000 == 0 => format!("{} s", ms / 1000),
        Some(ms) => format!("{ms} ms"),
        None => "not stated".to_owned(),
    }
}
