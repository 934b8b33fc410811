//! Copying to the clipboard.

use leptos::{prelude::*, task::spawn_local, web_sys};
use wasm_bindgen::{JsCast, JsValue};

use super::{fresh::fresh, icon::Icon};

/// Puts text into the clipboard and tells whether that worked: browsers bar it outside of HTTPS and by settings.
pub async fn copy_text(text: &str) -> bool {
    let navigator = window().navigator();
    let there = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if !there.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    js_sys::futures::JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Text to copy, in a field where it can also be selected by hand.
#[component]
pub fn CopyField(
    /// What the field is called.
    label: &'static str,
    /// The text.
    #[prop(into)]
    value: String,
    /// Set to whether it is in the clipboard, once that was tried.
    copied: RwSignal<Option<bool>>,
) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    let select = move || {
        if let Some(input) = input.try_get_untracked().flatten() {
            input.select();
        }
    };
    let text = StoredValue::new(value.clone());
    let copy = move |_| {
        let text = text.get_value();
        spawn_local(async move {
            let worked = copy_text(&text).await;
            if !worked {
                select();
            }
            copied.try_set(Some(worked));
        });
    };
    view! {
        <div class="secret">
            <input
                class="mono"
                type="text"
                readonly
                aria-label=label
                value=value
                autocomplete="off"
                spellcheck="false"
                node_ref=input
                on:focus=move |_| select()
                on:copy=move |_| copied.set(Some(true))
            />
            <button type="button" class="needs-scripts" on:click=copy>
                {move || if copied.get() == Some(true) {
                    Icon::Tick.draw().into_any()
                } else {
                    Icon::Copy.draw().into_any()
                }}
                <span aria-live="polite">{fresh(move || if copied.get() == Some(true) { "Copied" } else { "Copy" })}</span>
            </button>
        </div>
    }
}

/// A command line to copy.
#[component]
pub fn Command(#[prop(into)] line: String) -> impl IntoView {
    let code = NodeRef::<leptos::html::Code>::new();
    let copied = RwSignal::new(false);
    let label = format!("Copy {line}");
    let text = StoredValue::new(line.clone());
    let copy = move |_| {
        let text = text.get_value();
        spawn_local(async move {
            let worked = copy_text(&text).await;
            if !worked && let Some(code) = code.try_get_untracked().flatten() {
                select_content(&code);
            }
            copied.try_set(worked);
        });
    };
    view! {
        <div class="command">
            <code node_ref=code tabindex="0">{line}</code>
            <button type="button" class="btn small ghost needs-scripts" aria-label=label on:click=copy>
                {move || if copied.get() { Icon::Tick.draw().into_any() } else { Icon::Copy.draw().into_any() }}
                <span aria-live="polite">{fresh(move || if copied.get() { "Copied" } else { "Copy" })}</span>
            </button>
        </div>
    }
}

fn select_content(element: &web_sys::HtmlElement) {
    if let Ok(Some(selection)) = window().get_selection() {
        // Selecting by hand is still possible where this is not.
        let _ = selection.select_all_children(element.unchecked_ref());
    }
}
