//! Copying to the clipboard: what is copied stands in an attribute, and the browser does the rest (`browser/copy.rs`).

use leptos::prelude::*;

use super::icon::Icon;

/// What a button that copies shows: before, and after it did.
pub fn copy_face() -> impl IntoView {
    view! {
        <span class="copy-before">{Icon::Copy.draw()}</span>
        <span class="copy-after">{Icon::Tick.draw()}</span>
        <span aria-live="polite" data-copied="Copied">
            "Copy"
        </span>
    }
}

/// A button that copies a text.
#[component]
pub fn CopyButton(
    /// What it copies.
    #[prop(into)]
    text: String,
    /// Its name.
    #[prop(into)]
    label: String,
    #[prop(default = "btn small ghost needs-scripts")] class: &'static str,
) -> impl IntoView {
    view! {
        <button type="button" class=class aria-label=label data-copy=text>
            {copy_face()}
        </button>
    }
}

/// A command line to copy.
#[component]
pub fn Command(#[prop(into)] line: String) -> impl IntoView {
    let label = format!("Copy {line}");
    view! {
        <div class="command">
            <code tabindex="0">{line.clone()}</code>
            <CopyButton text=line label=label />
        </div>
    }
}
