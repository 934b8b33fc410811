//! Text that changes, on pages that a browser may have translated.
//!
//! Translators put elements of their own in the place of text. What is changed in place after that is changed out of
//! sight: the page would go on showing the old text. So data is marked as not to be translated, and a sentence that
//! changes is put into a new element each time.

use leptos::prelude::*;

/// A sentence that changes: each is an element of its own.
pub fn fresh<T>(text: impl Fn() -> T + Send + Sync + 'static) -> impl IntoView
where
    T: Into<String>,
{
    view! {
        <For each=move || [text().into()] key=String::clone children=|text: String| view! { <span>{text}</span> } />
    }
}
