//! Putting a page of the server into the page that is open.
//!
//! Three trees are compared: what is open, what the server said before (the base), and what it says now. Only what the
//! server says otherwise than before is changed, so that whatever else happened to the open page stays: what is typed
//! and selected, what is open, where the focus is, what a translator or an extension made of the text.
//!
//! Where the open page no longer has the shape of the base – a translator put elements of its own in the place of text –
//! a change replaces the whole content of the element: to change it in place would change what nobody sees.

use wasm_bindgen::JsCast;
use web_sys::{
    Element, HtmlDialogElement, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlOptionElement, HtmlTextAreaElement,
    Node,
};

use super::{
    dom::{all, children, document, unset},
    rows,
};

/// What people type and choose in.
pub const FIELDS: [&str; 3] = ["INPUT", "SELECT", "TEXTAREA"];

/// Set on a form that was not taken, until it is sent again: what is wrong with it stays to be read.
pub const ANSWERED: &str = "data-answered";

/// What is left alone although the server says something else.
#[derive(Clone, Debug)]
pub enum Typed {
    /// Nothing: the person goes to another page.
    Dropped,
    /// Forms in which something is typed or about to be, or that say what was wrong, but for the one whose answer this is.
    Kept {
        /// The form that was sent.
        but: Option<HtmlFormElement>,
    },
}

impl Typed {
    fn keeps(&self, element: &Element) -> bool {
        match self {
            Self::Dropped => false,
            Self::Kept { but } => {
                let at_work = element.has_attribute("data-typed")
                    || element.has_attribute(ANSWERED)
                    || element.tag_name() == "FORM" && holds_focus(element);
                at_work && but.as_ref().is_none_or(|but| !element.is_same_node(Some(but)))
            }
        }
    }
}

/// Puts `new` into `live`, where `base` is what the server said before. `new` becomes the next base: what is left alone
/// is put back into it.
pub fn merge(live: &Node, base: &Node, new: &Node, typed: &Typed) {
    if base.is_equal_node(Some(new)) {
        return;
    }
    let (Some(live), Some(base), Some(new)) =
        (live.dyn_ref::<Element>(), base.dyn_ref::<Element>(), new.dyn_ref::<Element>())
    else {
        live.set_node_value(new.node_value().as_deref());
        return;
    };
    if typed.keeps(live) {
        // A detached copy: the base itself is still being walked.
        if let Ok(kept) = base.clone_node_with_deep(true) {
            let _ = new.replace_with_with_node_1(&kept);
        }
        return;
    }
    merge_attributes(live, base, new);
    if new.has_attribute("data-rows") {
        rows::merge(live, base, new, typed);
    } else if let Some(area) = live.dyn_ref::<HtmlTextAreaElement>() {
        let text = new.text_content().unwrap_or_default();
        let _ = area.set_default_value(&text);
        area.set_value(&text);
    } else {
        merge_children(live, base, new, typed);
    }
}

/// A copy of a node of another document, for this one.
pub fn import(node: &Node) -> Option<Node> {
    document().import_node_with_deep(node, true).ok()
}

/// Takes a node out of the page. A dialog is closed first, so that the focus goes back to what opened it.
pub fn remove(node: &Node) {
    if let Some(dialog) = node.dyn_ref::<HtmlDialogElement>()
        && dialog.open()
    {
        dialog.close();
    }
    if let Some(parent) = node.parent_node() {
        let _ = parent.remove_child(node);
    }
}

/// Puts nodes into an element in this order, and moves only those that are elsewhere: moving one takes its focus.
pub fn place(parent: &Node, nodes: &[Node]) {
    let mut next = parent.first_child();
    for node in nodes {
        if next.as_ref().is_some_and(|next| next.is_same_node(Some(node))) {
            next = node.next_sibling();
        } else {
            let _ = parent.insert_before(node, next.as_ref());
        }
    }
}

/// What tells an element from its siblings.
pub fn key(node: &Node) -> Option<String> {
    let element = node.dyn_ref::<Element>()?;
    // Asked as a property, a form whose field is called `id` gives that field.
    element.get_attribute("data-key").or_else(|| element.get_attribute("id"))
}

fn alike(a: &Node, b: &Node) -> bool {
    a.node_name() == b.node_name() && key(a) == key(b)
}

fn merge_children(live: &Element, base: &Element, new: &Element, typed: &Typed) {
    if matches!(typed, Typed::Kept { .. }) {
        keep_said(base, new);
    }
    let (shown, before, now) = (children(live), children(base), children(new));
    if shown.len() != before.len() || !shown.iter().zip(&before).all(|(shown, before)| alike(shown, before)) {
        shown.iter().for_each(remove);
        place(live, &now.iter().filter_map(import).collect::<Vec<_>>());
        return;
    }
    let found = pair(&before, &now);
    let mut kept = vec![false; shown.len()];
    let mut nodes = Vec::with_capacity(now.len());
    for (new, at) in now.iter().zip(found) {
        match at {
            Some(at) => {
                kept[at] = true;
                merge(&shown[at], &before[at], new, typed);
                nodes.push(shown[at].clone());
            }
            None => nodes.extend(import(new)),
        }
    }
    // Before the others are placed, so that those which stay need not be moved past them.
    shown.iter().zip(kept).filter(|(_, kept)| !kept).for_each(|(node, _)| remove(node));
    place(live, &nodes);
}

/// Puts back what was said to the person and is not said again: it stays until he goes elsewhere.
fn keep_said(base: &Element, new: &Element) {
    let said = |node: &Node| node.dyn_ref::<Element>().is_some_and(|element| element.has_attribute("data-said"));
    if children(new).iter().any(said) {
        return;
    }
    for node in children(base).iter().filter(|node| said(node)) {
        if let Ok(kept) = node.clone_node_with_deep(true) {
            let _ = new.append_child(&kept);
        }
    }
}

/// Finds for each node the one before that it comes of: by its key, or else the next of its kind that has none.
fn pair(before: &[Node], now: &[Node]) -> Vec<Option<usize>> {
    let mut from = 0;
    now.iter()
        .map(|new| {
            if key(new).is_some() {
                return before.iter().position(|old| alike(old, new));
            }
            let found = (from..before.len()).find(|&at| alike(&before[at], new))?;
            from = found + 1;
            Some(found)
        })
        .collect()
}

fn merge_attributes(live: &Element, base: &Element, new: &Element) {
    for name in base.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        if !new.has_attribute(&name) {
            let _ = live.remove_attribute(&name);
            follow(live, &name, None);
        }
    }
    for name in new.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        let value = new.get_attribute(&name).unwrap_or_default();
        if base.get_attribute(&name).as_ref() != Some(&value) {
            let _ = live.set_attribute(&name, &value);
            follow(live, &name, Some(&value));
        }
    }
}

/// Once somebody has used a field, its attributes say no more what it holds. It follows them, but not under his hands.
fn follow(live: &Element, attribute: &str, value: Option<&str>) {
    match attribute {
        "value" => {
            if let Some(input) = live.dyn_ref::<HtmlInputElement>()
                && !is_active(live)
            {
                input.set_value(value.unwrap_or_default());
            }
        }
        "checked" => {
            if let Some(input) = live.dyn_ref::<HtmlInputElement>() {
                input.set_checked(value.is_some());
            }
        }
        "selected" => {
            if let Some(option) = live.dyn_ref::<HtmlOptionElement>() {
                option.set_selected(value.is_some());
            }
        }
        _ => {}
    }
}

/// Whether somebody is in one of the fields of a form.
fn holds_focus(form: &Element) -> bool {
    let active = document().active_element().filter(|active| form.contains(Some(active)));
    active.is_some_and(|active| FIELDS.contains(&active.tag_name().as_str()))
}

fn is_active(element: &Element) -> bool {
    document().active_element().is_some_and(|active| active.is_same_node(Some(element)))
}

/// Forgets what is typed in the forms of the page.
pub fn drop_typed(root: &HtmlElement) {
    for form in all(root, "form[data-answered]") {
        unset(&form, ANSWERED);
    }
    for form in all(root, "form[data-typed]") {
        unset(&form, "data-typed");
        if let Some(form) = form.dyn_ref::<HtmlFormElement>() {
            form.reset();
        }
    }
}
