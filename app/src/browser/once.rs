//! A value that is shown once: it is put into the clipboard where the browser lets it, forgotten by the server, and not
//! let go of by a slip.

use js_sys::futures::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlFormElement, MouseEvent};

use super::{
    copy,
    dom::{all, closest, document, first, focus, listen, of_page, set, show, write},
    submit,
};

/// Set on what guards the value once it is in the clipboard.
const COPIED: &str = "data-is-copied";

/// Hears of what is pressed.
pub fn watch() {
    listen(&document(), "click", false, |event: MouseEvent| {
        let pressed = event.target();
        if let Some(guard) = pressed.filter(|target| closest(target, "[data-calm-again]").is_some()).and_then(guard_of)
        {
            asks(&guard, false);
        }
    });
    // By hand, too.
    listen(&document(), "copy", false, |event: Event| {
        if let Some(guard) = event.target().and_then(guard_of) {
            set(&guard, COPIED, "");
            say(&guard);
        }
    });
}

fn guard_of(target: web_sys::EventTarget) -> Option<Element> {
    closest(&target, "[data-guard]")
}

/// Begins what has to be done once with a page.
pub fn begin() {
    let Some(body) = document().body() else { return };
    for form in all(&body, "form[data-send]:not([data-sent])") {
        set(&form, "data-sent", "");
        if let Some(form) = form.dyn_ref::<HtmlFormElement>() {
            submit::post(form);
        }
    }
    for button in all(&body, "[data-copy-at-once]:not([data-tried])") {
        set(&button, "data-tried", "");
        spawn_local(async move {
            copy::press(&button, copy::By::Page).await;
        });
    }
}

/// Whether the page holds a value that cannot be asked for again.
pub fn is_any() -> bool {
    of_page("[data-once]").is_some()
}

/// The value is in the clipboard.
pub fn copied(button: &Element) {
    if let Some(guard) = guard_of(button.clone().into()) {
        set(&guard, COPIED, "");
        say(&guard);
    }
}

/// Whether a dialog holds a value that is shown once.
pub fn guards(dialog: &Element) -> bool {
    first(dialog, "[data-guard]").is_some()
}

/// Whether a dialog with such a value may be closed. Where it may not yet, it asks, and may the next time. The page has
/// copied the value by itself: a slip would leave it in the clipboard alone, until something else is copied.
pub fn may_close(dialog: &Element, by_slip: bool) -> bool {
    let Some(guard) = first(dialog, "[data-guard]") else { return true };
    let asked = first(&guard, "[data-asks]").is_none_or(|asks| !asks.has_attribute("hidden"));
    let may = asked || (!by_slip && guard.has_attribute(COPIED));
    asks(&guard, !may);
    may
}

fn asks(guard: &Element, asks: bool) {
    if let (Some(question), Some(calm)) = (first(guard, "[data-asks]"), first(guard, "[data-calm]")) {
        show(&question, asks);
        show(&calm, !asks);
        say(guard);
        let button = if asks { first(&question, "[data-calm-again]") } else { first(&calm, "button") };
        if let Some(button) = button {
            focus(&button);
        }
    }
}

/// Says whether the value is in the clipboard.
fn say(guard: &Element) {
    let copied = guard.has_attribute(COPIED);
    let asked = first(guard, "[data-asks]").is_some_and(|asks| !asks.has_attribute("hidden"));
    for text in all(guard, "[data-copied-text]") {
        let question = text.closest("[data-asks]").ok().flatten().is_some();
        let name = if copied { "data-copied-text" } else { "data-uncopied-text" };
        match text.get_attribute(name) {
            // An alert speaks once it has something to say.
            Some(_) if question && !asked => write(&text, ""),
            Some(sentence) => write(&text, &sentence),
            None => {}
        }
    }
}
