//! Statuses: an icon with a shape of its own, and a word.

use leptos::prelude::*;

use super::icon::Icon;

/// Any status: a class of its hue, an icon and a word.
pub fn mark(class: &'static str, icon: Icon, word: impl Into<String>) -> impl IntoView {
    view! {
        <span class=class translate="no">
            {icon.draw()}
            <span>{word.into()}</span>
        </span>
    }
}
