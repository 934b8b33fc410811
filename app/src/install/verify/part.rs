//! The parts of the way from nothing heard to a connection, as a list shows them.

use leptos::prelude::*;

use crate::ui::icon::Icon;

/// How far a part of the way is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It comes later.
    Ahead,
    /// It is waited for.
    Now,
    /// It is past.
    Done,
    /// It went wrong.
    Failed,
}

/// One part of the way.
#[component]
pub fn Stop(#[prop(into)] part: Signal<Part>, title: &'static str, children: Children) -> impl IntoView {
    view! {
        <li class=move || match part.get() {
            Part::Ahead => "ahead",
            Part::Now => "now",
            Part::Done => "past",
            Part::Failed => "failed",
        }>
            <span class="progress-mark">
                {move || match part.get() {
                    Part::Ahead => view! { <span class="progress-dot"></span> }.into_any(),
                    Part::Now => Icon::Waiting.draw().into_any(),
                    Part::Done => Icon::Done.draw().into_any(),
                    Part::Failed => Icon::Refused.draw().into_any(),
                }}
            </span>
            <div class="progress-body">
                <h2>{title}</h2>
                {children()}
            </div>
        </li>
    }
}
