//! The decision on a delegate that waits: the facts it is taken by, and the two buttons.

use leptos::prelude::*;
use muster::{
    delegate::{Delegate, DelegateRow, Earlier, Reason, Status},
    text::mixes_scripts,
};

use super::{
    api::ApproveDelegate,
    facts::{fact, host_facts, last_heartbeat, time_fact},
};
use crate::ui::{
    button::{NavButton, SubmitButton},
    form::Form,
    href::Href,
    icon::Icon,
    time::Time,
};

/// The panel with the decision. It stays where the delegate was decided on by somebody else, and says so.
#[component]
pub fn Decision(
    /// The delegate. The form carries the revision of the facts that are shown.
    row: Signal<DelegateRow>,
    /// Whether it has left the list.
    #[prop(into)]
    gone: Signal<bool>,
    /// Where an approval returns to.
    back: Signal<Href>,
    /// The dialog that asks before a rejection.
    reject: Signal<Href>,
) -> impl IntoView {
    let id = row.with_untracked(|row| row.delegate.id.to_string());
    let approve = ServerAction::<ApproveDelegate>::new();
    let waits = Memo::new(move |_| !gone.get() && row.with(|row| row.status == Status::PendingApproval));
    let of = move |part: fn(&DelegateRow) -> String| Signal::derive(move || row.with(part));
    let seen = Signal::derive(move || row.with(|row| row.delegate.revision));
    let reject = Signal::derive(move || reject.get().with("seen", seen.get()));
    let silent = Memo::new(move |_| row.with(|row| row.delegate.connected_until.is_none()));
    view! {
        <Why row=row />
        <MixedLetters row=row />
        <Key row=row />
        {move || match row.with(|row| row.earlier.clone()) {
            Some(earlier) => beside(row, *earlier).into_any(),
            None => {
                view! {
                    <dl class="facts">
                        {host_facts(row)}
                        {fact("Profile", of(|row| row.profile.clone()), false)}
                        {fact("Token", of(|row| row.token.clone()), false)}
                        {time_fact("First seen", Signal::derive(move || row.with(|row| row.delegate.registered_at)))}
                        {last_heartbeat(row)}
                    </dl>
                }
                .into_any()
            }
        }}
        <div class="decision">
            <Form action=approve id=id.clone() class="decision-form">
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="seen" value=move || seen.get().to_string() />
                <input type="hidden" name="back" value=move || back.get().to_string() />
                {move || waits.get().then(|| view! { <SubmitButton label="Approve" busy="Approving…" /> })}
            </Form>
            {move || if waits.get() {
                view! {
                    <NavButton to=reject class="btn danger" keep_scroll=true>
                        "Reject"
                    </NavButton>
                    {move || silent.get().then(|| view! {
                        <p class="decision-hint">
                            {Icon::Info.draw()}
                            "It is not running: approved now, it works once it is back."
                        </p>
                    })}
                }
                .into_any()
            } else {
                view! {
                    <p class="decision-hint" role="status">
                        {Icon::Info.draw()}
                        "This delegate does not wait for a decision any more."
                    </p>
                }
                .into_any()
            }}
        </div>
    }
}

/// Whether its name or its host is written in letters of several alphabets, so that it can look like another one.
#[component]
fn MixedLetters(row: Signal<DelegateRow>) -> impl IntoView {
    move || {
        let mixed = row.with(|row| {
            let facts = &row.delegate.facts;
            [facts.name.as_str(), facts.host_name.as_str()]
                .into_iter()
                .find(|text| mixes_scripts(text))
                .map(str::to_owned)
        });
        mixed.map(|text| {
            view! {
                <p class="decision-alarm">
                    {Icon::Info.draw()}
                    <span>{format!("“{text}” mixes letters of several alphabets: it may only look like a name that you know.")}</span>
                </p>
            }
        })
    }
}

/// Why it waits, where that is out of the ordinary.
#[component]
fn Why(row: Signal<DelegateRow>) -> impl IntoView {
    move || {
        let (reason, conflict, asked, profile) = row.with(|row| {
            let delegate = &row.delegate;
            let conflict = delegate.conflict.clone();
            (delegate.reason, conflict, delegate.asked_profile.clone(), row.profile.clone())
        });
        let sentence = match reason? {
            Reason::Conflict => {
                let from = conflict.map(|conflict| {
                    let [known, other] = conflict.addresses;
                    if known == other { format!(", both from {known}") } else { format!(", from {known} and {other}") }
                });
                format!(
                    "Two processes use this identity{}. Its folder was copied, or an old copy of it was restored. Neither \
                     gets scripts or secrets. Stop one of them, then approve; or reject both.",
                    from.unwrap_or_default()
                )
            }
            Reason::Resembles => "A delegate with this host and name is known already, and this is not it: it was \
                                  installed anew, it is a clone, or it is an impostor. Approving this one changes nothing \
                                  of the other."
                .to_owned(),
            Reason::UnknownProfile => format!(
                "It asks for the profile “{}”, which does not exist. Approved, it has the profile {profile}.",
                asked.unwrap_or_default()
            ),
            Reason::Required | Reason::TakenBack => return None,
        };
        Some(view! {
            <p class="decision-alarm">
                {Icon::Info.draw()}
                <span>{sentence}</span>
            </p>
        })
    }
}

/// What to compare before anything else.
#[component]
fn Key(row: Signal<DelegateRow>) -> impl IntoView {
    let why_none = Memo::new(move |_| row.with(no_key));
    let has_key = move || why_none.get().is_none();
    view! {
        <div class="decision-key">
            <dl class="facts">
                <div>
                    <dt>"Key fingerprint"</dt>
                    <dd class="mono" class:fingerprint=has_key>
                        {move || {
                            if has_key() {
                                row.with(fingerprint).into_any()
                            } else {
                                view! { <span class="muted">"none"</span> }.into_any()
                            }
                        }}
                    </dd>
                </div>
            </dl>
            <p class="muted">
                {move || match why_none.get() {
                    Some(why) => format!("This delegate has no key. {why}"),
                    None => "Compare it with the one in the delegate's log.".to_owned(),
                }}
            </p>
        </div>
    }
}

/// The facts of this delegate, beside those of the one that had its host and name before.
fn beside(row: Signal<DelegateRow>, earlier: Earlier) -> impl IntoView {
    let earlier_id = earlier.delegate.id;
    let seen = [row.with_untracked(|row| row.delegate.registered_at), earlier.delegate.registered_at];
    let heard_before = earlier.delegate.last_heartbeat_at;
    let lines = Memo::new(move |_| {
        row.with(|row| {
            let of = |delegate: &Delegate, profile: &str, token: &str| {
                let facts = &delegate.facts;
                [
                    key_of(delegate),
                    delegate.address.clone(),
                    facts.ip.clone(),
                    facts.kind.label().to_owned(),
                    facts.version.clone(),
                    profile.to_owned(),
                    token.to_owned(),
                    delegate.status().label().to_owned(),
                ]
            };
            let now = of(&row.delegate, &row.profile, &row.token);
            let before = of(&earlier.delegate, &earlier.profile, &earlier.token);
            let names =
                ["Key fingerprint", "Address", "Stated address", "Type", "Version", "Profile", "Token", "Status"];
            let pairs = now.into_iter().zip(before);
            names.into_iter().zip(pairs).map(|(name, (now, before))| (name, now, before)).collect::<Vec<_>>()
        })
    });
    let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
    view! {
        <table class="beside">
            <thead>
                <tr>
                    <td></td>
                    <th scope="col">"This one"</th>
                    <th scope="col">
                        <a class="link" href=super::query::detail_href(earlier_id).to_string()>
                            "The one known before"
                        </a>
                    </th>
                </tr>
            </thead>
            <tbody>
                {move || {
                    lines
                        .get()
                        .into_iter()
                        .map(|(name, now, before)| {
                            let differs = now != before;
                            view! {
                                <tr class:differs=differs>
                                    <th scope="row">{name}</th>
                                    <td>{or_none(now)}</td>
                                    <td>{or_none(before)}</td>
                                </tr>
                            }
                        })
                        .collect_view()
                }}
                <tr>
                    <th scope="row">"First seen"</th>
                    <td>
                        <Time at=seen[0] />
                    </td>
                    <td>
                        <Time at=seen[1] />
                    </td>
                </tr>
                <tr>
                    <th scope="row">"Last heartbeat"</th>
                    <td>
                        <Time at=Signal::derive(move || row.with(|row| row.delegate.last_heartbeat_at)) />
                    </td>
                    <td>
                        <Time at=heard_before />
                    </td>
                </tr>
            </tbody>
        </table>
    }
}

fn key_of(delegate: &Delegate) -> String {
    delegate.key.map(|key| key.thumbprint().short()).unwrap_or_default()
}

/// What people compare of a delegate's key; empty where it has none.
pub fn fingerprint(row: &DelegateRow) -> String {
    key_of(&row.delegate)
}

/// Why there is no key to compare, and what to look at instead; none where there is one.
pub fn no_key(row: &DelegateRow) -> Option<&'static str> {
    let delegate = &row.delegate;
    match (delegate.key, delegate.unbound) {
        (Some(_), _) => None,
        (None, true) => {
            Some("It registered with a version that proves no key, and is bound to one once it is upgraded.")
        }
        (None, false) => Some("Check its host and its address, and that its token is in the right hands."),
    }
}
