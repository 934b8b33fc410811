//! Keys that work on a whole page.

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

use super::{
    dom::{document, listen, of_page},
    merge::FIELDS,
};

/// Focuses the search when `/` is pressed outside of a field.
pub fn watch() {
    listen(&document(), "keydown", false, |event: KeyboardEvent| {
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if event.key() != "/" || modified || event.default_prevented() || somebody_types() {
            return;
        }
        if let Some(search) = of_page("[data-slash]").and_then(|search| search.dyn_into::<HtmlInputElement>().ok()) {
            event.prevent_default();
            // Where it cannot take the focus, the key does nothing.
            let _ = search.focus();
            search.select();
        }
    });
}

/// Whether keys go into a field or belong to a dialog.
fn somebody_types() -> bool {
    let active = document().active_element();
    let in_field = active.is_some_and(|active| FIELDS.contains(&active.tag_name().as_str()));
    in_field || of_page("dialog[open]").is_some()
}
