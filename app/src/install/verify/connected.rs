//! The last part: the delegate works.

use leptos::prelude::*;
use muster::install::{Arrivals, InstallKind};

use super::{
    super::{
        causes::{CausesOf, RUNS_AND_REACHES},
        query::InstallQuery,
        stage::Stage,
    },
    part::{Part, Stop},
    rows::Rows,
};

/// Who is connected, or was and is silent now.
#[component]
pub fn Connected(
    kind: InstallKind,
    query: Memo<InstallQuery>,
    arrivals: Signal<Arrivals>,
    stage: Signal<Stage>,
) -> impl IntoView {
    let part = Signal::derive(move || {
        stage.with(|stage| match stage {
            Stage::Connected(_) => Part::Done,
            Stage::Silent(_) => Part::Failed,
            _ => Part::Ahead,
        })
    });
    view! {
        <Stop part=part title="Connected">
            {move || match stage.get() {
                Stage::Connected(rows) => view! { <Rows rows=rows /> }.into_any(),
                Stage::Silent(row) => {
                    let revoked = !matches!(row.token_status, Some(muster::token::TokenStatus::Active));
                    view! {
                        <p>
                            {if revoked {
                                "Its token is revoked: choose an active one in Delegate Setup, and download the files anew."
                            } else {
                                "It was here, and is not heard any more. What it may be, most likely first:"
                            }}
                        </p>
                        <Rows rows=vec![row] />
                        {(!revoked).then(|| {
                            // It has found its way once: name, account and clock are right.
                            view! { <CausesOf kind=kind query=query arrivals=arrivals most=RUNS_AND_REACHES /> }
                        })}
                    }
                    .into_any()
                }
                _ => view! { <p class="muted">"It works from then on."</p> }.into_any(),
            }}
        </Stop>
    }
}
