//! One stream of events for all tabs of a browser: over HTTP/1.1 a browser opens six connections to a server and no
//! more, and streams hold theirs.
//!
//! Of the tabs those take part that somebody sees; one that is hidden hears nothing, and looks at everything anew when
//! it is seen again. A shared worker has the stream (`worker`). Where a browser has none – Chrome on Android – or it
//! does not start, one of the tabs leads (`lease`). Tabs share the stream alone: each decides by what it shows which
//! topics it asks for again.
//!
//! A stream is one session's. When somebody else signs in, the frame names another session; the tab leaves the old
//! stream, which the server ends, and takes part in the new one.

mod lease;
mod news;
mod worker;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use leptos::{ev, leptos_dom::helpers::WindowListenerHandle, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};

use self::{lease::Share, news::News, worker::Line};
use super::live::{EVENTS_PATH, Live};

const VISIBILITY: &str = "visibilitychange";

/// Keeps `live` up to date by the stream of a session, once that is known. It ends with this part of the page.
pub fn follow(live: Live, session: impl Fn() -> Option<String> + Send + Sync + 'static) {
    let session = Memo::new(move |before: Option<&Option<String>>| session().or_else(|| before.cloned().flatten()));
    // An effect runs only in the browser. What it keeps goes with this part of the page, or with the session; the
    // server, where parts of a page go on other threads, never touches it.
    Effect::new(move |_| {
        let Some(session) = session.get().filter(|session| !session.is_empty()) else { return };
        let part = StoredValue::new_local(Some(Part::new(live, session)));
        on_cleanup(move || _ = part.try_update_value(Option::take));
    });
}

/// Where the stream of a session is.
fn address(session: &str) -> String {
    // The name needs no escaping: the server makes it of the alphabet of URLs.
    format!("{EVENTS_PATH}?session={session}")
}

/// A tab's part in a stream; dropped, it has none any more.
struct Part {
    tab: Rc<Tab>,
    windows: Vec<WindowListenerHandle>,
    visible: Option<Closure<dyn FnMut()>>,
}

struct Tab {
    live: Live,
    session: String,
    way: RefCell<Way>,
    /// Whether the worker failed: for the life of this page the tabs do without it.
    without_worker: Cell<bool>,
}

/// How a tab takes part.
enum Way {
    /// Not at all: nobody sees it.
    None,
    Worker {
        _line: Line,
    },
    Lease {
        _share: Share,
    },
}

impl Part {
    fn new(live: Live, session: String) -> Self {
        let tab = Rc::new(Tab { live, session, way: RefCell::new(Way::None), without_worker: Cell::new(false) });
        let visible = {
            let tab = Rc::clone(&tab);
            let visible =
                Closure::<dyn FnMut()>::new(move || if document().hidden() { tab.leave() } else { tab.wake() });
            let listening = document().add_event_listener_with_callback(VISIBILITY, visible.as_ref().unchecked_ref());
            listening.is_ok().then_some(visible)
        };
        let (leaving, back) = (SendWrapper::new(Rc::clone(&tab)), SendWrapper::new(Rc::clone(&tab)));
        let windows = vec![
            window_event_listener(ev::pagehide, move |_| leaving.leave()),
            window_event_listener(ev::pageshow, move |event| {
                // Only a page that comes out of the browser's cache was away.
                if event.persisted() {
                    back.wake();
                }
            }),
        ];
        tab.take_part();
        Self { tab, windows, visible }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.windows.drain(..).for_each(WindowListenerHandle::remove);
        if let Some(visible) = &self.visible {
            let _ = document().remove_event_listener_with_callback(VISIBILITY, visible.as_ref().unchecked_ref());
        }
        self.tab.leave();
    }
}

impl Tab {
    /// The page is seen again: there was a time without events.
    fn wake(self: &Rc<Self>) {
        self.live.elsewhere();
        self.take_part();
    }

    fn leave(&self) {
        drop(self.way.replace(Way::None));
    }

    fn take_part(self: &Rc<Self>) {
        if document().hidden() {
            return;
        }
        let line = if self.without_worker.get() { None } else { self.join_worker() };
        let way = match line {
            Some(line) => Way::Worker { _line: line },
            None => Way::Lease { _share: Share::new(self.live, &self.session) },
        };
        drop(self.way.replace(way));
    }

    fn join_worker(self: &Rc<Self>) -> Option<Line> {
        let live = self.live;
        let tab = Rc::downgrade(self);
        Line::join(
            &self.session,
            move |news: News| news.tell(live),
            move || {
                let tab = SendWrapper::new(Weak::clone(&tab));
                // Afterwards: this is called by what is then dropped.
                set_timeout(
                    move || {
                        if let Some(tab) = tab.upgrade() {
                            tab.do_without_worker();
                        }
                    },
                    Duration::ZERO,
                );
            },
        )
    }

    fn do_without_worker(self: &Rc<Self>) {
        self.without_worker.set(true);
        let by_worker = matches!(*self.way.borrow(), Way::Worker { .. });
        if by_worker {
            self.take_part();
        }
    }
}
