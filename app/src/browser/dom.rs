//! Short words for what the browser offers.

use js_sys::Function;
use wasm_bindgen::{JsCast, UnwrapThrowExt, closure::Closure, convert::FromWasmAbi, prelude::wasm_bindgen};
use web_sys::{Document, Element, EventTarget, Node, Window};

/// The window.
pub fn window() -> Window {
    web_sys::window().expect_throw("this runs in a page")
}

/// The document.
pub fn document() -> Document {
    window().document().expect_throw("a page has a document")
}

/// The address of the page, without its part behind `#`.
pub fn here() -> String {
    let href = window().location().href().unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}

/// Listens for as long as the page lives. In the capturing phase also those events are heard that do not bubble.
pub fn listen<E: FromWasmAbi + 'static>(
    target: &EventTarget,
    name: &str,
    capture: bool,
    heard: impl FnMut(E) + 'static,
) {
    let heard = Closure::<dyn FnMut(E)>::new(heard).into_js_value();
    let heard = heard.unchecked_ref::<Function>();
    target.add_event_listener_with_callback_and_bool(name, heard, capture).unwrap_throw();
}

/// The elements below one that a selector means, in their order.
pub fn all(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

/// The first of them.
pub fn first(root: &Element, selector: &str) -> Option<Element> {
    root.query_selector(selector).ok().flatten()
}

/// The same of the whole page.
pub fn of_page(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

/// The element itself or the nearest around it that a selector means.
pub fn closest(node: &EventTarget, selector: &str) -> Option<Element> {
    let element = node.dyn_ref::<Element>().cloned().or_else(|| node.dyn_ref::<Node>()?.parent_element())?;
    element.closest(selector).ok().flatten()
}

/// The children of a node, in their order.
pub fn children(node: &Node) -> Vec<Node> {
    let mut children = Vec::new();
    let mut next = node.first_child();
    while let Some(child) = next {
        next = child.next_sibling();
        children.push(child);
    }
    children
}

/// Sets an attribute. Those of ours have names that every browser takes.
pub fn set(element: &Element, name: &str, value: &str) {
    element.set_attribute(name, value).unwrap_throw();
}

/// Removes an attribute.
pub fn unset(element: &Element, name: &str) {
    element.remove_attribute(name).unwrap_throw();
}

/// Shows an element, or hides it.
pub fn show(element: &Element, shown: bool) {
    if shown { unset(element, "hidden") } else { set(element, "hidden", "") }
}

/// Writes a text into an element, where it is not there already: what is read out is not read out twice.
pub fn write(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Gives the focus to an element, where it can take it.
pub fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        let _ = element.focus();
    }
}

/// Runs once, later.
pub fn after(milliseconds: i32, run: impl FnOnce() + 'static) -> i32 {
    let run = Closure::once_into_js(run);
    let run = run.unchecked_ref::<Function>();
    window().set_timeout_with_callback_and_timeout_and_arguments_0(run, milliseconds).unwrap_throw()
}

/// What [`after`] was to run, it does not.
pub fn cancel(timer: i32) {
    window().clear_timeout_with_handle(timer);
}

/// What runs again and again, until it is dropped.
pub struct Interval {
    handle: i32,
    _run: Closure<dyn FnMut()>,
}

impl Interval {
    /// Begins.
    pub fn new(milliseconds: i32, run: impl FnMut() + 'static) -> Self {
        let run = Closure::<dyn FnMut()>::new(run);
        let function = run.as_ref().unchecked_ref::<Function>();
        let handle = window().set_interval_with_callback_and_timeout_and_arguments_0(function, milliseconds);
        Self { handle: handle.unwrap_throw(), _run: run }
    }
}

impl Drop for Interval {
    fn drop(&mut self) {
        window().clear_interval_with_handle(self.handle);
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;
}

/// The browser's clock, in milliseconds since the epoch.
pub fn clock() -> i64 {
    // They fit into the integers that a double holds exactly.
    #[allow(clippy::cast_possible_truncation)]
    let now = date_now() as i64;
    now
}
