//! What a delegate is, as rows and panels show it.

use leptos::prelude::*;
use muster::{
    delegate::{Admission, DelegateRow, Reason, Status},
    time::Timestamp,
    token::TokenStatus,
};

use super::{query::ListQuery, status::DelegateStatus};
use crate::ui::time::Time;

/// One fact with its name; what is empty is said to be.
pub fn fact(name: &'static str, value: Signal<String>, mono: bool) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd translate="no" class=if mono { "mono" } else { "" }>
                {move || {
                    let value = value.get();
                    if value.is_empty() {
                        view! { <span class="muted">"none"</span> }.into_any()
                    } else {
                        value.into_any()
                    }
                }}
            </dd>
        </div>
    }
}

/// A fact that is a point in time.
pub fn time_fact(name: &'static str, at: Signal<Timestamp>) -> impl IntoView {
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
pub fn host_facts(row: Signal<DelegateRow>) -> impl IntoView {
    let of = move |part: fn(&DelegateRow) -> String| Signal::derive(move || row.with(part));
    view! {
        {fact("Host name", of(|row| row.delegate.facts.host_name.to_string()), true)}
        {fact("Address", of(|row| row.delegate.address.clone()), true)}
        {fact("Stated address", of(|row| row.delegate.facts.ip.clone()), true)}
        {fact("Type", of(|row| row.delegate.facts.kind.label().to_owned()), false)}
        {fact("Version", of(|row| row.delegate.facts.version.clone()), false)}
    }
}

/// When a delegate was heard last.
pub fn last_heartbeat(row: Signal<DelegateRow>) -> impl IntoView {
    time_fact("Last heartbeat", Signal::derive(move || row.with(|row| row.delegate.last_heartbeat_at)))
}

/// The selectors of a delegate: its own, each a link to the delegates of a list that have it too, and those of its profile.
pub fn selectors(row: Signal<DelegateRow>, list: Signal<ListQuery>) -> impl IntoView {
    let both = Memo::new(move |_| {
        row.with(|row| {
            let own: Vec<String> = row.delegate.own_selectors().iter().map(str::to_owned).collect();
            let inherited = row.inherited.iter().map(str::to_owned).filter(|tag| !own.contains(tag)).collect();
            (own, inherited, row.profile.clone())
        })
    });
    move || {
        let (own, inherited, profile): (Vec<String>, Vec<String>, String) = both.get();
        view! {
            <span class="tags">
                {own.into_iter().map(|tag| own_selector(tag, list)).collect_view()}
                {inherited
                    .into_iter()
                    .map(|tag| {
                        view! {
                            <span class="tag inherited" title=format!("{tag}, from the profile {profile}")>
                                {tag.clone()}
                                <span class="visually-hidden">" (inherited)"</span>
                            </span>
                        }
                    })
                    .collect_view()}
            </span>
        }
    }
}

fn own_selector(tag: String, list: Signal<ListQuery>) -> impl IntoView {
    let (wanted, text) = (tag.clone(), tag.clone());
    let to = move || list.with(|list| list.with(|filter| wanted.clone_into(&mut filter.tag))).list().to_string();
    view! {
        <a class="tag" href=to title=format!("Show only delegates with the tag {tag}") data-noscroll="">
            {text}
        </a>
    }
}

/// The status, and what is to be known about it.
#[component]
pub fn StatusWithReason(row: Signal<DelegateRow>, #[prop(into)] just_done: Signal<bool>) -> impl IntoView {
    let status = Memo::new(move |_| row.with(|row| row.status));
    let activated = move || {
        let approved = row.with(|row| row.delegate.admission == Admission::Enabled && row.delegate.decision.is_some());
        (approved && just_done.get()).then(|| view! { <span class="activated">"Activated"</span> })
    };
    let cut_off = move || {
        let (token, refused) = row.with(|row| (row.token_status, row.delegate.refused_at));
        let why = match token {
            Some(TokenStatus::Expired) => "Token expired",
            Some(TokenStatus::Active) => "Refused",
            Some(TokenStatus::Revoked) | None => "Token revoked",
        };
        let silent = status.get() == Status::NotConnected;
        (silent && (token != Some(TokenStatus::Active) || refused.is_some())).then(|| {
            view! {
                <span class="second">
                    {why}
                    {refused.map(|at| view! { " · last tried " <Time at=at /> })}
                </span>
            }
        })
    };
    view! {
        <span class="status-line">
            <DelegateStatus status=status />
            {activated}
        </span>
        {cut_off}
        <WaitingNote row=row />
    }
}

/// What is to be known of a delegate that waits: why, where that is out of the ordinary, and that it is not running.
#[component]
pub fn WaitingNote(row: Signal<DelegateRow>) -> impl IntoView {
    let note = Memo::new(move |_| {
        row.with(|row| {
            let waits = row.delegate.admission == Admission::WaitingForApproval;
            let why = match row.delegate.reason {
                Some(Reason::Conflict) => Some("Two processes use this identity"),
                Some(Reason::Resembles) => Some("Same host and name, another key"),
                Some(Reason::UnknownProfile) => Some("Unknown profile"),
                Some(Reason::Required | Reason::TakenBack) | None => None,
            };
            let silent = row.delegate.connected_until.is_none().then_some(row.delegate.last_heartbeat_at);
            if waits { (why, silent) } else { (None, None) }
        })
    });
    move || {
        let (why, silent) = note.get();
        view! {
            {why.map(|why| view! { <span class="second alarm">{why}</span> })}
            {silent.map(|at| view! { <span class="second">"Not running · last heard " <Time at=at /></span> })}
        }
    }
}
