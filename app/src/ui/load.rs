//! Rendering what the server was asked for: what is on the page stays there while it is fetched anew, also where that
//! fails; only where there was never anything an error or a placeholder takes its place.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::{button::NavButton, empty::EmptyState, form::leave_where_signed_out, href::use_here, icon::Icon};
use crate::error::ConsoleError;

/// What the server was asked for: nothing yet, the answer, or why there is none.
pub type Loaded<T> = Resource<Result<T, ConsoleError>>;

/// What can be loaded and rendered.
pub trait Data: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static> Data for T {}

/// What is told of an error in place of what was asked for.
#[derive(Clone, Copy)]
struct OnFailure(fn(&ConsoleError));

/// Has `tell` called with each error that takes the place of what a page asked for.
pub fn provide_on_failure(tell: fn(&ConsoleError)) {
    provide_context(OnFailure(tell));
}

/// What is computed of resources: a memo in the browser. The server computes it at each reading, for there a memo could
/// be read after a resource has arrived and before the memo has heard of it: the page would lack what the resource,
/// which goes along with it, says is there.
pub fn computed<T>(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Signal<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    if cfg!(feature = "ssr") { Signal::derive(move || compute(None)) } else { Memo::new(compute).into() }
}

/// Renders what was loaded: `content` is made once and gets a signal that follows it. What it holds must not make resources
/// of its own, nor show another one, for the server runs it more than once and counts both.
pub fn render<T, V>(loaded: Loaded<T>, content: impl Fn(Signal<T>) -> V + Clone + Send + 'static) -> impl IntoView
where
    T: Data,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=|| view! { <div class="loading" aria-busy="true"></div> }>
            <Latest
                loaded=loaded
                content=content
                failed=move |error| view! { <Failed error=error retry=move || loaded.refetch() /> }.into_any()
                stale=true
            />
        </Transition>
    }
}

/// Renders what was loaded where an error has a form of its own, and nothing stands in until it is there.
pub fn render_or<T, V>(
    loaded: Loaded<T>,
    failed: impl Fn(ConsoleError) -> AnyView + Clone + Send + 'static,
    content: impl Fn(Signal<T>) -> V + Clone + Send + 'static,
) -> impl IntoView
where
    T: Data,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=|| ()>
            <Latest loaded=loaded content=content failed=failed stale=false />
        </Transition>
    }
}

#[component]
fn Latest<T, V, C, F>(
    loaded: Loaded<T>,
    content: C,
    failed: F,
    /// Whether to say that what is shown could not be refreshed.
    stale: bool,
) -> impl IntoView
where
    T: Data,
    V: IntoView + 'static,
    C: Fn(Signal<T>) -> V + Clone + Send + 'static,
    F: Fn(ConsoleError) -> AnyView + Clone + Send + 'static,
{
    let last = computed(move |before: Option<&Option<T>>| match loaded.get() {
        Some(Ok(value)) => Some(value),
        Some(Err(_)) | None => before.cloned().flatten(),
    });
    let error = computed(move |_| loaded.get().and_then(Result::err));
    let there = computed(move |_| last.with(Option::is_some));
    let on_failure = use_context::<OnFailure>();
    leave_where_signed_out(error);
    view! {
        {move || error.get().map(|error| {
            if let Some(OnFailure(tell)) = on_failure {
                tell(&error);
            }
            if there.get_untracked() {
                if !stale {
                    return ().into_any();
                }
                view! { <Stale error=error retry=move || loaded.refetch() /> }.into_any()
            } else {
                failed(error)
            }
        })}
        {move || {
            there.get().then(|| last.get_untracked()).flatten().map(|first| {
                content(Signal::derive(move || last.get().unwrap_or_else(|| first.clone())))
            })
        }}
    }
}

/// Nothing could be shown.
#[component]
fn Failed(error: ConsoleError, #[prop(into)] retry: Callback<()>) -> impl IntoView {
    let here = use_here();
    view! {
        <EmptyState icon=Icon::Warning title=error.to_string() alert=true>
            <NavButton to=here class="btn" on_press=retry>
                "Retry"
            </NavButton>
        </EmptyState>
    }
}

/// What is shown may be out of date.
#[component]
fn Stale(error: ConsoleError, #[prop(into)] retry: Callback<()>) -> impl IntoView {
    let here = use_here();
    view! {
        <div class="notice notice-bad" role="alert">
            {Icon::Warning.draw()}
            <p>{format!("This list could not be refreshed. {error}")}</p>
            <NavButton to=here class="btn small" on_press=retry>
                "Retry"
            </NavButton>
        </div>
    }
}
