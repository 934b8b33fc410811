//! What a button opened on the same page: Escape closes it.

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::{
    dom::{document, listen, of_page},
    merge::FIELDS,
};

/// Presses the button again that opened something, and leaves the focus there.
pub fn watch() {
    listen(&document(), "keydown", false, |event: KeyboardEvent| {
        if event.key() != "Escape"
            || event.default_prevented()
            || event.is_composing()
            || of_page("dialog[open]").is_some()
        {
            return;
        }
        let types = document().active_element().is_some_and(|active| FIELDS.contains(&active.tag_name().as_str()));
        let opened = of_page("[aria-expanded=true][aria-controls]").filter(|_| !types);
        if let Some(button) = opened.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            let _ = button.focus();
            button.click();
        }
    });
}
