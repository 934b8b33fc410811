//! The page that is open: what the server said last, and how the next answer is put into it.

use std::cell::{Cell, RefCell};

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, DomParser, Element, HtmlElement, SupportedType};

use super::{
    clock, dialog,
    dom::{all, document, first, focus, of_page, set, show, unset, window},
    editor, live,
    merge::{self, Typed},
    once, rows, tail,
};

thread_local! {
    /// The body as the server sent it last.
    static BASE: RefCell<Option<Element>> = const { RefCell::new(None) };
    /// How often an answer was put into the page: one that was asked for before that is out of date.
    static VERSION: Cell<u32> = const { Cell::new(0) };
}

/// A page of the server that is not open yet.
pub struct Answer(Document);

impl Answer {
    /// Reads the HTML of a page.
    pub fn parse(html: &str) -> Option<Self> {
        let parser = DomParser::new().ok()?;
        let document = parser.parse_from_string(html, SupportedType::TextHtml).ok()?;
        without_noscript(&document);
        Some(Self(document))
    }

    /// Whether it is of the same build as the page that is open: those of another have other files.
    pub fn is_of_this_build(&self) -> bool {
        let build = |document: Document| document.document_element()?.get_attribute("data-build");
        build(self.0.clone()) == build(document())
    }

    /// A part of it.
    pub fn part(&self, selector: &str) -> Option<Element> {
        first(self.0.body()?.as_ref(), selector)
    }

    fn heading(&self) -> Option<String> {
        heading(&self.0.body()?)
    }

    /// Whether it is about the same as the page that is open, for example the same list with a dialog on it.
    pub fn is_about_the_same(&self) -> bool {
        let open = document().body().and_then(|body| heading(&body));
        open.is_some() && open == self.heading()
    }

    /// What a page says of itself outside of its body: whether it is light or dark.
    fn dress(&self) {
        if let (Some(html), Some(new)) = (document().document_element(), self.0.document_element()) {
            set_same(&html, &new, "data-theme");
        }
    }

    /// Puts it into the open page.
    pub fn show(self, typed: &Typed) {
        let (Some(live), Some(new)) = (document().body(), self.0.body()) else { return };
        VERSION.set(VERSION.get() + 1);
        document().set_title(&self.0.title());
        self.dress();
        if matches!(typed, Typed::Dropped) {
            merge::drop_typed(&live);
        }
        let focused = document().active_element();
        // Taken out: what listens to the merge may ask for it.
        if let Some(base) = BASE.take() {
            merge::merge(&live, &base, &new, typed);
        }
        BASE.set(Some(new.into()));
        opened(focused.as_ref());
    }
}

/// Drops what is there for those without scripts. The parser takes it for elements, as which it would come to life.
fn without_noscript(document: &Document) {
    if let Some(body) = document.body() {
        all(&body, "noscript").iter().for_each(Element::remove);
    }
}

/// Gives an element an attribute as another has it.
fn set_same(element: &Element, other: &Element, name: &str) {
    match other.get_attribute(name) {
        same if same == element.get_attribute(name) => {}
        Some(value) => set(element, name, &value),
        None => unset(element, name),
    }
}

fn heading(body: &HtmlElement) -> Option<String> {
    first(body, "h1")?.text_content()
}

/// The page that the browser itself has opened.
pub fn begin() {
    without_noscript(&document());
    if let Some(Ok(base)) = document().body().map(|body| body.clone_node_with_deep(true)) {
        BASE.set(base.dyn_into().ok());
    }
    opened(None);
}

/// How often an answer was put into the page.
pub fn version() -> u32 {
    VERSION.get()
}

/// Gives the open page and what the server said of it last.
pub fn with_base(run: impl FnOnce(&Element, &Element)) {
    let base = BASE.with_borrow(Clone::clone);
    if let (Some(live), Some(base)) = (document().body(), base) {
        run(&live, &base);
    }
}

/// What is to be done with a page once it is there. `focused` had the focus before.
fn opened(focused: Option<&Element>) {
    dialog::open_all();
    mark_icon();
    clock::tick();
    tail::follow();
    editor::draw_all();
    once::begin();
    rows::settle();
    live::opened();
    let lost = focused.is_some_and(|focused| !focused.is_connected());
    let nowhere = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
    if nowhere && let Some(field) = of_page("[autofocus]").filter(|_| focused.is_some()) {
        focus(&field);
    } else if lost
        && nowhere
        && let Some(main) = of_page("main")
    {
        // Whoever goes by keyboard or by ear begins with the new page, and not with the way around.
        let _ = main.dyn_ref::<HtmlElement>().map(|main| {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            main.focus_with_options(&options)
        });
    }
}

/// Marks the icon of the tab while somebody waits for a decision.
fn mark_icon() {
    let which = if of_page(".frame[data-pending]").is_some() { "data-marked" } else { "data-plain" };
    if let Some(icon) = of_page("link[rel=icon]")
        && let Some(href) = icon.get_attribute(which).filter(|href| icon.get_attribute("href").as_ref() != Some(href))
    {
        set(&icon, "href", &href);
    }
}

/// Tells with a mark on the page, for the style sheet and for tests, that it is lively.
pub fn mark_lively() {
    if let Some(html) = document().document_element() {
        set(&html, "data-hydrated", "");
    }
    // When that was, for measurements.
    if let Some(performance) = window().performance() {
        let _ = performance.mark("muster-lively");
    }
}

/// Shows that an answer is awaited, or not any more.
pub fn mark_busy(busy: bool) {
    if let Some(html) = document().document_element() {
        if busy { set(&html, "data-busy", "") } else { unset(&html, "data-busy") }
    }
}

/// Says that the page looks alive and is not.
pub fn offer_reload() {
    if let Some(banner) = of_page("#crashed") {
        show(&banner, true);
    }
}

/// The browser itself goes to an address.
pub fn leave_to(url: &str) {
    // There is nothing left to do where it does not.
    let _ = window().location().assign(url);
}

/// An entry of the browser's history for an address, with a number of ours.
pub fn write_history(replace: bool, number: u32, url: &str) {
    let Ok(history) = window().history() else { return };
    let state = JsValue::from_f64(f64::from(number));
    let written = if replace {
        history.replace_state_with_url(&state, "", Some(url))
    } else {
        history.push_state_with_url(&state, "", Some(url))
    };
    if written.is_err() {
        // Browsers bound how often a page does so.
        leave_to(url);
    }
}
