//! The first part: the delegate registers.

use std::time::Duration;

use leptos::prelude::*;
use muster::{
    install::{Arrivals, InstallKind},
    time::Timestamp,
    token::TokenRefusal,
};

use super::{
    super::{
        causes::CausesOf,
        query::InstallQuery,
        stage::{Stage, known_before},
    },
    part::{Part, Stop},
    rows::Rows,
};
use crate::ui::{icon::Icon, load::computed, time::Time};

/// Whether it has registered, and what may be wrong where it has not.
#[component]
pub fn Registered(
    kind: InstallKind,
    query: Memo<InstallQuery>,
    arrivals: Signal<Arrivals>,
    stage: Signal<Stage>,
    rest: Signal<Option<Duration>>,
    since: Signal<Timestamp>,
) -> impl IntoView {
    let waits = computed(move |_| stage.with(|stage| *stage == Stage::Waiting));
    let late = computed(move |_| waits.get() && rest.with(Option::is_none));
    let before =
        computed(
            move |_| {
                if waits.get() { arrivals.with(|arrivals| known_before(arrivals, since.get())) } else { Vec::new() }
            },
        );
    let part = Signal::derive(move || if waits.get() { Part::Now } else { Part::Done });
    let keeps = move || {
        let row = stage.with(|stage| stage.row().cloned())?;
        let asked = row.delegate.asked_profile.clone()?;
        let sentence =
            format!("It asks for the profile “{asked}”, and keeps {}. Switch its profile on its page.", row.profile);
        Some(view! { <p class="muted">{sentence}</p> })
    };
    let host = move || stage.with(|stage| stage.row().map(|row| row.delegate.facts.host_name.to_string()));
    view! {
        <Stop part=part title="Waiting for the delegate">
            {move || match (waits.get(), late.get()) {
                (false, _) => {
                    view! {
                        <p class="muted">"Registered on " {host} "."</p>
                        {keeps}
                    }
                    .into_any()
                }
                (true, false) => {
                    view! {
                        <p class="muted">
                            "It usually takes seconds once the delegate is started. This page shows it by itself."
                        </p>
                    }
                    .into_any()
                }
                (true, true) => {
                    view! {
                        <p>"Nothing has been heard for more than five minutes. What it may be, most likely first:"</p>
                        <CausesOf kind=kind query=query arrivals=arrivals />
                    }
                    .into_any()
                }
            }}
            {move || {
                let refusals = if waits.get() { arrivals.with(|arrivals| arrivals.refusals.clone()) } else { Vec::new() };
                let lately = refusals.into_iter().filter(|one| one.last_at >= since.get());
                lately.map(|one| view! { <Refused refusal=one /> }).collect_view()
            }}
            {move || {
                let before = before.get();
                (!before.is_empty()).then(|| {
                    view! {
                        <p class="muted">"Of this name, these were there before:"</p>
                        <Rows rows=before />
                    }
                })
            }}
        </Stop>
    }
}

/// Something called with the token, and was turned away: likely the one that is waited for.
#[component]
fn Refused(refusal: TokenRefusal) -> impl IntoView {
    let who = if refusal.name.is_empty() { "A call with this token".to_owned() } else { refusal.name };
    view! {
        <p class="decision-alarm" role="status">
            {Icon::Info.draw()}
            <span>
                {format!("{who} from {} was turned away: {}. ", refusal.address, refusal.reason)}
                <Time at=refusal.last_at />
            </span>
        </p>
    }
}
