//! Work that is typed and not yet sent: before it would be dropped by a slip, the person is asked once.
//!
//! A slip is a press beside a dialog, Escape, a link, the browser's Back, or closing the tab. A Cancel button is none.

use leptos::{prelude::*, web_sys};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::href::use_here;

const QUESTION: &str = "Leave without saving? What you typed here is not sent yet, and would be gone.";

/// How many forms hold unsent work: in a part of the page, and in all of it.
#[derive(Clone, Copy)]
pub struct Unsaved {
    here: RwSignal<u32>,
    all: RwSignal<u32>,
}

/// A form's own part of the count.
#[derive(Clone, Copy)]
pub struct Work {
    of: Option<Unsaved>,
    typed: StoredValue<bool>,
}

impl Work {
    /// Something was typed.
    pub fn begin(self) {
        self.set(true);
    }

    /// It was sent, or its form is gone.
    pub fn end(self) {
        self.set(false);
    }

    fn set(self, typed: bool) {
        let Some(of) = self.of else { return };
        if self.typed.try_get_value().is_none_or(|before| before == typed) {
            return;
        }
        self.typed.set_value(typed);
        let count = |count: &mut u32| *count = if typed { *count + 1 } else { count.saturating_sub(1) };
        // The part of the page may have gone before its form.
        let _ = of.here.try_update(count);
        if of.here != of.all {
            let _ = of.all.try_update(count);
        }
    }
}

/// What a form tells of its work, in the part of the page that it stands in.
pub fn use_work() -> Work {
    let work = Work { of: use_context(), typed: StoredValue::new(false) };
    on_cleanup(move || work.end());
    work
}

impl Unsaved {
    /// Whether a part of the page may be left: where something is typed in it, the person is asked.
    pub fn may_leave(self) -> bool {
        self.here.try_get_untracked().is_none_or(|count| count == 0) || ask()
    }
}

fn ask() -> bool {
    // Where the browser does not ask, nobody is held.
    window().confirm_with_message(QUESTION).unwrap_or(true)
}

/// A part of the page of its own: a dialog, which closes while the page under it stays.
pub fn provide_part() -> Unsaved {
    let here = RwSignal::new(0);
    let all = use_context::<Unsaved>().map_or(here, |outer| outer.all);
    let part = Unsaved { here, all };
    provide_context(part);
    part
}

/// What watches over the whole page.
#[derive(Clone, Copy)]
struct Watch {
    all: RwSignal<u32>,
    /// The page that is shown: when the browser tells that somebody went back, it has gone there already.
    address: StoredValue<String>,
}

/// Begins to watch. Called before the router is made: of two listeners of the window the first hears first.
pub fn watch_unsaved() {
    let all = RwSignal::new(0);
    let page = Unsaved { here: all, all };
    let address = StoredValue::new(String::new());
    provide_context(Watch { all, address });
    // On the server nobody leaves, and nothing of a browser may be kept.
    if !cfg!(feature = "hydrate") {
        return;
    }
    let listeners = vec![
        Listener::new("beforeunload", move |event| {
            if all.try_get_untracked().is_some_and(|count| count > 0) {
                event.prevent_default();
                // Older browsers want it said so.
                let _ = js_sys::Reflect::set(&event, &JsValue::from_str("returnValue"), &JsValue::TRUE);
            }
        }),
        Listener::new("click", move |event| {
            if leads_away(&event) && !page.may_leave() {
                event.prevent_default();
                event.stop_immediate_propagation();
            }
        }),
        Listener::new("popstate", move |event| {
            if !page.may_leave() {
                // The browser is put back where it was, and the router does not hear of it.
                event.stop_immediate_propagation();
                if let Ok(history) = window().history() {
                    let here = address.get_value();
                    let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&here));
                }
            }
        }),
    ];
    let _ = StoredValue::new_local(listeners);
}

/// Lets the forms in this part of the page tell of their work. Those outside of it hold nothing that anybody misses.
pub fn provide_unsaved() {
    let Some(Watch { all, address }) = use_context() else { return };
    provide_context(Unsaved { here: all, all });
    let here = use_here();
    Effect::new(move |_| address.set_value(here.get().to_string()));
}

/// Whether a click follows a link to another page in this tab.
fn leads_away(event: &web_sys::Event) -> bool {
    let Some(event) = event.dyn_ref::<web_sys::MouseEvent>() else { return false };
    if event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
        return false;
    }
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
    link.is_some_and(|link| {
        let same_page = link.get_attribute("href").is_some_and(|href| href.starts_with('#'));
        !same_page && !link.has_attribute("download") && link.get_attribute("target").is_none_or(|to| to == "_self")
    })
}

/// A listener of the window that hears of events before everybody else; removed when it is dropped.
struct Listener {
    name: &'static str,
    heard: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listener {
    fn new(name: &'static str, heard: impl FnMut(web_sys::Event) + 'static) -> Self {
        let heard = Closure::<dyn FnMut(web_sys::Event)>::new(heard);
        // Where it cannot listen, nobody is asked.
        let _ = window().add_event_listener_with_callback_and_bool(name, heard.as_ref().unchecked_ref(), true);
        Self { name, heard }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let heard = self.heard.as_ref().unchecked_ref();
        let _ = window().remove_event_listener_with_callback_and_bool(self.name, heard, true);
    }
}
