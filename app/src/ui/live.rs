//! What keeps a page up to date: a stream of events, which only says what has changed, so that the browser asks anew for
//! the page that it shows (`browser/live.rs`).

use leptos::prelude::*;

/// Says which topics a page is about: it is fetched anew when one of them changes.
#[component]
pub fn Follows(
    /// Words of the stream, with spaces between them.
    topics: &'static str,
) -> impl IntoView {
    view! { <span hidden data-topics=topics></span> }
}

/// How the stream is, in a word beside the list that it keeps up to date.
#[component]
pub fn LiveMark() -> impl IntoView {
    view! { <span class="live" role="status" translate="no" data-stream="opening"></span> }
}
