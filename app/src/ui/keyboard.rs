//! Keys that work on a whole page.

use leptos::{ev, prelude::*};

/// Focuses an element when `/` is pressed outside of a field.
pub fn focus_on_slash(input: NodeRef<leptos::html::Input>) {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| {
            let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
            if event.key() != "/" || modified || event.default_prevented() || somebody_types() {
                return;
            }
            if let Some(input) = input.get_untracked() {
                event.prevent_default();
                // Where it cannot take the focus, the key does nothing.
                let _ = input.focus();
                input.select();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Whether keys go into a field or belong to a dialog.
fn somebody_types() -> bool {
    let document = document();
    let in_field = document
        .active_element()
        .is_some_and(|active| ["INPUT", "TEXTAREA", "SELECT"].contains(&active.tag_name().as_str()));
    in_field || document.query_selector("dialog[open]").ok().flatten().is_some()
}
