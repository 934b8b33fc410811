//! The second part: a person decides.

use leptos::prelude::*;
use muster::delegate::{Admission, DelegateRow};

use super::{
    super::stage::Stage,
    part::{Part, Stop},
};
use crate::{
    delegates::{Decision, TakeBackForm},
    ui::{href::Href, time::Time},
};

/// What was decided, or the decision itself, where the profile asks for one.
#[component]
pub fn Decided(stage: Stage, verify: Href) -> impl IntoView {
    let (part, content) = match stage {
        Stage::Waiting => {
            let content = view! { <p class="muted">"Where its profile requires approval, you decide here."</p> };
            (Part::Ahead, content.into_any())
        }
        Stage::Pending(row) => {
            let dialog = |word| verify.clone().at(format!("{}/{word}/{}", verify.path(), row.delegate.id));
            let (approve, reject) = (dialog("approve"), dialog("reject"));
            (Part::Now, view! { <Decision row=row back=verify approve=approve reject=reject /> }.into_any())
        }
        Stage::Connected(rows) => (Part::Done, rows.first().map(admitted).into_any()),
        Stage::Silent(row) => (Part::Done, admitted(&row).into_any()),
        Stage::Rejected(row) => (Part::Failed, view! { <Rejected row=row verify=verify /> }.into_any()),
    };
    view! {
        <Stop part=part title="Pending Approval">
            {content}
        </Stop>
    }
}

/// Who approved it, where somebody had to.
fn admitted(row: &DelegateRow) -> AnyView {
    let approved = row.delegate.decision.clone().filter(|_| row.delegate.admission == Admission::Enabled);
    match approved {
        Some(decision) => {
            view! { <p class="muted">{format!("Approved by {}, ", decision.by)} <Time at=decision.at /> "."</p> }
                .into_any()
        }
        None => view! { <p class="muted">"Its profile does not require approval."</p> }.into_any(),
    }
}

#[component]
fn Rejected(row: DelegateRow, verify: Href) -> impl IntoView {
    view! {
        <p>
            {row.delegate.decision.map(|decision| {
                view! { "Rejected by " {decision.by} ", " <Time at=decision.at /> ". " }
            })}
            "Its process keeps running, but Muster will not use it."
        </p>
        <TakeBackForm id=row.delegate.id back=verify class="btn" />
    }
}
