//! The second factor, as a part of the account's page.

use leptos::prelude::*;
use muster::user::{RECOVERY_CODES, SecondFactor};

use super::PATH;
use crate::ui::{button::NavButton, href::Href, icon::Icon, status::mark, time::Time};

/// Whether it is on, and what can be done.
pub fn second_factor_block(factor: Option<SecondFactor>) -> impl IntoView {
    view! {
        <section class="block">
            <h2>"Second factor"</h2>
            <div class="card second-factor">
                {match factor {
                    Some(factor) => on(factor).into_any(),
                    None => off().into_any(),
                }}
            </div>
        </section>
    }
}

fn on(SecondFactor { since, recovery_codes }: SecondFactor) -> impl IntoView {
    view! {
        <p>
            {mark("status ok", Icon::Done, "On")} <span class="second">"since " <Time at=since /></span>
        </p>
        <p class="muted">
            {format!("{recovery_codes} of {RECOVERY_CODES} recovery codes are left.")}
            {(recovery_codes <= 2).then_some(" Make new ones before they run out.")}
        </p>
        <div class="second-factor-acts">
            <NavButton to=Href::new("/account/new-recovery-codes") keep_scroll=true>
                "New recovery codes"
            </NavButton>
            <NavButton to=Href::new("/account/turn-off-second-factor") keep_scroll=true>
                "Turn off"
            </NavButton>
        </div>
    }
}

fn off() -> impl IntoView {
    view! {
        <p class="muted">
            "Off. With it, who learns your password cannot log in: a code of an authenticator app is asked for, too."
        </p>
        <div>
            <NavButton to=Href::new(PATH)>"Set up"</NavButton>
        </div>
    }
}
