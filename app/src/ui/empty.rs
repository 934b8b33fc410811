//! What stands where there is nothing to show.

use leptos::prelude::*;

use super::icon::Icon;

/// Says that there is nothing, why, and what to do next.
#[component]
pub fn EmptyState(
    icon: Icon,
    #[prop(into)] title: String,
    /// More about it; may be empty.
    #[prop(optional, into)]
    text: String,
    /// Whether it is an error, which is read out.
    #[prop(optional)]
    alert: bool,
    /// The next step.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty" role=alert.then_some("alert")>
            <span class="empty-icon">{icon.draw()}</span>
            <p class="empty-title">{title}</p>
            {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
            {children.map(|children| children())}
        </div>
    }
}
