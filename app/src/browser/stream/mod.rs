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
};

use web_sys::{Event, PageTransitionEvent};

use self::{lease::Share, news::News, worker::Line};
use super::{
    dom::{after, document, listen, window},
    live,
};
use crate::EVENTS_PATH;

thread_local! {
    /// This tab's part in the stream of the session that the page names.
    static TAB: RefCell<Option<Rc<Tab>>> = const { RefCell::new(None) };
}

/// Lets go of the stream while nobody sees the page.
pub fn watch() {
    listen(&document(), "visibilitychange", false, |_: Event| {
        if let Some(tab) = TAB.with_borrow(Clone::clone) {
            if document().hidden() { tab.leave() } else { tab.wake() }
        }
    });
    listen(&window(), "pagehide", false, |_: PageTransitionEvent| {
        if let Some(tab) = TAB.with_borrow(Clone::clone) {
            tab.leave();
        }
    });
    listen(&window(), "pageshow", false, |event: PageTransitionEvent| {
        // Only a page that comes out of the browser's cache was away.
        if let Some(tab) = TAB.with_borrow(Clone::clone).filter(|_| event.persisted()) {
            tab.wake();
        }
    });
}

/// Takes part in the stream of a session, in place of the one before.
pub fn follow(session: &str) {
    if session.is_empty() || TAB.with_borrow(|tab| tab.as_ref().is_some_and(|tab| tab.session == session)) {
        return;
    }
    leave();
    let tab = Tab { session: session.to_owned(), way: RefCell::new(Way::None), without_worker: Cell::new(false) };
    let tab = Rc::new(tab);
    TAB.set(Some(Rc::clone(&tab)));
    tab.take_part();
}

/// Takes part in no stream any more.
pub fn leave() {
    if let Some(tab) = TAB.take() {
        tab.leave();
    }
}

/// Where the stream of a session is.
fn address(session: &str) -> String {
    // The name needs no escaping: the server makes it of the alphabet of URLs.
    format!("{EVENTS_PATH}?session={session}")
}

/// A tab's part in a stream.
struct Tab {
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

impl Tab {
    /// The page is seen again: there was a time without events.
    fn wake(self: &Rc<Self>) {
        live::look_again();
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
            None => Way::Lease { _share: Share::new(&self.session) },
        };
        drop(self.way.replace(way));
    }

    fn join_worker(self: &Rc<Self>) -> Option<Line> {
        let tab = Rc::downgrade(self);
        let failed = move || {
            let tab = Weak::clone(&tab);
            // Afterwards: this is called by what is then dropped.
            after(0, move || {
                if let Some(tab) = tab.upgrade() {
                    tab.do_without_worker();
                }
            });
        };
        Line::join(&self.session, |news: News| news.tell(), failed)
    }

    fn do_without_worker(self: &Rc<Self>) {
        self.without_worker.set(true);
        let by_worker = matches!(*self.way.borrow(), Way::Worker { .. });
        if by_worker {
            self.take_part();
        }
    }
}
