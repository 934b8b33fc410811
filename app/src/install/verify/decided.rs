//! The second part: a person decides.

use leptos::prelude::*;
use muster::delegate::{Admission, DelegateRow};

use super::{
    super::stage::Stage,
    part::{Part, Stop},
};
use crate::{
    delegates::{Decision, TakeBackForm},
    ui::{href::Href, load::computed, time::Time},
};

/// What was decided, or the decision itself, where the profile asks for one.
#[component]
pub fn Decided(stage: Signal<Stage>, verify: Signal<Href>) -> impl IntoView {
    let part = Signal::derive(move || {
        stage.with(|stage| match stage {
            Stage::Waiting => Part::Ahead,
            Stage::Pending(_) => Part::Now,
            Stage::Connected(_) | Stage::Silent(_) => Part::Done,
            Stage::Rejected(_) => Part::Failed,
        })
    });
    // One panel for each delegate: what is open in it goes with it.
    let pending = computed(move |_| {
        stage.with(|stage| match stage {
            Stage::Pending(row) => Some(row.delegate.id),
            _ => None,
        })
    });
    let row = computed(move |before: Option<&Option<DelegateRow>>| {
        stage.with(|stage| match stage {
            Stage::Pending(row) => Some(row.clone()),
            _ => before.cloned().flatten(),
        })
    });
    let decided = move || stage.with(|stage| stage.row().filter(|_| part.get() == Part::Done).cloned());
    let rejected = move || stage.with(|stage| stage.row().filter(|_| part.get() == Part::Failed).cloned());
    view! {
        <Stop part=part title="Pending Approval">
            {move || (part.get() == Part::Ahead).then(|| view! {
                <p class="muted">"Where its profile requires approval, you decide here."</p>
            })}
            {move || {
                let first = pending.get().and_then(|_| row.get_untracked());
                first.map(|first| {
                    let id = first.delegate.id;
                    let row = Signal::derive(move || row.get().unwrap_or_else(|| first.clone()));
                    let reject = Signal::derive(move || verify.get().at(format!("{}/reject/{id}", verify.get().path())));
                    view! { <Decision row=row gone=false back=verify reject=reject /> }
                })
            }}
            {move || decided().map(|row| {
                let approved = row.delegate.decision.filter(|_| row.delegate.admission == Admission::Enabled);
                match approved {
                    Some(decision) => {
                        view! { <p class="muted">{format!("Approved by {}, ", decision.by)} <Time at=decision.at /> "."</p> }
                            .into_any()
                    }
                    None => view! { <p class="muted">"Its profile does not require approval."</p> }.into_any(),
                }
            })}
            {move || rejected().map(|row| view! { <Rejected row=row verify=verify /> })}
        </Stop>
    }
}

#[component]
fn Rejected(row: DelegateRow, verify: Signal<Href>) -> impl IntoView {
    view! {
        <p>
            {match row.delegate.decision {
                Some(decision) => view! { "Rejected by " {decision.by} ", " <Time at=decision.at /> ". " }.into_any(),
                None => ().into_any(),
            }}
            "Its process keeps running, but Muster will not use it."
        </p>
        <TakeBackForm id=row.delegate.id back=verify class="btn" />
    }
}
