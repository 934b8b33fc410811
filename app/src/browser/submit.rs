//! Forms: the answer of the server is put into the page that is open.

use js_sys::futures::{JsFuture, spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AbortSignal, DomException, Element, Event, FormData, HtmlButtonElement, HtmlFormElement, HtmlInputElement,
    RequestInit, SubmitEvent, Url, UrlSearchParams,
};

use super::{
    dialog,
    dom::{after, all, cancel, closest, document, first, focus, here, listen, set, unset, window, write},
    live,
    merge::{ANSWERED, Typed},
    visit::{self, SLOW, Way, visit},
};

/// How long an answer is waited for, in milliseconds.
const PATIENCE: u32 = 10_000;
/// How long to wait for the next key before a search begins.
const PAUSE: i32 = 250;

/// Fields that are wrong.
const WRONG: &str = ":is(input, select, textarea)[aria-invalid=true], [aria-invalid=true] input";

const NO_ANSWER: &str = "Muster has not answered for 10 seconds. It may still have done what you asked for: look at the \
                         page again before you repeat it.";
const LOST: &str = "Muster could not be reached, or the connection was lost. It may have done what you asked for all the \
                    same: look at the page again before you repeat it.";
const UNREACHABLE: &str = "The server could not be reached. Check the connection and try again.";

/// Takes over the forms of the page.
pub fn watch() {
    listen(&document(), "submit", false, |event: SubmitEvent| {
        let Some(form) = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
        if event.default_prevented() || form.has_attribute("data-native") {
            return;
        }
        event.prevent_default();
        submit(&form, event.submitter().and_then(|one| one.dyn_into().ok()).as_ref());
    });
    let waiting = std::rc::Rc::new(std::cell::Cell::new(None));
    let heard = move |event: Event| {
        let Some(field) = event.target() else { return };
        let Some(form) = closest(&field, "form[data-auto]") else { return };
        if let Some(timer) = waiting.take() {
            cancel(timer);
        }
        let types = field.dyn_ref::<HtmlInputElement>().is_some_and(|input| input.type_() != "checkbox");
        let form = form.unchecked_into::<HtmlFormElement>();
        let apply = move || {
            if form.is_connected() {
                submit(&form, None);
            }
        };
        // A field tells twice: while it is typed in, and when it is left.
        if !types {
            apply();
        } else if event.type_() == "input" {
            waiting.set(Some(after(PAUSE, apply)));
        }
    };
    listen(&document(), "input", false, heard);
}

fn submit(form: &HtmlFormElement, submitter: Option<&HtmlButtonElement>) {
    let of = |name: &str, own: &str| {
        let of_button = submitter.and_then(|button| button.get_attribute(own));
        of_button.or_else(|| form.get_attribute(name)).unwrap_or_default()
    };
    let (method, action) = (of("method", "formmethod"), of("action", "formaction"));
    let Ok(url) = Url::new_with_base(&action, &here()) else { return };
    let fields = fields(form, form.has_attribute("data-auto"));
    // A button that has a name says which of several was pressed.
    if let Some(button) = submitter.filter(|button| !button.name().is_empty()) {
        fields.append(&button.name(), &button.value());
    }
    if form.has_attribute("data-remember") {
        remember(form);
    }
    if method.eq_ignore_ascii_case("post") {
        send(form, submitter, &url.href(), &fields);
        return;
    }
    if closest(form, "dialog").is_some_and(|dialog| is_leave(form) && !dialog::may_close(&dialog)) {
        return;
    }
    url.set_search(&query(&fields));
    let stays = |element: &Element| element.has_attribute("data-noscroll");
    let way = if form.has_attribute("data-replace") || form.has_attribute("data-auto") {
        Way::Replace
    } else if stays(form) || submitter.is_some_and(|button| stays(button)) || is_leave(form) {
        Way::Over
    } else {
        Way::Push
    };
    visit(&url.href(), way);
}

fn is_leave(form: &Element) -> bool {
    form.get_attribute("id").is_some_and(|id| id == dialog::LEAVE_ID)
}

/// The fields of a form, as it is sent; without the empty ones where they say nothing.
fn fields(form: &HtmlFormElement, filled: bool) -> UrlSearchParams {
    let fields = UrlSearchParams::new().expect("every browser has it");
    if let Ok(data) = FormData::new_with_form(form) {
        for entry in data.entries().into_iter().flatten() {
            let entry = entry.unchecked_into::<js_sys::Array>();
            // Our forms send no files.
            if let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string()) {
                let value = if filled { value.trim().to_owned() } else { value };
                if !(filled && value.is_empty()) {
                    fields.append(&name, &value);
                }
            }
        }
    }
    fields
}

fn query(fields: &UrlSearchParams) -> String {
    // As the server writes addresses: one address for one page.
    String::from(fields.to_string()).replace('+', "%20")
}

/// Writes what is typed into the address before the page is left, so that the browser's Back finds it.
fn remember(form: &HtmlFormElement) {
    let fields = fields(form, true);
    // What nobody types is in the path.
    for hidden in all(form, "input[type=hidden]") {
        fields.delete(&hidden.get_attribute("name").unwrap_or_default());
    }
    if let Ok(url) = Url::new(&here()) {
        url.set_search(&query(&fields));
        visit::write(&url.href(), Way::Replace);
    }
}

fn buttons(form: &HtmlFormElement) -> Vec<HtmlButtonElement> {
    all(form, "button[type=submit]").into_iter().filter_map(|button| button.dyn_into().ok()).collect()
}

fn send(form: &HtmlFormElement, submitter: Option<&HtmlButtonElement>, url: &str, fields: &UrlSearchParams) {
    if form.has_attribute("data-sending") {
        return;
    }
    set(form, "data-sending", "");
    unset(form, ANSWERED);
    // What was under way is not waited for any more; nor is this, once the person goes elsewhere.
    let controller = visit::begin();
    let pressed = submitter.cloned();
    let buttons = buttons(form);
    buttons.iter().for_each(|button| button.set_disabled(true));
    let slow = {
        let pressed = pressed.clone();
        after(SLOW, move || pressed.iter().for_each(|button| work(button)))
    };
    let (form, url) = (form.clone(), url.to_owned());
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(fields);
    let late = AbortSignal::timeout_with_u32(PATIENCE);
    init.set_signal(Some(&late));
    spawn_local(async move {
        let answer = visit::ask(&url, &init).await;
        cancel(slow);
        pressed.iter().for_each(|button| rest(button));
        buttons.iter().for_each(|button| button.set_disabled(false));
        unset(&form, "data-sending");
        if controller.signal().aborted() {
            // What was sent counts all the same.
            return live::look_again();
        }
        match answer {
            Ok((answer, text)) => match visit::read(&answer, &text) {
                Some((there, page)) if answer.redirected() => {
                    // Sent is not typed any more.
                    unset(&form, "data-typed");
                    let stays = page.is_about_the_same();
                    visit::write(&there, Way::Push);
                    // What is done beside a page leaves what is typed on it.
                    let beside = form.has_attribute("data-beside");
                    page.show(&if beside { Typed::Kept { but: Some(form.clone()) } } else { Typed::Dropped });
                    visit::scroll(Way::Push, stays);
                    go_on();
                }
                Some((_, page)) => {
                    page.show(&Typed::Kept { but: Some(form.clone()) });
                    set(&form, ANSWERED, "");
                    // Of several the first: a group is wrong as a whole, and its first control takes the focus.
                    if let Some(field) = first(&form, WRONG) {
                        focus(&field);
                    } else if let Some(button) = pressed.filter(|button| button.is_connected()) {
                        focus(&button);
                    }
                }
                // No page, but a sentence.
                None => tell(&form, Some(text.trim()).filter(|text| !text.is_empty()).unwrap_or(UNREACHABLE)),
            },
            Err(error) => {
                let timed_out = error.dyn_ref::<DomException>().is_some_and(|error| error.name() == "TimeoutError");
                tell(&form, if timed_out { NO_ANSWER } else { LOST });
                live::look_again();
            }
        }
    });
}

/// The name that a button had before it worked.
const NAME: &str = "data-name";

/// Shows on a button that what it was pressed for is under way: a mark that turns in the place of its text, so that nothing
/// moves, and what it does in its name.
fn work(button: &Element) {
    set(button, NAME, &button.get_attribute("aria-label").unwrap_or_default());
    if let Some(busy) = button.get_attribute("data-busy") {
        set(button, "aria-label", &busy);
    }
    set(button, "data-working", "");
}

fn rest(button: &Element) {
    let Some(name) = button.get_attribute(NAME) else { return };
    if name.is_empty() {
        unset(button, "aria-label")
    } else {
        set(button, "aria-label", &name)
    }
    unset(button, NAME);
    unset(button, "data-working");
}

/// Gives the focus to where the person goes on, where it was on something that is gone.
fn go_on() {
    let lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
    if lost && let Some(next) = super::dom::of_page("[data-next] :is(button, a)") {
        focus(&next);
    }
}

/// Says above a form what is the matter with it as a whole.
fn tell(form: &Element, sentence: &str) {
    let Some(place) = first(form, ".form-error") else { return };
    place.set_inner_html("<div class=\"notice notice-bad\"><p></p></div>");
    if let Some(text) = first(&place, "p") {
        write(&text, sentence);
    }
}

/// A form as it is posted: where to, and with what.
fn posting(form: &HtmlFormElement) -> (String, RequestInit) {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&fields(form, false));
    (form.get_attribute("action").unwrap_or_default(), init)
}

/// Posts a form whose answer nobody waits for.
pub fn post(form: &HtmlFormElement) {
    let (url, init) = posting(form);
    // A page for an answer would be asked for, and looked at by nobody.
    init.set_redirect(web_sys::RequestRedirect::Manual);
    spawn_local(async move {
        let _ = JsFuture::from(window().fetch_with_str_and_init(&url, &init)).await;
    });
}

/// Posts a form and gives what its answer holds, or the reason why there is none, as a sentence.
pub async fn fetch(form: &HtmlFormElement) -> Result<String, String> {
    let unreachable = |_: JsValue| UNREACHABLE.to_owned();
    let (url, init) = posting(form);
    // Who is not signed in any more would be sent to a page.
    init.set_redirect(web_sys::RequestRedirect::Error);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));
    let answer = JsFuture::from(window().fetch_with_str_and_init(&url, &init)).await.map_err(unreachable)?;
    let answer: web_sys::Response = answer.dyn_into().map_err(unreachable)?;
    let text = JsFuture::from(answer.text().map_err(unreachable)?).await.map_err(unreachable)?;
    let text = text.as_string().unwrap_or_default();
    if answer.ok() { Ok(text) } else { Err(text.trim().to_owned()) }
}

/// Follows the form that leads out of a dialog.
pub fn leave(form: &HtmlFormElement) {
    if let Ok(url) = Url::new_with_base(&form.get_attribute("action").unwrap_or_default(), &here()) {
        url.set_search(&query(&fields(form, false)));
        visit(&url.href(), Way::Over);
    }
}
