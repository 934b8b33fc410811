//! Panes of a text that grows: one stays at the end of it until somebody scrolls up, and again once he is back there.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use super::dom::{all, document, listen, set, unset};

/// How near to its end, in pixels, a text counts as read to the end.
const NEAR: i32 = 24;
/// Set on a pane that somebody has scrolled up, to how far down and how high it was.
const LEFT: &str = "data-left";
const BEFORE: &str = "data-before";

/// Hears of what is scrolled.
pub fn watch() {
    listen(&document(), "scroll", true, |event: Event| {
        let pane = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(pane) = pane.filter(|pane| pane.has_attribute("data-tail")) {
            scrolled(&pane);
        }
    });
}

fn scrolled(pane: &Element) {
    let (top, height) = (pane.scroll_top(), pane.scroll_height());
    let before = pane.get_attribute(BEFORE).unwrap_or_default();
    let mut before = before.split(' ').map(|number| number.parse().unwrap_or_default());
    let (top_before, height_before): (i32, i32) =
        (before.next().unwrap_or_default(), before.next().unwrap_or_default());
    set(pane, BEFORE, &format!("{top} {height}"));
    // Another width of the window also moves it: only somebody who scrolls up leaves the end.
    if top + pane.client_height() + NEAR >= height {
        unset(pane, LEFT);
    } else if top < top_before && height >= height_before {
        set(pane, LEFT, "");
    }
}

/// Shows the end of each pane that nobody has scrolled up.
pub fn follow() {
    let Some(body) = document().body() else { return };
    for pane in all(&body, "[data-tail]:not([data-left])") {
        pane.set_scroll_top(pane.scroll_height());
    }
}
