//! The first page.

use leptos::prelude::*;
use leptos_meta::Title;
use muster::overview::Overview;

use super::{
    api::get_overview,
    feed::{Decisions, Failed, Lost, Next},
    start::FirstSteps,
    tiles::Tiles,
};
use crate::ui::{button::NavButton, href::Href, live::Follows, load::render};

/// How things are, and what there is to do. Whoever has no delegate yet is told how to come by the first.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let content = |overview: Overview| {
        if overview.is_empty() {
            return view! { <FirstSteps /> }.into_any();
        }
        let Overview { lost, failed, expiring, decisions, .. } = overview.clone();
        view! {
            <Tiles overview=overview />
            <div class="columns">
                <Decisions decisions=decisions />
                <div class="stack">
                    <Lost lost=lost />
                    <Next expiring=expiring />
                    <Failed failed=failed />
                </div>
            </div>
        }
        .into_any()
    };
    view! {
        <Title text="Overview" />
        <Follows topics="delegates tokens scripts" />
        <div class="head overview-head">
            <h1>"Overview"</h1>
            <div class="grow"></div>
            <NavButton to=Href::new("/install") class="btn primary">
                "Download Delegate"
            </NavButton>
        </div>
        {render(get_overview(), content)}
    }
}
