//! Work that is typed and not yet sent: before it would be dropped by a slip, the person is asked once.
//!
//! A slip is a press beside a dialog, Escape, a link, the browser's Back, or closing the tab. A Cancel button is none.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::{Element, Event};

use super::dom::{closest, document, first, listen, of_page, set, window};

const QUESTION: &str = "Leave without saving? What you typed here is not sent yet, and would be gone.";
/// The forms that hold work. Outside of the frame is the log-in, where nobody misses anything.
const TYPED: &str = ".frame form[data-typed]";

/// Notes what is typed, and has the browser ask before the tab is closed.
pub fn watch() {
    listen(&document(), "input", false, |event: Event| {
        if let Some(form) = event.target().and_then(|field| closest(&field, "form[method=post]")) {
            set(&form, "data-typed", "");
        }
    });
    listen(&window(), "beforeunload", false, |event: Event| {
        if is_any() {
            event.prevent_default();
            // Older browsers want it said so.
            let _ = Reflect::set(&event, &JsValue::from_str("returnValue"), &JsValue::TRUE);
        }
    });
}

/// Whether anything is typed and not sent.
pub fn is_any() -> bool {
    of_page(TYPED).is_some()
}

/// Whether the page may be left: where something is typed, the person is asked.
pub fn may_leave() -> bool {
    !is_any() || ask()
}

/// Whether a part of the page may be closed.
pub fn may_close(part: &Element) -> bool {
    first(part, "form[data-typed]").is_none() || ask()
}

fn ask() -> bool {
    // Where the browser does not ask, nobody is held.
    window().confirm_with_message(QUESTION).unwrap_or(true)
}
