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
pub fn Stop(part: Part, title: &'static str, children: Children) -> impl IntoView {
    let (class, mark) = match part {
        Part::Ahead => ("ahead", view! { <span class="progress-dot"></span> }.into_any()),
        Part::Now => ("now", Icon::Waiting.draw().into_any()),
        Part::Done => ("past", Icon::Done.draw().into_any()),
        Part::Failed => ("failed", Icon::Refused.draw().into_any()),
    };
    view! {
        <li class=class>
            <span class="progress-mark">{mark}</span>
            <div class="progress-body">
                <h2>{title}</h2>
                {children()}
            </div>
        </li>
    }
}
