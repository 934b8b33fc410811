//! Keys that work on a whole page.

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};

use super::{
    dom::{closest, document, listen, of_page},
    merge::FIELDS,
};

/// Presses with the space bar what looks like a button and is a link. Focuses the search when `/` is pressed outside of a
/// field, and shows the keys at `?`.
pub fn watch() {
    listen(&document(), "keydown", false, |event: KeyboardEvent| {
        let link = event.target().and_then(|target| closest(&target, "a[role=button]"));
        if let Some(link) = link.filter(|_| event.key() == " ").and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            link.click();
            return;
        }
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if event.key() == "?" && !modified && !event.default_prevented() && !somebody_types() {
            if let Some(button) = of_page("[data-hotkey='?']").and_then(|button| button.dyn_into::<HtmlElement>().ok())
            {
                event.prevent_default();
                button.click();
            }
            return;
        }
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
