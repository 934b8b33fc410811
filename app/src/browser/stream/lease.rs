//! One of the tabs leads, where there is no worker: it has the stream and passes on what comes by a broadcast channel.
//!
//! Which one says a lease in the browser's storage, which it renews; when it is hidden or closed it gives the lease
//! back, and when it crashes the lease runs out. Two that lead for a moment do no harm: everybody hears everything
//! twice. Where a browser has no storage for pages, each tab that is seen has a stream of its own. (Locks of the browser
//! would need HTTPS.)

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, EventSource, MessageEvent, Storage};

use super::{address, news::News};
use crate::browser::dom::{Interval, after, clock, window};

/// The name of the lease; that of the channel says the session too.
const NAME: &str = "muster-live";
/// How often the lease is renewed and looked at, in milliseconds.
const LOOK: i32 = 1_000;
/// How long a lease holds that is not renewed, in milliseconds.
const LEASE: i64 = 4000;
/// How long after a refused stream to try again, in milliseconds; one that broke is taken up again by the browser itself.
const AGAIN: i32 = 5_000;

/// What tabs tell each other.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    /// What came of the stream. For one tab, or for all where that is empty.
    News { to: String, news: News },
    /// A tab asks how the stream is.
    Who(String),
    /// Nobody leads any more.
    Free,
}

impl Word {
    fn write(&self) -> String {
        match self {
            Self::News { to, news } => format!("news\n{to}\n{}", news.write()),
            Self::Who(id) => format!("who\n\n{id}"),
            Self::Free => "free\n\n".to_owned(),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '\n');
        let (kind, to, data) = (parts.next()?, parts.next()?.to_owned(), parts.next()?);
        Some(match kind {
            "news" => Self::News { to, news: News::read(data)? },
            "who" => Self::Who(data.to_owned()),
            "free" => Self::Free,
            _ => return None,
        })
    }
}

/// Who leads, in which session, and until when.
#[derive(Clone, Debug, PartialEq)]
struct Lease {
    session: String,
    holder: String,
    until: i64,
}

impl Lease {
    fn write(&self) -> String {
        format!("{} {} {}", self.until, self.session, self.holder)
    }

    /// The lease that a text holds, where it still holds. One that lasts longer than any was written by another clock.
    fn read(text: &str, now: i64) -> Option<Self> {
        let mut parts = text.splitn(3, ' ');
        let until: i64 = parts.next()?.parse().ok()?;
        let (session, holder) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        (until > now && until <= now + 2 * LEASE).then_some(Self { session, holder, until })
    }
}

/// A tab's part in it, while it is seen; dropped, it has none any more.
pub(super) struct Share {
    tab: Rc<Tab>,
    _look: Interval,
    _heard: Option<Closure<dyn FnMut(MessageEvent)>>,
}

struct Tab {
    id: String,
    session: String,
    storage: Option<Storage>,
    channel: Option<BroadcastChannel>,
    open: RefCell<Option<Open>>,
    /// Of which build the server behind the open stream is.
    build: RefCell<Option<String>>,
}

impl Share {
    /// Takes part from now on.
    pub(super) fn new(session: &str) -> Self {
        // Both or none: a lease that nobody hears of the stream by would leave the other tabs without news.
        let storage = window().local_storage().ok().flatten();
        let channel = storage.as_ref().and_then(|_| BroadcastChannel::new(&format!("{NAME}-{session}")).ok());
        let storage = storage.filter(|_| channel.is_some());
        let id = format!("{:x}", (js_sys::Math::random() * 9e15).to_bits());
        let (open, build) = (RefCell::default(), RefCell::default());
        let tab = Rc::new(Tab { id, session: session.to_owned(), storage, channel, open, build });

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
        let look = {
            let tab = Rc::clone(&tab);
            Interval::new(LOOK, move || tab.look())
        };
        tab.look();
        if !tab.leads() {
            tab.say(&Word::Who(tab.id.clone()));
        }
        Self { tab, _look: look, _heard: heard }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.tab.leave();
        if let Some(channel) = &self.tab.channel {
            channel.set_onmessage(None);
            channel.close();
        }
    }
}

impl Tab {
    fn leads(&self) -> bool {
        self.open.borrow().is_some()
    }

    /// The lease of this session. Another's is nothing to wait for: its stream is not this one.
    fn lease(&self) -> Option<Lease> {
        let text = self.storage.as_ref()?.get_item(NAME).ok().flatten()?;
        Lease::read(&text, clock()).filter(|lease| lease.session == self.session)
    }

    /// Renews the lease, takes it where nobody has it, or leaves the stream to who has.
    fn look(self: &Rc<Self>) {
        if self.lease().is_some_and(|lease| lease.holder != self.id) {
            self.close();
            return;
        }
        if let Some(storage) = &self.storage {
            let (session, holder) = (self.session.clone(), self.id.clone());
            let lease = Lease { session, holder, until: clock() + LEASE };
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
            Word::Who(to) if self.leads() => {
                let news = self.build.borrow().clone().map_or(News::Lost, News::Hello);
                self.say(&Word::News { to, news });
            }
            Word::Who(_) => {}
            Word::Free => self.look(),
            // Who leads knows by its own stream whether that is lost.
            Word::News { news: News::Lost | News::Refused, .. } if self.leads() => {}
            Word::News { to, news } if to.is_empty() || to == self.id => news.tell(),
            Word::News { .. } => {}
        }
    }

    /// The stream said something.
    fn pass_on(&self, news: News) {
        match &news {
            News::Hello(build) => *self.build.borrow_mut() = Some(build.clone()),
            News::Change(_) => {}
            News::Lost | News::Refused => *self.build.borrow_mut() = None,
        }
        news.tell();
        self.say(&Word::News { to: String::new(), news });
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
        let source = EventSource::new(&address(&tab.session)).ok()?;
        let listen = |name: &str, news: fn(String) -> News| {
            let tab = Rc::downgrade(tab);
            let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                if let Some(tab) = tab.upgrade() {
                    tab.pass_on(news(event.data().as_string().unwrap_or_default()));
                }
            });
            source.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()).ok().map(|()| closure)
        };
        let hello = listen("hello", News::Hello)?;
        let change = listen("change", News::Change)?;
        let error = Closure::<dyn FnMut()>::new({
            let (source, tab) = (source.clone(), Rc::downgrade(tab));
            move || {
                let Some(tab) = tab.upgrade() else { return };
                // The browser takes up a stream that broke, and gives up one that was refused.
                if source.ready_state() != EventSource::CLOSED {
                    tab.pass_on(News::Lost);
                    return;
                }
                tab.pass_on(News::Refused);
                after(AGAIN, move || tab.again());
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
            Word::News { to: String::new(), news: News::Hello("1f".to_owned()) },
            Word::News { to: "7".to_owned(), news: News::Hello("1f".to_owned()) },
            Word::News { to: String::new(), news: News::Change("tokens".to_owned()) },
            Word::News { to: String::new(), news: News::Lost },
            Word::Who("7".to_owned()),
            Word::Free,
        ] {
            assert_eq!(Word::read(&word.write()), Some(word));
        }
        for other in ["", "news", "news\n", "news\n\nother", "other\n\nx"] {
            assert_eq!(Word::read(other), None, "{other:?}");
        }
    }

    #[test]
    fn b16_a_lease_holds_as_long_as_it_says_and_no_longer_than_any_does() {
        let lease = Lease { session: "s".to_owned(), holder: "a b".to_owned(), until: 1000 };
        assert_eq!(Lease::read(&lease.write(), 999), Some(lease.clone()));
        assert_eq!(Lease::read(&lease.write(), 1000), None);
        assert_eq!(Lease::read(&lease.write(), -1_000_000_000), None, "the clock was set back");
        for other in ["", "x", "x y z", "1e3 y z", "1000 y"] {
            assert_eq!(Lease::read(other, 0), None, "{other:?}");
        }
    }
}
