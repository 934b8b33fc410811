//! Going to another page of the console, or asking for this one anew, without leaving the document.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use js_sys::futures::{JsFuture, spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, Event, MouseEvent, PopStateEvent, RequestInit, Response, ScrollRestoration, Url};

use super::{
    dom::{after, cancel, closest, document, here, listen, window},
    live, menu,
    merge::Typed,
    page::{self, Answer, leave_to, write_history},
    unsaved,
};

/// How long an answer may take before the page says that one is awaited, in milliseconds: faster ones would flicker.
pub const SLOW: i32 = 300;

/// How a page takes the place of the one that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A new entry of the history, from its top.
    Push,
    /// The same, where the scroll position stays.
    Over,
    /// In the place of this entry; the scroll position stays.
    Replace,
    /// The browser has gone there already.
    Back,
}

thread_local! {
    static UNDER_WAY: RefCell<Option<AbortController>> = const { RefCell::new(None) };
    /// The number of this entry of the history, and how far down each was scrolled.
    static ENTRY: Cell<u32> = const { Cell::new(0) };
    static SCROLLED: RefCell<BTreeMap<u32, f64>> = const { RefCell::new(BTreeMap::new()) };
    /// The address that is shown: where somebody went back, the browser tells only the new one.
    static SHOWN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Takes over the links of the page and the browser's Back.
pub fn watch() {
    let entry = window().history().and_then(|history| history.state()).ok().and_then(|state| state.as_f64());
    // Numbers of ours are small and whole.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    ENTRY.set(entry.unwrap_or_default() as u32);
    write_history(true, ENTRY.get(), &window().location().href().unwrap_or_default());
    SHOWN.set(here());
    restore_scroll(ScrollRestoration::Manual);
    // A page that the browser loads anew is scrolled by the browser.
    listen(&window(), "pagehide", false, |_: Event| restore_scroll(ScrollRestoration::Auto));
    listen(&window(), "pageshow", false, |_: Event| restore_scroll(ScrollRestoration::Manual));
    listen(&window(), "scroll", false, |_: Event| {
        let down = window().scroll_y().unwrap_or_default();
        SCROLLED.with_borrow_mut(|scrolled| scrolled.insert(ENTRY.get(), down));
    });
    listen(&document(), "click", false, |event: MouseEvent| {
        if let Some((url, way)) = followed(&event) {
            event.prevent_default();
            if unsaved::may_leave() {
                visit(&url, way);
            }
        }
    });
    listen(&window(), "popstate", false, |event: PopStateEvent| {
        let shown = SHOWN.with_borrow(Clone::clone);
        if here() == shown {
            // Only the part behind `#` has changed.
            return;
        }
        if !unsaved::may_leave() {
            // Back to where it was.
            write_history(false, ENTRY.get(), &shown);
            return;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        ENTRY.set(event.state().as_f64().unwrap_or_default() as u32);
        visit(&here(), Way::Back);
    });
}

fn restore_scroll(how: ScrollRestoration) {
    if let Ok(history) = window().history() {
        let _ = history.set_scroll_restoration(how);
    }
}

/// The page to which a click leads, where it is for us to go there.
fn followed(event: &MouseEvent) -> Option<(String, Way)> {
    if event.default_prevented()
        || event.button() != 0
        || event.ctrl_key()
        || event.meta_key()
        || event.shift_key()
        || event.alt_key()
    {
        return None;
    }
    let link = closest(&event.target()?, "a[href]")?;
    let href = link.get_attribute("href")?;
    let external = link.get_attribute("rel").is_some_and(|rel| rel.split(' ').any(|word| word == "external"));
    if href.starts_with('#') || external || link.has_attribute("download") || link.has_attribute("target") {
        return None;
    }
    let url = Url::new_with_base(&href, &here()).ok()?;
    let ours = window().location().origin().is_ok_and(|origin| origin == url.origin());
    let way = if link.has_attribute("data-replace") {
        Way::Replace
    } else if link.has_attribute("data-noscroll") {
        Way::Over
    } else {
        Way::Push
    };
    ours.then(|| (url.href(), way))
}

/// A request that the person waits for; of two such only the later counts.
pub fn begin() -> AbortController {
    let controller = AbortController::new().expect("every browser can abort a request");
    if let Some(before) = UNDER_WAY.replace(Some(controller.clone())) {
        before.abort();
    }
    controller
}

/// Asks the server; gives the answer and its text.
pub async fn ask(url: &str, init: &RequestInit) -> Result<(Response, String), JsValue> {
    let headers = web_sys::Headers::new()?;
    headers.set("accept", "text/html")?;
    if init.get_method().as_deref() == Some("POST") {
        headers.set("muster-form", "1")?;
    }
    init.set_headers_headers(&headers);
    let answer: Response = JsFuture::from(window().fetch_with_str_and_init(url, init)).await?.dyn_into()?;
    let text = JsFuture::from(answer.text()?).await?;
    Ok((answer, text.as_string().unwrap_or_default()))
}

/// Goes to a page.
pub fn visit(url: &str, way: Way) {
    let controller = begin();
    let slow = after(SLOW, || page::mark_busy(true));
    let url = url.to_owned();
    spawn_local(async move {
        let init = RequestInit::new();
        init.set_signal(Some(&controller.signal()));
        let answer = ask(&url, &init).await;
        cancel(slow);
        if controller.signal().aborted() {
            return;
        }
        page::mark_busy(false);
        let page = answer.ok().and_then(|(answer, text)| read(&answer, &text));
        match page {
            Some((there, page)) => {
                write(&there, way);
                let stays = way == Way::Replace || way == Way::Over;
                menu::close_popovers();
                page.show(&Typed::Dropped);
                scroll(way, stays);
            }
            // The browser says what is the matter, or does what we can't.
            None if way == Way::Back => _ = window().location().reload(),
            None => leave_to(&url),
        }
    });
}

/// The page that an answer is, and where it is; none where it is no page, or is one of another build.
pub fn read(answer: &Response, text: &str) -> Option<(String, Answer)> {
    let html = answer.headers().get("content-type").ok()??.starts_with("text/html");
    let page = Answer::parse(text).filter(|page| html && page.is_of_this_build())?;
    Some((answer.url(), page))
}

/// Writes into the history where the page is that is shown now.
pub fn write(url: &str, way: Way) {
    let same = SHOWN.with_borrow(|shown| shown == url);
    if way != Way::Push && way != Way::Over || same {
        write_history(true, ENTRY.get(), url);
    } else {
        ENTRY.set(ENTRY.get() + 1);
        write_history(false, ENTRY.get(), url);
    }
    SHOWN.set(here());
}

/// Scrolls to where the page is to be read.
pub fn scroll(way: Way, stays: bool) {
    let to = match way {
        Way::Back => SCROLLED.with_borrow(|scrolled| scrolled.get(&ENTRY.get()).copied().unwrap_or_default()),
        _ if stays => return,
        _ => 0.0,
    };
    window().scroll_to_with_x_and_y(0.0, to);
}

/// Asks for the page that is open anew, because something has changed.
pub fn refresh() {
    let (url, version) = (here(), page::version());
    spawn_local(async move {
        let Ok((answer, text)) = ask(&url, &RequestInit::new()).await else { return live::missed() };
        // The person went on meanwhile: what he sees is newer.
        if page::version() != version || here() != url {
            return;
        }
        if answer.status() >= 500 {
            return live::missed();
        }
        let Some((there, page)) = read(&answer, &text) else { return };
        if answer.redirected() {
            // The session has ended, or what was shown is gone.
            if unsaved::is_any() {
                return;
            }
            write(&there, Way::Push);
        }
        page.show(&Typed::Kept { but: None });
    });
}
