//! What came of what was done to several delegates.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use muster::delegate::selected::{Act, Outcome, Report};

use super::{
    super::{api::get_act_report, query::detail_href},
    delegates,
};
use crate::ui::{
    button::NavButton, empty::EmptyState, href::Href, icon::Icon, load::render, plain_table::plain_table, status::mark,
};

/// Says what came of it, delegate by delegate.
#[component]
pub fn SelectedDonePage() -> impl IntoView {
    let back = use_query_map().with_untracked(|query| query.get("back"));
    let back = back.and_then(|back| Href::parse(&back)).unwrap_or_else(|| Href::new("/delegates"));
    let crumb = back.clone();
    view! {
        <Title text="Selected delegates" />
        <p class="crumb">
            <a class="link" href=crumb.to_string()>
                "Delegates"
            </a>
        </p>
        {render(get_act_report(), move |report| told(report, back))}
    }
}

fn told(report: Option<Report>, back: Href) -> AnyView {
    let leave = view! {
        <NavButton to=back class="btn primary">
            "Back to the list"
        </NavButton>
    };
    let Some(Report { act, mut outcomes }) = report else {
        return view! {
            <h1>"Selected delegates"</h1>
            <EmptyState icon=Icon::Delegates title="Nothing was done in this session">
                {leave}
            </EmptyState>
        }
        .into_any();
    };
    // What a person has to look at stands first.
    outcomes.sort_by_key(|outcome| outcome.problem.is_none());
    let done = outcomes.iter().filter(|outcome| outcome.problem.is_none()).count();
    let failed = outcomes.len() - done;
    let sentence = match failed {
        0 => format!("{}: done for {}.", act.label(), delegates(done)),
        _ => format!("{}: done for {}, not done for {failed}.", act.label(), delegates(done)),
    };
    view! {
        <h1>{act.label()}</h1>
        <p class="sub selected-sub" role="status">
            {sentence}
        </p>
        <p class="selected-actions">{leave}</p>
        {plain_table(&["Delegate", "Outcome"], outcomes, move |outcome| outcome_line(act, outcome))}
    }
    .into_any()
}

fn outcome_line(act: Act, Outcome { id, name, problem }: Outcome) -> impl IntoView {
    let name = if name.is_empty() { id.to_string() } else { name };
    let name = match act {
        Act::Delete if problem.is_none() => name.into_any(),
        _ => view! {
            <a class="t" href=detail_href(id).to_string()>
                {name}
            </a>
        }
        .into_any(),
    };
    let outcome = match problem {
        None => mark("status ok", Icon::Done, "Done").into_any(),
        Some(problem) => mark("status bad", Icon::Warning, problem).into_any(),
    };
    view! {
        <tr>
            <td data-label="Delegate" translate="no">
                {name}
            </td>
            <td data-label="Outcome" class="outcome-cell">
                {outcome}
            </td>
        </tr>
    }
}
