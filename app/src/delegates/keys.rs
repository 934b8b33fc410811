//! Keys of delegates, as people compare them.

use leptos::prelude::*;
use muster::delegate::{Delegate, DelegateDetail, KnownKey};

use super::{query::ListQuery, status::DelegateStatus};
use crate::ui::{copy::CopyButton, time::Time};

/// What people compare of a delegate's key; empty where it has none.
pub fn fingerprint(delegate: &Delegate) -> String {
    delegate.key.map(|key| key.thumbprint().fingerprint()).unwrap_or_default()
}

/// Why there is no key to compare, and what to look at instead; none where there is one.
pub const fn no_key(delegate: &Delegate) -> Option<&'static str> {
    match (delegate.key.is_some(), delegate.unbound) {
        (true, _) => None,
        (false, true) => {
            Some("It registered with a version that proves no key, and is bound to one once it is upgraded.")
        }
        (false, false) => Some("It proves no key: compare its host and its address, and know who holds its token."),
    }
}

/// How versions before this one wrote the fingerprint; none where there is no key.
pub fn as_before(delegate: &Delegate) -> Option<impl IntoView + use<>> {
    let before = delegate.key?.thumbprint().former_fingerprint();
    Some(view! {
        <p class="hint">"A delegate of an older version writes it as " <code translate="no">{before}</code> "."</p>
    })
}

/// A fingerprint that is to be compared: large, with what to do with it.
#[component]
pub fn Print(
    delegate: Delegate,
    /// Whose it is.
    label: &'static str,
    /// Whether it is another one than that which it stands beside.
    #[prop(optional)]
    differs: bool,
    /// What to do with it, or what is wrong with it.
    advice: &'static str,
) -> impl IntoView {
    let print = fingerprint(&delegate);
    let missing = no_key(&delegate);
    let name = format!("Copy the fingerprint {print}");
    view! {
        <div class="print" class:differs=differs class:missing=missing.is_some()>
            <dl>
                <div>
                    <dt>{label}</dt>
                    <dd class="mono fingerprint" translate="no">
                        {if missing.is_some() { "no key".to_owned() } else { print.clone() }}
                    </dd>
                </div>
            </dl>
            {missing.is_none().then(|| view! { <CopyButton text=print label=name /> })}
            <p class="print-advice">{missing.unwrap_or(advice)}</p>
            {as_before(&delegate)}
        </div>
    }
}

/// The delegates that have or had the same host and name, each with its key and who let it work.
pub fn key_history(detail: &DelegateDetail, query: &ListQuery) -> Option<impl IntoView + use<>> {
    let line = |known: &KnownKey| {
        let key = known.key.map_or_else(|| "no key".to_owned(), |key| key.thumbprint().fingerprint());
        let decided = known.decision.clone().map(|decision| {
            view! { <span class="second">"decided by " {decision.by} ", " <Time at=decision.at /></span> }
        });
        view! {
            <li>
                <a class="mono link" href=query.detail(known.id).to_string()>
                    {key}
                </a>
                <DelegateStatus status=known.status />
                <span class="second">
                    "registered " <Time at=known.registered_at /> ", last heard " <Time at=known.last_heartbeat_at />
                </span>
                {decided}
            </li>
        }
    };
    let known = &detail.same_name;
    (!known.is_empty()).then(|| {
        view! {
            <div>
                <dt>"Other keys of this host and name"</dt>
                <dd translate="no">
                    <ul class="keys">{known.iter().map(line).collect_view()}</ul>
                </dd>
            </div>
        }
    })
}
