//! The decision on a delegate that waits: the key to compare, the facts it is taken by, and the two buttons.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::{
    delegate::{Delegate, DelegateRow, Earlier, Reason, Status},
    text::mixes_scripts,
};

use super::{
    api::ApproveDelegate,
    dialogs::NoteField,
    facts::{fact, host_facts, last_heartbeat, time_fact},
    keys::Print,
    query::detail_href,
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
    row: DelegateRow,
    /// Where an approval returns to.
    back: Href,
    /// The dialog that asks before an approval where something is out of the ordinary.
    approve: Href,
    /// The dialog that asks before a rejection.
    reject: Href,
    /// Whether it shows what the delegate says of itself: not where that stands beside it anyway.
    #[prop(default = true)]
    facts: bool,
) -> impl IntoView {
    let seen = row.delegate.revision;
    let waits = row.status == Status::PendingApproval;
    let cautions = cautions(&row);
    let asks = waits && !cautions.is_empty();
    let facts = match &row.earlier {
        Some(earlier) => Some(beside(&row, earlier).into_any()),
        None => facts.then(|| plain_facts(&row).into_any()),
    };
    let rest = if waits {
        let silent = row.delegate.connected_until.is_none();
        view! {
            {asks.then(|| view! {
                <NavButton to=approve.with("seen", seen) class="btn primary" keep_scroll=true>
                    "Approve…"
                </NavButton>
            })}
            <NavButton to=reject.with("seen", seen) class="btn danger" keep_scroll=true>
                "Reject"
            </NavButton>
            {silent.then(|| hint("It is not running: approved now, it works once it is back.", None))}
        }
        .into_any()
    } else {
        hint("This delegate does not wait for a decision any more.", Some("status")).into_any()
    };
    view! {
        {cautions.into_iter().map(alarm).collect_view()}
        {prints(&row)}
        {facts}
        <div class="decision">
            {approval(&row, &back, waits && !asks)}
            {rest}
        </div>
    }
}

/// The form that approves; without its button it says what became of an approval.
fn approval(row: &DelegateRow, back: &Href, possible: bool) -> impl IntoView + use<> {
    let (id, seen, back) = (row.delegate.id.to_string(), row.delegate.revision, back.to_string());
    view! {
        <Form action=ApproveDelegate::PATH id=id.clone() class="decision-form">
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="seen" value=seen.to_string() />
            <input type="hidden" name="back" value=back />
            {possible.then(|| view! {
                <NoteField />
                <SubmitButton label="Approve" busy="Approving…" />
            })}
        </Form>
    }
}

/// The fingerprint at the centre, beside that of the one which had the name before.
fn prints(row: &DelegateRow) -> impl IntoView + use<> {
    let earlier = row.earlier.as_ref().map(|earlier| {
        view! {
            <Print
                delegate=earlier.delegate.clone()
                label="The one known before"
                advice="What this host and name had until now."
            />
        }
    });
    let differs = row.earlier.as_ref().is_some_and(|earlier| earlier.delegate.key != row.delegate.key);
    let advice = if differs {
        "Another key than before. Compare it with the one in the delegate's log."
    } else {
        "Compare it with the one in the delegate's log."
    };
    view! {
        <div class="prints">
            <Print delegate=row.delegate.clone() label="Key fingerprint" differs=differs advice=advice />
            {earlier}
        </div>
    }
}

fn plain_facts(row: &DelegateRow) -> impl IntoView + use<> {
    view! {
        <dl class="facts">
            {host_facts(row)}
            {fact("Profile", &row.profile, false)}
            {fact("Token", &row.token, false)}
            {time_fact("First seen", row.delegate.registered_at)}
            {last_heartbeat(row)}
        </dl>
    }
}

/// What is to be known before a delegate is approved, where anything is out of the ordinary.
pub fn cautions(row: &DelegateRow) -> Vec<String> {
    [why(row), mixed_letters(row)].into_iter().flatten().collect()
}

/// What is to be known about the buttons.
fn hint(text: &'static str, role: Option<&'static str>) -> impl IntoView {
    view! {
        <p class="decision-hint" role=role>
            {Icon::Info.draw()}
            {text}
        </p>
    }
}

/// What is to be known before anything else.
fn alarm(text: String) -> impl IntoView {
    view! {
        <p class="decision-alarm">
            {Icon::Info.draw()}
            <span>{text}</span>
        </p>
    }
}

/// Whether its name or its host is written in letters of several alphabets, so that it can look like another one.
fn mixed_letters(row: &DelegateRow) -> Option<String> {
    let facts = &row.delegate.facts;
    let mixed = [facts.name.as_str(), facts.host_name.as_str()].into_iter().find(|text| mixes_scripts(text))?;
    Some(format!("“{mixed}” mixes letters of several alphabets: it may only look like a name that you know."))
}

/// Why it waits, where that is out of the ordinary.
fn why(row: &DelegateRow) -> Option<String> {
    let delegate = &row.delegate;
    match delegate.reason? {
        Reason::Conflict => {
            let from = delegate.conflict.as_ref().map(|conflict| {
                let [known, other] = &conflict.addresses;
                if known == other { format!(", both from {known}") } else { format!(", from {known} and {other}") }
            });
            Some(format!(
                "Two processes use this identity{}. Its folder was copied, or an old copy of it was restored. Neither \
                 gets scripts or secrets. Stop one of them, then approve; or reject both.",
                from.unwrap_or_default()
            ))
        }
        Reason::Resembles => Some(
            "A delegate with this host and name is known already, and this is not it: it was installed anew, it is a \
             clone, or it is an impostor. Approving this one changes nothing of the other."
                .to_owned(),
        ),
        Reason::UnknownProfile => Some(format!(
            "It asks for the profile “{}”, which does not exist. Approved, it has the profile {}.",
            delegate.asked_profile.as_deref().unwrap_or_default(),
            row.profile
        )),
        Reason::Required | Reason::TakenBack => None,
    }
}

/// The facts of this delegate, beside those of the one that had its host and name before.
fn beside(row: &DelegateRow, earlier: &Earlier) -> impl IntoView + use<> {
    const NAMES: [&str; 7] = ["Address", "Stated address", "Type", "Version", "Profile", "Token", "Status"];
    let of = |delegate: &Delegate, profile: &str, token: &str| {
        let facts = &delegate.facts;
        [
            delegate.address.clone(),
            facts.ip.clone(),
            facts.kind.label().to_owned(),
            facts.version.clone(),
            profile.to_owned(),
            token.to_owned(),
            delegate.status().label().to_owned(),
        ]
    };
    let (this, known) = (&row.delegate, &earlier.delegate);
    let now = of(this, &row.profile, &row.token);
    let before = of(known, &earlier.profile, &earlier.token);
    let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
    let line = |(name, (now, before)): (&'static str, (String, String))| {
        let differs = now != before;
        view! {
            <tr class:differs=differs>
                <th scope="row">{name}</th>
                <td>{or_none(now)}</td>
                <td>{or_none(before)}</td>
            </tr>
        }
    };
    view! {
        <table class="beside">
            <thead>
                <tr>
                    <td></td>
                    <th scope="col">"This one"</th>
                    <th scope="col">
                        <a class="link" href=detail_href(known.id).to_string()>
                            "The one known before"
                        </a>
                    </th>
                </tr>
            </thead>
            <tbody>
                {NAMES.into_iter().zip(now.into_iter().zip(before)).map(line).collect_view()}
                <tr>
                    <th scope="row">"First seen"</th>
                    <td>
                        <Time at=this.registered_at />
                    </td>
                    <td>
                        <Time at=known.registered_at />
                    </td>
                </tr>
                <tr>
                    <th scope="row">"Last heartbeat"</th>
                    <td>
                        <Time at=this.last_heartbeat_at />
                    </td>
                    <td>
                        <Time at=known.last_heartbeat_at />
                    </td>
                </tr>
            </tbody>
        </table>
    }
}
