//! The facts of a delegate on its own page, and what can be changed of them.

use leptos::prelude::*;
use muster::delegate::{Admission, DelegateRow};

use super::{
    decision::{fingerprint, no_key},
    facts::{fact, host_facts, last_heartbeat, selectors, time_fact},
    query::{ListQuery, dialog_on_detail},
};
use crate::{
    session::may_manage,
    ui::{button::NavButton, time::Time},
};

/// The card with the facts.
#[component]
pub fn Facts(row: Signal<DelegateRow>) -> impl IntoView {
    let id = row.with_untracked(|row| row.delegate.id);
    let may = may_manage();
    let change = move |dialog: &'static str, text: &'static str, name: &'static str| {
        move || {
            may.get().then(|| {
                view! {
                    <NavButton to=dialog_on_detail(id, dialog) class="btn small ghost" label=name keep_scroll=true>
                        {text}
                    </NavButton>
                }
            })
        }
    };
    let no_selectors = move || {
        let none = row.with(|row| row.delegate.own_selectors().iter().chain(row.inherited.iter()).next().is_none());
        none.then(|| view! { <span class="muted">"none"</span> })
    };
    let asked_profile = move || {
        row.with(|row| row.delegate.asked_profile.clone())
            .map(|asked| view! { <span class="second">{format!("It asks for “{asked}”, and keeps this one.")}</span> })
    };
    let of = move |part: fn(&DelegateRow) -> String| Signal::derive(move || row.with(part));
    let decision = move || {
        row.with(|row| row.delegate.decision.clone().map(|decision| (row.delegate.admission, decision))).map(
            |(admission, decision)| {
                let verb = match admission {
                    Admission::Enabled => "Approved by ",
                    Admission::Rejected => "Rejected by ",
                    Admission::WaitingForApproval => "Returned to approval by ",
                };
                view! { {verb} {decision.by} ", " <Time at=decision.at /> }
            },
        )
    };
    let undecided = move || match row.with(|row| row.delegate.admission) {
        Admission::WaitingForApproval => "not yet",
        Admission::Enabled | Admission::Rejected => "none was needed",
    };
    view! {
        <dl class="card facts facts-card">
            {host_facts(row)}
            <div>
                <dt>"Profile"</dt>
                <dd translate="no" class="changeable">
                    <a class="link" href=move || row.with(|row| format!("/profiles/{}", row.delegate.profile_id))>
                        {move || row.with(|row| row.profile.clone())}
                    </a>
                    {change("profile", "Switch profile", "Switch profile")}
                    {asked_profile}
                </dd>
            </div>
            {fact("Token", of(|row| row.token.clone()), false)}
            <div>
                <dt>"Selectors"</dt>
                <dd translate="no" class="changeable">
                    {selectors(row, Signal::stored(ListQuery::default()))}
                    {no_selectors}
                    {change("selectors", "Edit", "Edit selectors")}
                </dd>
            </div>
            {fact("Description", of(|row| row.delegate.facts.description.clone()), false)}
            {time_fact("Registered", Signal::derive(move || row.with(|row| row.delegate.registered_at)))}
            {last_heartbeat(row)}
            {fact("Heartbeat interval", of(interval), false)}
            {move || row.with(clock).map(|clock| view! {
                <div>
                    <dt>"Clock"</dt>
                    <dd>{clock}</dd>
                </div>
            })}
            <div>
                <dt>"Decision"</dt>
                <dd translate="no">{move || decision().map_or_else(
                    || view! { <span class="muted">{undecided()}</span> }.into_any(),
                    IntoAny::into_any,
                )}</dd>
            </div>
            <div>
                <dt>"Key fingerprint"</dt>
                <dd class="mono">
                    {move || row.with(fingerprint)}
                    {move || {
                        let why = row.with(no_key);
                        why.map(|why| view! { <span class="muted plain-text">{why}</span> })
                    }}
                </dd>
            </div>
            {fact("Delegate id", of(|row| row.delegate.id.to_string()), true)}
        </dl>
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
