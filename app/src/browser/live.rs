//! What keeps the open page up to date: the stream says what has changed, and the page is asked for anew where it is
//! about that.

use std::cell::Cell;

use super::{
    dom::{after, all, cancel, document, of_page, set, show, write},
    once, stream,
    visit::refresh,
};

/// Changes come in bursts: those within this time, in milliseconds, are answered by one request.
const GATHER: i32 = 200;
/// How long the stream may be lost, in milliseconds, before the page says so: one that breaks for a moment is no news.
const LOST_FOR: i32 = 1_500;
/// After how long, in milliseconds, to ask again where the page could not be had.
const AGAIN: i32 = 5_000;

/// How the stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Not yet there.
    Opening,
    /// Events arrive.
    Live,
    /// It broke, and is being taken up again.
    Lost,
}

thread_local! {
    static STREAM: Cell<Stream> = const { Cell::new(Stream::Opening) };
    static OUTDATED: Cell<bool> = const { Cell::new(false) };
    static GATHERING: Cell<bool> = const { Cell::new(false) };
    /// What has the page asked for anew after some time.
    static LATER: Cell<Option<i32>> = const { Cell::new(None) };
}

/// A page was opened: what of it is live is said anew.
pub fn opened() {
    match of_page(".frame") {
        // Where the server could not say, it is still the same one.
        Some(frame) => stream::follow(&frame.get_attribute("data-session").unwrap_or_default()),
        None => stream::leave(),
    }
    tell(STREAM.get());
    if let Some(notice) = of_page("#outdated").filter(|_| OUTDATED.get()) {
        show(&notice, true);
    }
    if let Some(timer) = LATER.take() {
        cancel(timer);
    }
    let wait = of_page("[data-refresh-after]").and_then(|wait| wait.get_attribute("data-refresh-after")?.parse().ok());
    LATER.set(wait.map(|wait| after(wait, look_again)));
}

/// The stream greets: before that there was a time without events, since the server rendered the page, or since the
/// stream broke.
pub fn hello(build: &str) {
    look_again();
    tell(Stream::Live);
    let own = document().document_element().and_then(|html| html.get_attribute("data-build"));
    let outdated = own.is_some_and(|own| own != build);
    OUTDATED.set(outdated);
    if let Some(notice) = of_page("#outdated") {
        show(&notice, outdated);
    }
}

/// Something of a topic has changed.
pub fn change(topic: &str) {
    let Some(body) = document().body() else { return };
    let of_page = all(&body, "[data-topics]")
        .iter()
        .filter_map(|topics| topics.get_attribute("data-topics"))
        .any(|topics| topics.split(' ').any(|one| one == topic));
    if of_page {
        look_again();
    }
}

/// The stream broke.
pub fn lost() {
    tell(Stream::Lost);
}

/// The session has ended, perhaps: asking for the page anew finds that out.
pub fn refused() {
    tell(Stream::Lost);
    look_again();
}

/// The page could not be had.
pub fn missed() {
    after(AGAIN, look_again);
}

/// Asks for the page anew, soon.
pub fn look_again() {
    if GATHERING.replace(true) {
        return;
    }
    after(GATHER, || {
        GATHERING.set(false);
        // Who does not see it asks when he does. What is shown once is not to be asked for again.
        if !document().hidden() && !once::is_any() {
            refresh();
        }
    });
}

fn tell(now: Stream) {
    STREAM.set(now);
    let (state, word) = match now {
        Stream::Opening => ("opening", ""),
        Stream::Live => ("live", "live"),
        Stream::Lost => ("lost", "reconnecting…"),
    };
    let Some(body) = document().body() else { return };
    for mark in all(&body, ".live[data-stream]") {
        set(&mark, "data-stream", state);
        write(&mark, word);
    }
    if now == Stream::Lost {
        after(LOST_FOR, || show_lost(STREAM.get() == Stream::Lost));
    } else {
        show_lost(false);
    }
}

fn show_lost(lost: bool) {
    if let Some(banner) = of_page("#lost") {
        show(&banner, lost);
    }
}
