//! Rendering what is asked for, and what stands in its place where it cannot be had.

use leptos::prelude::*;

use super::{
    button::NavButton,
    empty::EmptyState,
    href::{Href, use_here},
    icon::Icon,
};
use crate::error::ConsoleError;

/// What is told of an error in place of what was asked for.
#[derive(Clone, Copy)]
struct OnFailure(fn(&ConsoleError));

/// Has `tell` called with each error that takes the place of what a page asked for.
pub fn provide_on_failure(tell: fn(&ConsoleError)) {
    provide_context(OnFailure(tell));
}

/// Renders what is asked for; where it cannot be had, the reason and a way to try again.
pub fn render<T, V>(
    asked: impl Future<Output = Result<T, ConsoleError>> + Send + 'static,
    content: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    render_or(asked, |error| view! { <Failed error=error /> }.into_any(), content)
}

/// Renders what is asked for where an error has a form of its own.
pub fn render_or<T, V>(
    asked: impl Future<Output = Result<T, ConsoleError>> + Send + 'static,
    failed: impl FnOnce(ConsoleError) -> AnyView + Send + 'static,
    content: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    let on_failure = use_context::<OnFailure>();
    Suspend::new(async move {
        match asked.await {
            Ok(value) => content(value).into_any(),
            Err(error) => {
                if let Some(OnFailure(tell)) = on_failure {
                    tell(&error);
                }
                failed(error)
            }
        }
    })
}

/// Nothing could be shown. What is not there is not there the next time, either: the way leads to where it would be listed.
#[component]
fn Failed(error: ConsoleError) -> impl IntoView {
    if error.is_not_found() {
        let list = format!("/{}", use_here().path().split('/').nth(1).unwrap_or_default());
        let text = "It may have been deleted, or the link is incomplete.";
        return view! {
            <EmptyState icon=Icon::Search title=error.to_string() text=text alert=true>
                <NavButton to=Href::new(list)>"Go to the list"</NavButton>
            </EmptyState>
        };
    }
    view! {
        <EmptyState icon=Icon::Warning title=error.to_string() alert=true>
            <NavButton to=use_here()>"Retry"</NavButton>
        </EmptyState>
    }
}
