//! The first part: the delegate registers.

use leptos::prelude::*;
use muster::{delegate::DelegateRow, install::Arrivals, time::Timestamp, token::TokenRefusal};

use super::{
    super::{
        causes::{Cause, Causes},
        stage::{Stage, known_before},
    },
    part::{Part, Stop},
    rows::Rows,
};
use crate::ui::{icon::Icon, time::Time};

/// Whether it has registered, and what may be wrong where it has not.
#[component]
pub fn Registered(
    stage: Stage,
    arrivals: Arrivals,
    since: Timestamp,
    /// Whether it takes longer than it should.
    late: bool,
    /// Why a delegate may not come.
    causes: Vec<Cause>,
) -> impl IntoView {
    let (part, content) = match stage.row() {
        Some(row) => (Part::Done, arrived(row).into_any()),
        None => (Part::Now, awaited(arrivals, since, late, causes).into_any()),
    };
    view! {
        <Stop part=part title="Waiting for the delegate">
            {content}
        </Stop>
    }
}

fn arrived(row: &DelegateRow) -> impl IntoView + use<> {
    let keeps = row.delegate.asked_profile.as_ref().map(|asked| {
        let sentence =
            format!("It asks for the profile “{asked}”, and keeps {}. Switch its profile on its page.", row.profile);
        view! { <p class="muted">{sentence}</p> }
    });
    view! {
        <p class="muted">"Registered on " {row.delegate.facts.host_name.to_string()} "."</p>
        {keeps}
    }
}

/// What is known while nothing has come: who was turned away, and what may be wrong, opened once it takes too long.
fn awaited(arrivals: Arrivals, since: Timestamp, late: bool, causes: Vec<Cause>) -> impl IntoView {
    let before = known_before(&arrivals, since);
    let lately = arrivals.refusals.into_iter().filter(|one| one.last_at >= since);
    view! {
        {if late {
            view! {
                <p>"Nothing has been heard for more than five minutes. What it may be, most likely first:"</p>
                <Causes causes=causes />
            }
            .into_any()
        } else {
            view! {
                <p class="muted">
                    "It usually takes seconds once the delegate is started. This page shows it by itself."
                </p>
                <details class="why">
                    <summary>"If it does not come: what it may be"</summary>
                    <Causes causes=causes />
                </details>
            }
            .into_any()
        }}
        {lately.map(|one| view! { <Refused refusal=one /> }).collect_view()}
        {(!before.is_empty()).then(|| {
            view! {
                <p class="muted">"Of this name, these were there before:"</p>
                <Rows rows=before />
            }
        })}
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
                <b>"Refused " <Time at=refusal.last_at /></b>
                {format!(" from {}: {}.", refusal.address, refusal.reason)}
                <span class="second">{who}</span>
            </span>
        </p>
    }
}
