//! The last part: the delegate works.

use leptos::prelude::*;
use muster::token::TokenStatus;

use super::{
    super::{
        causes::{Cause, Causes, RUNS_AND_REACHES},
        stage::Stage,
    },
    part::{Part, Stop},
    rows::Rows,
};

/// Who is connected, or was and is silent now.
#[component]
pub fn Connected(
    stage: Stage,
    /// Why a delegate may not come.
    causes: Vec<Cause>,
) -> impl IntoView {
    let (part, content) = match stage {
        Stage::Connected(rows) => (Part::Done, view! { <Rows rows=rows /> }.into_any()),
        Stage::Silent(row) => {
            let revoked = !matches!(row.token_status, Some(TokenStatus::Active));
            // It has found its way once: name, account and clock are right.
            let causes = (!revoked).then(|| causes.into_iter().take(RUNS_AND_REACHES).collect());
            let content = view! {
                <p>
                    {if revoked {
                        "Its token is revoked: choose an active one in Delegate Setup, and download the files anew."
                    } else {
                        "It was here, and is not heard any more. What it may be, most likely first:"
                    }}
                </p>
                <Rows rows=vec![row] />
                {causes.map(|causes| view! { <Causes causes=causes /> })}
            };
            (Part::Failed, content.into_any())
        }
        _ => (Part::Ahead, view! { <p class="muted">"It works from then on."</p> }.into_any()),
    };
    view! {
        <Stop part=part title="Connected">
            {content}
        </Stop>
    }
}
