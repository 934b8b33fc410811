//! The decision on a delegate that waits: the facts it is taken by, and the two buttons.

use leptos::prelude::*;
use muster::delegate::Status;

use super::{
    api::{ApproveDelegate, DelegateRow},
    facts::fact,
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
    view! {
        <dl class="facts">
            {fact("Host name", of(|row| row.delegate.facts.host_name.to_string()), true)}
            {fact("IP address", of(|row| row.delegate.facts.ip.clone()), true)}
            {fact("Type", of(|row| row.delegate.facts.kind.label().to_owned()), false)}
            {fact("Version", of(|row| row.delegate.facts.version.clone()), false)}
            {fact("Profile", of(|row| row.profile.clone()), false)}
            {fact("Token", of(|row| row.token.clone()), false)}
            <div>
                <dt>"First seen"</dt>
                <dd translate="no">
                    <Time at=Signal::derive(move || row.with(|row| row.delegate.registered_at)) />
                </dd>
            </div>
            {fact("Key fingerprint", of(fingerprint), true)}
        </dl>
        <div class="decision">
            <Form action=approve id=id.clone() class="decision-form">
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="seen" value=move || seen.get().to_string() />
                <input type="hidden" name="back" value=move || back.get().to_string() />
                {move || waits.get().then(|| view! { <SubmitButton label="Approve" busy="Approving…" /> })}
            </Form>
            {move || if waits.get() {
                view! {
                    <NavButton to=reject class="btn danger" still=true>
                        "Reject"
                    </NavButton>
                    <p class="decision-hint">"Compare the fingerprint with the one in the delegate's log."</p>
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

/// What people compare of a delegate's key; empty where it has none.
pub fn fingerprint(row: &DelegateRow) -> String {
    row.delegate.facts.thumbprint.as_ref().map(muster::delegate::Thumbprint::short).unwrap_or_default()
}
