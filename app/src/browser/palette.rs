//! The palette: a search over everything, above the page that is open. What is found comes from the page that searches
//! without scripts, `/search`.

use std::cell::{Cell, RefCell};

use js_sys::futures::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{
    AbortController, Element, Event, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent, RequestInit,
};

use super::{
    dom::{after, all, cancel, closest, document, first, focus, listen, of_page},
    merge,
    page::Answer,
    visit,
};

/// How long to wait for the next key before it is searched, in milliseconds.
const PAUSE: i32 = 120;
const FOUND: &str = "#palette-found";

thread_local! {
    static WAITING: Cell<Option<i32>> = const { Cell::new(None) };
    static UNDER_WAY: RefCell<Option<AbortController>> = const { RefCell::new(None) };
}

/// Opens it by its link and by Ctrl-K, and takes over its keys.
pub fn watch() {
    listen(&document(), "keydown", false, |event: KeyboardEvent| {
        let asks = event.key().eq_ignore_ascii_case("k") && (event.ctrl_key() || event.meta_key());
        if asks && !event.alt_key() && !event.shift_key() && open() {
            event.prevent_default();
        } else if let Some(palette) = event.target().and_then(|target| closest(&target, "#palette")) {
            press(&palette, &event);
        }
    });
    // Before the page follows them.
    listen(&document(), "click", true, |event: web_sys::MouseEvent| {
        let Some(target) = event.target() else { return };
        let plain = event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key();
        if plain && closest(&target, "a[data-palette]").is_some() && open() {
            event.prevent_default();
        } else if plain && closest(&target, "#palette a").is_some() {
            close();
        }
    });
    listen(&document(), "input", false, |event: Event| {
        if event.target().is_some_and(|field| closest(&field, "#palette input").is_some()) {
            let wait = after(PAUSE, || {
                WAITING.set(None);
                search();
            });
            if let Some(earlier) = WAITING.replace(Some(wait)) {
                cancel(earlier);
            }
        }
    });
}

fn palette() -> Option<HtmlDialogElement> {
    of_page("#palette")?.dyn_into().ok()
}

fn field(palette: &Element) -> Option<HtmlInputElement> {
    first(palette, "input")?.dyn_into().ok()
}

/// Opens it where the page has one, and no other dialog is open.
fn open() -> bool {
    let Some(palette) = palette().filter(|palette| !palette.open() && of_page("dialog:modal").is_none()) else {
        return false;
    };
    if palette.show_modal().is_err() {
        return false;
    }
    if let Some(field) = field(&palette) {
        field.select();
    }
    search();
    true
}

fn close() {
    if let Some(palette) = palette() {
        palette.close();
    }
}

fn press(palette: &Element, event: &KeyboardEvent) {
    let links = all(palette, &format!("{FOUND} a"));
    let active = document().active_element();
    let at = links.iter().position(|link| link.is_same_node(active.as_deref()));
    let to = match event.key().as_str() {
        "ArrowDown" => at.map_or(0, |at| (at + 1) % links.len().max(1)),
        "ArrowUp" => match at {
            None => links.len().saturating_sub(1),
            Some(0) => {
                return field(palette).iter().for_each(|field| {
                    event.prevent_default();
                    focus(field);
                });
            }
            Some(at) => at - 1,
        },
        // In the field it means what was found first.
        "Enter" if at.is_none() => {
            event.prevent_default();
            if let Some(link) = links.first().and_then(|link| link.dyn_ref::<HtmlElement>()) {
                link.click();
            }
            return;
        }
        // Whoever types on goes on in the field.
        key => {
            let types = key.chars().count() == 1 && !event.ctrl_key() && !event.meta_key() && !event.alt_key();
            if at.is_some() && (types || key == "Backspace") {
                field(palette).iter().for_each(|field| focus(field));
            }
            return;
        }
    };
    event.prevent_default();
    links.get(to).into_iter().for_each(focus);
}

/// Asks what is found by what is typed. Of two answers the later question's counts.
fn search() {
    let Some(text) = palette().and_then(|palette| field(&palette)).map(|field| field.value()) else { return };
    let Ok(controller) = AbortController::new() else { return };
    if let Some(earlier) = UNDER_WAY.replace(Some(controller.clone())) {
        earlier.abort();
    }
    // It names the scope that is searched.
    let Some(path) = of_page("#palette form").and_then(|form| form.get_attribute("action")) else { return };
    let query = String::from(js_sys::encode_uri_component(text.trim()));
    spawn_local(async move {
        let init = RequestInit::new();
        init.set_signal(Some(&controller.signal()));
        let Ok((answer, text)) = visit::ask(&format!("{path}?q={query}"), &init).await else { return };
        let (Some(place), Some(page)) = (of_page(FOUND), Answer::parse(&text)) else { return };
        // Who is not signed in any more is sent elsewhere.
        let Some(found) = page.part("#found").filter(|_| !answer.redirected()).and_then(|found| merge::import(&found))
        else {
            return;
        };
        if let Some(element) = found.dyn_ref::<Element>() {
            // The page may be open beneath, and has the name.
            super::dom::unset(element, "id");
        }
        let chosen = document().active_element().filter(|active| place.contains(Some(active)));
        let chosen = chosen.map(|link| link.get_attribute("href"));
        place.set_inner_html("");
        let _ = place.append_child(&found);
        // What was chosen stays so where it is still found.
        if let Some(href) = chosen {
            let same = all(&place, "a").into_iter().find(|link| link.get_attribute("href") == href);
            same.or_else(|| of_page("#palette input")).iter().for_each(focus);
        }
    });
}
