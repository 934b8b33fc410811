//! Menus that close by themselves: `<details>`, and what opens as a popover.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventTarget, FocusEvent, HtmlElement, KeyboardEvent, MouseEvent, Node};

use super::dom::{all, closest, document, first, focus, listen, of_page, unset};

const OPEN: &str = "details[data-menu][open]";

/// Closes menus on Escape, on a press elsewhere, when the focus goes elsewhere, and when an entry was pressed.
pub fn watch() {
    // In the capturing phase: a menu in a dialog closes before the dialog does.
    listen(&document(), "keydown", true, |event: KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(menu) = of_page(OPEN)
        {
            event.prevent_default();
            event.stop_propagation();
            close(&menu);
        }
    });
    listen(&document(), "click", false, |event: MouseEvent| {
        let Some(target) = event.target() else { return };
        close_others(&target);
        // A button that copies says there that it did.
        if closest(&target, ".more-list :is(a, button:not([data-copy]))").is_some()
            && let Some(menu) = closest(&target, OPEN)
        {
            close(&menu);
        }
    });
    listen(&document(), "focusin", false, |event: FocusEvent| {
        if let Some(target) = event.dyn_ref::<Event>().and_then(Event::target) {
            close_others(&target);
        }
    });
}

/// Closes what is open over the page: somebody goes to another one.
pub fn close_popovers() {
    let Some(body) = document().body() else { return };
    for open in all(&body, "[popover]:popover-open") {
        if let Some(open) = open.dyn_ref::<HtmlElement>() {
            // It is open, so it can be hidden.
            let _ = open.hide_popover();
        }
    }
}

/// Closes the menus that a place of the page is not in.
fn close_others(place: &EventTarget) {
    let Some(body) = document().body() else { return };
    let place = place.dyn_ref::<Node>();
    all(&body, OPEN).iter().filter(|menu| !menu.contains(place)).for_each(|menu| unset(menu, "open"));
}

/// Closes a menu, and gives the focus to its button where it was inside.
fn close(menu: &Element) {
    let inside = document().active_element().is_some_and(|active| menu.contains(Some(&active)));
    unset(menu, "open");
    if inside && let Some(button) = first(menu, "summary") {
        focus(&button);
    }
}
