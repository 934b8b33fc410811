//! The facts of a delegate on its own page, in groups, and what can be changed of them.

use leptos::prelude::*;
use muster::delegate::{Admission, Decision, DelegateDetail, DelegateRow};

use super::{
    facts::{fact, selectors, time_fact},
    keys::{as_before, fingerprint, key_history, no_key},
    query::ListQuery,
    strip::strips,
};
use crate::ui::href::at_scope;
use crate::{
    session::ManagersOnly,
    ui::{button::NavButton, copy::CopyButton, icon::Icon, time::Time},
};

/// All groups. `query` is the list that one came from.
pub fn groups(detail: &DelegateDetail, query: &ListQuery) -> impl IntoView + use<> {
    view! {
        <div class="groups">
            {group("Identity", identity(&detail.row, query).into_any())}
            {group("Placement", placement(detail, query).into_any())}
            {group("Trust", trust(detail, query).into_any())}
            {group("Liveness", liveness(detail).into_any())}
        </div>
    }
}

fn group(title: &'static str, facts: AnyView) -> impl IntoView {
    view! {
        <section class="card group" aria-label=title>
            <h2>{title}</h2>
            <dl class="pairs">{facts}</dl>
        </section>
    }
}

/// A button that changes the fact that it stands beside.
fn change(to: crate::ui::href::Href, text: &'static str, name: &'static str) -> impl IntoView {
    view! {
        <ManagersOnly>
            <NavButton to=to class="btn small ghost" label=name keep_scroll=true>
                {text}
            </NavButton>
        </ManagersOnly>
    }
}

fn identity(row: &DelegateRow, query: &ListQuery) -> impl IntoView + use<> {
    let delegate = &row.delegate;
    let id = delegate.id.to_string();
    let describe = query.dialog(delegate.id, "description");
    let no_selectors = delegate.own_selectors().iter().chain(row.inherited.iter()).next().is_none();
    let description = Some(delegate.description().to_owned()).filter(|text| !text.is_empty());
    view! {
        <div>
            <dt>"Delegate id"</dt>
            <dd class="mono changeable" translate="no">
                <span>{id.clone()}</span>
                <CopyButton label=format!("Copy the id {id}") text=id />
            </dd>
        </div>
        {fact("Type", delegate.facts.kind.label(), false)}
        {fact("Version", &delegate.facts.version, false)}
        <div>
            <dt>"Description"</dt>
            <dd class="changeable" translate="no">
                {match description {
                    Some(text) => view! { <span class="described">{text}</span> }.into_any(),
                    None => view! { <span class="muted">"none"</span> }.into_any(),
                }}
                <ManagersOnly>
                    <NavButton to=describe class="btn small ghost icon-only" label="Edit description" keep_scroll=true>
                        {Icon::Edit.draw()}
                    </NavButton>
                </ManagersOnly>
            </dd>
        </div>
        <div>
            <dt>"Selectors"</dt>
            <dd translate="no" class="changeable">
                {selectors(row, &ListQuery::default())}
                {no_selectors.then(|| view! { <span class="muted">"none"</span> })}
                {change(query.dialog(delegate.id, "selectors"), "Edit", "Edit selectors")}
            </dd>
        </div>
    }
}

fn placement(detail: &DelegateDetail, query: &ListQuery) -> impl IntoView + use<> {
    let row = &detail.row;
    let (delegate, facts) = (&row.delegate, &row.delegate.facts);
    let asks = delegate.asked_profile.as_ref();
    let others = (detail.on_host > 0).then(|| {
        let to = ListQuery::default().with(|filter| facts.host_name.as_str().clone_into(&mut filter.search)).list();
        let words = if detail.on_host == 1 { "1 other".to_owned() } else { format!("{} others", detail.on_host) };
        view! {
            <div>
                <dt>"On this host"</dt>
                <dd>
                    <a class="link" href=to.to_string()>
                        {words}
                    </a>
                </dd>
            </div>
        }
    });
    view! {
        {fact("Address", &delegate.address, true)}
        <div>
            <dt>"Stated address"</dt>
            <dd class="mono" translate="no">
                {facts.ip.clone()}
                <span class="second plain-text">"as the delegate says of itself"</span>
            </dd>
        </div>
        <div>
            <dt>"Profile"</dt>
            <dd translate="no" class="changeable">
                <a class="link" href=at_scope(&format!("/profiles/{}", delegate.profile_id))>
                    {row.profile.clone()}
                </a>
                {change(query.dialog(delegate.id, "profile"), "Switch profile", "Switch profile")}
                {asks.map(|asked| {
                    view! { <span class="second">{format!("It asks for “{asked}”, and keeps this one.")}</span> }
                })}
            </dd>
        </div>
        <div>
            <dt>"Token"</dt>
            <dd translate="no">
                {match row.token_status {
                    Some(_) => {
                        view! {
                            <a class="link" href=at_scope(&format!("/tokens/{}", delegate.token_id))>
                                {row.token.clone()}
                            </a>
                        }
                        .into_any()
                    }
                    None => row.token.clone().into_any(),
                }}
            </dd>
        </div>
        {others}
    }
}

fn trust(detail: &DelegateDetail, query: &ListQuery) -> impl IntoView + use<> {
    let delegate = &detail.row.delegate;
    let print = fingerprint(delegate);
    let missing = no_key(delegate);
    let copy = missing.is_none().then(|| {
        view! { <CopyButton label=format!("Copy the fingerprint {print}") text=print.clone() /> }
    });
    view! {
        <div>
            <dt>"Key fingerprint"</dt>
            <dd class="changeable">
                {match missing {
                    Some(why) => view! { <span class="muted">"none. " {why}</span> }.into_any(),
                    None => view! { <span class="mono fingerprint" translate="no">{print.clone()}</span> }.into_any(),
                }}
                {copy}
                {as_before(delegate)}
            </dd>
        </div>
        <div>
            <dt>"Decision"</dt>
            <dd translate="no">{decision(&detail.row)}</dd>
        </div>
        {delegate.disabled.clone().map(|disabled| view! {
            <div>
                <dt>"Disabled"</dt>
                <dd translate="no">"by " {decided(disabled)}</dd>
            </div>
        })}
        {key_history(detail, query)}
    }
}

fn liveness(detail: &DelegateDetail) -> impl IntoView + use<> {
    let row = &detail.row;
    view! {
        {strips(&detail.uptime)}
        {time_fact("Registered", row.delegate.registered_at)}
        {fact("Heartbeat interval", &interval(row), false)}
        {clock(row).map(|clock| view! {
            <div>
                <dt>"Clock"</dt>
                <dd>{clock}</dd>
            </div>
        })}
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
        {note.map(|note| view! { <q class="note">{note.to_string()}</q> })}
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
