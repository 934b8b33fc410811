//! The rows of a live list: how new ones are put into what somebody looks at.
//!
//! While somebody is at the rows, with the pointer or with the keyboard, none of them moves: known rows keep their
//! places and change in place, new ones come last, and those that left stay, marked as gone.

use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, Node, PointerEvent};

use super::{
    dom::{all, children, closest, document, first, listen, set, write},
    merge::{self, Typed, import, key, place, remove},
    page,
};

/// The bodies of live tables.
const ROWS: &str = "tbody[data-rows]";

/// Lets the rows go to their places once nobody is at them any more.
pub fn watch() {
    listen(&document(), "pointerout", false, |event: PointerEvent| left(event.target(), event.related_target()));
    listen(&document(), "focusout", false, |event: FocusEvent| left(event.target(), event.related_target()));
}

fn left(from: Option<web_sys::EventTarget>, to: Option<web_sys::EventTarget>) {
    let body = |target: Option<web_sys::EventTarget>| target.and_then(|target| closest(&target, ROWS));
    let Some(from) = body(from) else { return };
    if body(to).is_none_or(|to| !to.is_same_node(Some(&from))) {
        // Where the focus is, and the pointer, is only told afterwards.
        super::dom::after(0, settle);
    }
}

/// Puts the rows of all tables where nobody is at them into the places that the server gave them.
pub fn settle() {
    page::with_base(|live, base| {
        for (live, base) in all(live, ROWS).into_iter().zip(all(base, ROWS)) {
            let shown = children(&live);
            let order: Vec<Option<String>> = children(&base).iter().map(key).collect();
            if is_held(&live) || base.has_attribute("data-frozen") || shown.iter().map(key).eq(order.iter().cloned()) {
                continue;
            }
            arrange(&live, &shown, &order);
        }
    });
}

fn arrange(live: &Element, shown: &[Node], order: &[Option<String>]) {
    shown.iter().filter(|row| !order.contains(&key(row))).for_each(remove);
    let find = |wanted: &Option<String>| shown.iter().find(|row| key(row) == *wanted).cloned();
    place(live, &order.iter().filter_map(find).collect::<Vec<_>>());
}

/// Whether somebody is at the rows.
fn is_held(body: &Element) -> bool {
    body.matches(":hover").unwrap_or(false)
        || document().active_element().is_some_and(|active| body.contains(Some(&active)))
}

/// Puts new rows into a table.
pub fn merge(live: &Element, base: &Element, new: &Element, typed: &Typed) {
    let (shown, before, now) = (children(live), children(base), children(new));
    let same_list = base.get_attribute("data-rows") == new.get_attribute("data-rows");
    let held = same_list && !shown.is_empty() && (is_held(live) || new.has_attribute("data-frozen"));
    let find = |rows: &[Node], wanted: &Node| rows.iter().find(|row| key(row) == key(wanted)).cloned();

    let mut fresh = Vec::new();
    for new in &now {
        match (find(&shown, new), find(&before, new)) {
            (Some(shown), Some(base)) => merge::merge(&shown, &base, new, typed),
            (Some(gone), None) => {
                // It is back.
                if let Some(row) = import(new) {
                    let _ = live.replace_child(&row, &gone);
                }
            }
            (None, _) => fresh.extend(import(new)),
        }
    }
    if !held {
        let all: Vec<Node> = children(live).into_iter().chain(fresh).collect();
        return arrange(live, &all, &now.iter().map(key).collect::<Vec<_>>());
    }
    for row in children(live).iter().filter(|row| find(&now, row).is_none()) {
        match row.dyn_ref::<Element>().filter(|row| !row.has_attribute("data-with")) {
            Some(row) => mark_gone(row),
            None => remove(row),
        }
    }
    for row in fresh {
        let with = row.dyn_ref::<Element>().and_then(|row| row.get_attribute("data-with"));
        let owner = with.and_then(|with| children(live).into_iter().find(|row| key(row).as_ref() == Some(&with)));
        let _ = match owner {
            Some(owner) => live.insert_before(&row, owner.next_sibling().as_ref()),
            None => live.append_child(&row),
        };
    }
}

/// The row has left the list and keeps its place until nobody looks.
fn mark_gone(row: &Element) {
    let _ = row.class_list().add_1("gone");
    if let Some(actions) = first(row, ".actions-cell") {
        actions.set_inner_html("");
    }
    if let Some(status) = first(row, ".status-cell") {
        write(&status, "No longer in this list");
        set(&status, "class", "status-cell muted");
    }
}
