//! Boxes that select rows: the one of the page ticks those of its rows, and follows them.

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use super::dom::{all, closest, document, first, listen};

/// Keeps the boxes of a table in step.
pub fn watch() {
    listen(&document(), "change", false, |event: Event| {
        let Some(ticked) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let Some(table) = closest(&ticked, "table") else { return };
        let boxes = || all(&table, "[data-pick]").into_iter().filter_map(|one| one.dyn_into::<HtmlInputElement>().ok());
        if ticked.has_attribute("data-pick-page") {
            boxes().for_each(|one| one.set_checked(ticked.checked()));
        } else if ticked.has_attribute("data-pick") {
            let page = first(&table, "[data-pick-page]").and_then(|page| page.dyn_into::<HtmlInputElement>().ok());
            if let Some(page) = page {
                page.set_checked(boxes().all(|one| one.checked()));
            }
        }
    });
}
