//! One stream of events for all tabs of a browser: over HTTP/1.1 a browser opens six connections to a server and no
//! more, and streams hold theirs.
//!
//! Of the tabs that somebody sees, one leads: it has the stream and passes on what comes by a broadcast channel. Which
//! one says a lease in the browser's storage, which it renews; when it is hidden or closed it gives the lease back, and
//! when it crashes the lease runs out. Two that lead for a moment do no harm: everybody hears everything twice. Where a
//! browser has no storage for pages, each tab that is seen has a stream of its own. (Locks of the browser would need
//! HTTPS, and shared workers are not everywhere.)

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::{
    ev,
    leptos_dom::helpers::{IntervalHandle, WindowListenerHandle},
    prelude::*,
    web_sys,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, EventSource, MessageEvent, Storage};

use super::{
    live::{EVENTS_PATH, Live, Stream},
    time::clock,
};

/// The name of the lease and of the channel.
const NAME: &str = "muster-live";
/// How often the lease is renewed and looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How long a lease holds that is not renewed, in milliseconds.
const LEASE: i64 = 4000;
/// How long after a refused stream to try again; one that broke is taken up again by the browser itself.
const AGAIN: Duration = Duration::from_secs(5);

/// What tabs tell each other.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    /// The stream is open, to a server of this build. For one tab, or for all where that is empty.
    Hello { to: String, build: String },
    /// Something changed.
    Change(String),
    /// The stream broke.
    Lost,
    /// A tab asks how the stream is.
    Who(String),
    /// Nobody leads any more.
    Free,
}

impl Word {
    fn write(&self) -> String {
        match self {
            Self::Hello { to, build } => format!("hello\n{to}\n{build}"),
            Self::Change(topic) => format!("change\n\n{topic}"),
            Self::Lost => "lost\n\n".to_owned(),
            Self::Who(id) => format!("who\n\n{id}"),
            Self::Free => "free\n\n".to_owned(),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '\n');
        let (kind, to, data) = (parts.next()?, parts.next()?.to_owned(), parts.next()?.to_owned());
        Some(match kind {
            "hello" => Self::Hello { to, build: data },
            "change" => Self::Change(data),
            "lost" => Self::Lost,
            "who" => Self::Who(data),
            "free" => Self::Free,
            _ => return None,
        })
    }
}

/// Who leads, and until when.
#[derive(Clone, Debug, PartialEq)]
struct Lease {
    holder: String,
    until: i64,
}

impl Lease {
    fn write(&self) -> String {
        format!("{} {}", self.until, self.holder)
    }

    /// The lease that a text holds, where it still holds. One that lasts longer than any was written by another clock.
    fn read(text: &str, now: i64) -> Option<Self> {
        let (until, holder) = text.split_once(' ')?;
        let until: i64 = until.parse().ok()?;
        (until > now && until <= now + 2 * LEASE).then(|| Self { holder: holder.to_owned(), until })
    }
}

/// Provides [`Live`] to a part of the page and opens the stream in the browser; it closes with that part.
pub fn provide_live() -> Live {
    let live = Live::new();
    provide_context(live);

    // An effect runs only in the browser. What it keeps goes with this part of the page; the server, where parts of a
    // page go on other threads, never touches it.
    Effect::new(move |_| {
        let share = StoredValue::new_local(Some(Share::new(live)));
        on_cleanup(move || _ = share.try_update_value(Option::take));
    });
    live
}

/// A tab's part in it; dropped, it has none any more.
struct Share {
    tab: Rc<Tab>,
    look: Option<IntervalHandle>,
    windows: Vec<WindowListenerHandle>,
    _visible: Option<Closure<dyn FnMut()>>,
    _heard: Option<Closure<dyn FnMut(MessageEvent)>>,
}

struct Tab {
    id: String,
    live: Live,
    storage: Option<Storage>,
    channel: Option<BroadcastChannel>,
    open: RefCell<Option<Open>>,
    /// Of which build the server behind the open stream is.
    build: RefCell<Option<String>>,
}

impl Share {
    /// Takes part from now on.
    fn new(live: Live) -> Self {
        // Both or none: a lease that nobody hears of the stream by would leave the other tabs without news.
        let storage = window().local_storage().ok().flatten();
        let channel = storage.as_ref().and_then(|_| BroadcastChannel::new(NAME).ok());
        let storage = storage.filter(|_| channel.is_some());
        let id = format!("{:x}", (js_sys::Math::random() * 9e15).to_bits());
        let tab = Rc::new(Tab { id, live, storage, channel, open: RefCell::default(), build: RefCell::default() });

        let heard = tab.channel.as_ref().map(|channel| {
            let tab = Rc::clone(&tab);
            let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                if let Some(word) = event.data().as_string().and_then(|text| Word::read(&text)) {
                    tab.hear(word);
                }
            });
            channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
            heard
        });
        let visible = {
            let tab = Rc::clone(&tab);
            let visible =
                Closure::<dyn FnMut()>::new(move || if document().hidden() { tab.leave() } else { tab.wake() });
            let listening = document().add_event_listener_with_callback(VISIBILITY, visible.as_ref().unchecked_ref());
            listening.is_ok().then_some(visible)
        };
        let windows = {
            let (leaving, back) = (send(&tab), send(&tab));
            vec![
                window_event_listener(ev::pagehide, move |_| leaving.leave()),
                window_event_listener(ev::pageshow, move |event| {
                    // Only a page that comes out of the browser's cache was away.
                    if event.persisted() {
                        back.wake();
                    }
                }),
            ]
        };
        let look = {
            let tab = send(&tab);
            set_interval_with_handle(move || tab.look(), LOOK).ok()
        };
        tab.start();
        Self { tab, look, windows, _visible: visible, _heard: heard }
    }
}

const VISIBILITY: &str = "visibilitychange";

/// For helpers that ask for what could go to another thread: a page has one alone.
fn send(tab: &Rc<Tab>) -> send_wrapper::SendWrapper<Rc<Tab>> {
    send_wrapper::SendWrapper::new(Rc::clone(tab))
}

impl Drop for Share {
    fn drop(&mut self) {
        if let Some(look) = self.look.take() {
            look.clear();
        }
        self.windows.drain(..).for_each(WindowListenerHandle::remove);
        if let Some(visible) = &self._visible {
            let _ = document().remove_event_listener_with_callback(VISIBILITY, visible.as_ref().unchecked_ref());
        }
        self.tab.leave();
        if let Some(channel) = &self.tab.channel {
            channel.set_onmessage(None);
            channel.close();
        }
    }
}

impl Tab {
    fn start(self: &Rc<Self>) {
        self.look();
        if !self.leads() {
            self.say(&Word::Who(self.id.clone()));
        }
    }

    /// The page is seen again: there was a time without events.
    fn wake(self: &Rc<Self>) {
        self.live.elsewhere();
        self.start();
    }

    fn leads(&self) -> bool {
        self.open.borrow().is_some()
    }

    fn lease(&self) -> Option<Lease> {
        let text = self.storage.as_ref()?.get_item(NAME).ok().flatten()?;
        Lease::read(&text, clock())
    }

    /// Renews the lease, takes it where nobody has it, or leaves the stream to who has.
    fn look(self: &Rc<Self>) {
        if document().hidden() {
            self.leave();
            return;
        }
        if self.lease().is_some_and(|lease| lease.holder != self.id) {
            self.close();
            return;
        }
        if let Some(storage) = &self.storage {
            let lease = Lease { holder: self.id.clone(), until: clock() + LEASE };
            // Where it cannot be written others lead, too: more streams, and no harm.
            let _ = storage.set_item(NAME, &lease.write());
        }
        if !self.leads() {
            let open = Open::new(self);
            *self.open.borrow_mut() = open;
        }
    }

    /// Gives the lead back, where this tab has it.
    fn leave(&self) {
        self.close();
        if self.lease().is_some_and(|lease| lease.holder == self.id) {
            if let Some(storage) = &self.storage {
                let _ = storage.remove_item(NAME);
            }
            self.say(&Word::Free);
        }
    }

    fn close(&self) {
        *self.build.borrow_mut() = None;
        let open = self.open.borrow_mut().take();
        if let Some(open) = open {
            open.source.close();
        }
    }

    fn say(&self, word: &Word) {
        if let Some(channel) = &self.channel {
            // Who does not hear it asks, or takes the lead.
            let _ = channel.post_message(&JsValue::from_str(&word.write()));
        }
    }

    /// Another tab said something.
    fn hear(self: &Rc<Self>, word: Word) {
        match word {
            Word::Who(id) if self.leads() => match self.build.borrow().clone() {
                Some(build) => self.say(&Word::Hello { to: id, build }),
                None => self.say(&Word::Lost),
            },
            Word::Who(_) => {}
            Word::Free => self.look(),
            _ if document().hidden() => {}
            Word::Hello { to, build } if to.is_empty() || to == self.id => self.live.on_hello(&build),
            Word::Hello { .. } => {}
            Word::Change(topic) => self.live.on_change(&topic),
            Word::Lost if !self.leads() => _ = self.live.stream.try_set(Stream::Lost),
            Word::Lost => {}
        }
    }

    /// The stream said something.
    fn pass_on(&self, word: &Word) {
        match word {
            Word::Hello { build, .. } => {
                *self.build.borrow_mut() = Some(build.clone());
                self.live.on_hello(build);
            }
            Word::Change(topic) => self.live.on_change(topic),
            _ => {
                *self.build.borrow_mut() = None;
                let _ = self.live.stream.try_set(Stream::Lost);
            }
        }
        self.say(word);
    }
}

/// An open stream, and its listeners, which live as long as it does.
struct Open {
    source: EventSource,
    _messages: [Closure<dyn FnMut(MessageEvent)>; 2],
    _error: Closure<dyn FnMut()>,
}

impl Open {
    fn new(tab: &Rc<Tab>) -> Option<Self> {
        let source = EventSource::new(EVENTS_PATH).ok()?;
        let listen = |name: &str, word: fn(String) -> Word| {
            let tab = Rc::downgrade(tab);
            let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                if let Some(tab) = tab.upgrade() {
                    tab.pass_on(&word(event.data().as_string().unwrap_or_default()));
                }
            });
            source.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()).ok().map(|()| closure)
        };
        let hello = listen("hello", |build| Word::Hello { to: String::new(), build })?;
        let change = listen("change", Word::Change)?;
        let error = Closure::<dyn FnMut()>::new({
            let (source, tab) = (source.clone(), Rc::downgrade(tab));
            move || {
                let Some(tab) = tab.upgrade() else { return };
                tab.pass_on(&Word::Lost);
                if source.ready_state() == EventSource::CLOSED {
                    // Refused, perhaps because the session has ended: asking for the data anew finds that out.
                    tab.live.changed();
                    let tab = send(&tab);
                    set_timeout(move || tab.again(), AGAIN);
                }
            }
        });
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        Some(Self { source, _messages: [hello, change], _error: error })
    }
}

impl Tab {
    /// Opens a refused stream again, where this tab still leads.
    fn again(self: &Rc<Self>) {
        if self.leads() {
            self.close();
            self.look();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b16_words_are_read_back() {
        for word in [
            Word::Hello { to: String::new(), build: "1f".to_owned() },
            Word::Hello { to: "7".to_owned(), build: "1f".to_owned() },
            Word::Change("tokens".to_owned()),
            Word::Lost,
            Word::Who("7".to_owned()),
            Word::Free,
        ] {
            assert_eq!(Word::read(&word.write()), Some(word));
        }
        for other in ["", "hello", "hello\n\n".trim_end(), "other\n\nx"] {
            assert_eq!(Word::read(other), None, "{other:?}");
        }
    }

    #[test]
    fn b16_a_lease_holds_as_long_as_it_says_and_no_longer_than_any_does() {
        let lease = Lease { holder: "a b".to_owned(), until: 1000 };
        assert_eq!(Lease::read(&lease.write(), 999), Some(lease.clone()));
        assert_eq!(Lease::read(&lease.write(), 1000), None);
        assert_eq!(Lease::read(&lease.write(), -1_000_000_000), None, "the clock was set back");
        for other in ["", "x", "x y", "1e3 y"] {
            assert_eq!(Lease::read(other, 0), None, "{other:?}");
        }
    }
}
