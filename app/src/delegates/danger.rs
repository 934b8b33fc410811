//! What puts a delegate out of work, lets it back, or ends it: in a place of its own at the end of its page, away from
//! what is done every day.

use leptos::prelude::*;
use muster::delegate::{Admission, DelegateRow};

use super::{enable::EnableForm, query::ListQuery, take_back::TakeBackForm};
use crate::ui::{button::NavButton, href::Href};

/// The acts, each with what it means, beside its button.
pub fn danger_zone(row: &DelegateRow, query: &ListQuery) -> impl IntoView + use<> {
    let id = row.delegate.id;
    let back = query.detail(id);
    let standing = match row.delegate.admission {
        Admission::Enabled => Some(act(
            "Disable this delegate",
            "It is refused from its next request on, and gets neither work nor scripts. Its token, its key and its \
             approval stay as they are.",
            leads_to(query.dialog(id, "disable"), "Disable"),
        )),
        Admission::Disabled => Some(act(
            "Enable this delegate",
            "It works again, as it did before it was disabled.",
            view! { <EnableForm id=id back=back class="btn" /> }.into_any(),
        )),
        Admission::Rejected => Some(act(
            "Take the rejection back",
            "It waits for approval again, once it is heard of.",
            view! { <TakeBackForm id=id back=back class="btn" /> }.into_any(),
        )),
        // What there is to decide stands above.
        Admission::WaitingForApproval => None,
    };
    view! {
        <section class="block" aria-labelledby="danger">
            <h2 id="danger">"Danger zone"</h2>
            <ul class="card danger-zone">
                {standing}
                {act(
                    "Delete this delegate",
                    "It leaves the list for good. If it registers again, it is evaluated anew.",
                    leads_to(query.dialog(id, "delete"), "Delete"),
                )}
            </ul>
        </section>
    }
}

fn leads_to(dialog: Href, label: &'static str) -> AnyView {
    view! {
        <NavButton to=dialog class="btn danger" keep_scroll=true>
            {label}
        </NavButton>
    }
    .into_any()
}

fn act(title: &'static str, meaning: &'static str, button: AnyView) -> AnyView {
    view! {
        <li>
            <div>
                <h3>{title}</h3>
                <p>{meaning}</p>
            </div>
            {button}
        </li>
    }
    .into_any()
}
