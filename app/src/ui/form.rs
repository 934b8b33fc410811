//! Forms: one shape for all of them, with and without scripts.
//!
//! The browser posts a form to its server function. Where that is not taken, the page comes back with a [`Flash`], which
//! holds the error and what was typed: the error stands beside its field, and nothing typed is lost. With scripts the
//! answer is put into the page that is open (`browser/submit.rs`); the markup is the same.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use leptos::{context::Provider, prelude::*};
use muster::problem::Code;
use serde::{Deserialize, Serialize};

use super::href::at_scope;
use super::icon::Icon;
use crate::error::ConsoleError;

/// What became of a form that was not taken. The server provides it as a context of the page that shows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flash {
    /// Where the form went, for example `/api/tokens/create`.
    pub endpoint: String,
    /// Why it was not taken.
    pub error: ConsoleError,
    /// What was typed, but for passwords and codes.
    pub fields: BTreeMap<String, String>,
    /// Whether a form of the page shows it.
    #[serde(skip)]
    pub shown: Arc<AtomicBool>,
}

fn flash_of(endpoint: &str, id: Option<&str>) -> Option<Flash> {
    let flash = use_context::<Flash>()?;
    let same_object = id.is_none_or(|id| flash.fields.get("id").is_some_and(|of| of == id));
    let is_of_form = flash.endpoint == endpoint && same_object;
    if is_of_form {
        flash.shown.store(true, Ordering::Relaxed);
    }
    is_of_form.then_some(flash)
}

/// Why what was asked at `endpoint` was not done, for what is no form of this page.
#[must_use]
pub fn use_flash(endpoint: &str) -> Option<ConsoleError> {
    flash_of(endpoint, None).map(|flash| flash.error)
}

/// A form of this page that was not taken, for pages that have more to say about that than its error.
#[derive(Clone, Debug)]
pub struct Refused {
    /// What kind of problem it was; none where the server or the way to it failed.
    pub code: Option<Code>,
    /// The field that cannot be taken as it is; empty where it is another problem.
    pub field: String,
    /// What was typed, but for passwords and codes.
    pub typed: BTreeMap<String, String>,
}

/// What became of a form that goes to `endpoint` and was not taken.
#[must_use]
pub fn use_refused(endpoint: &str) -> Option<Refused> {
    let flash = use_context::<Flash>().filter(|flash| flash.endpoint == endpoint)?;
    let (code, field) = match flash.error {
        ConsoleError::Problem(problem) => (Some(problem.code), problem.field),
        _ => (None, String::new()),
    };
    Some(Refused { code, field, typed: flash.fields })
}

/// What was typed into the form of an object that somebody else changed meanwhile; none where that is not so.
#[must_use]
pub fn use_overtaken(endpoint: &str, id: &str) -> Option<BTreeMap<String, String>> {
    let refused = use_refused(endpoint).filter(|refused| refused.code == Some(Code::Changed))?;
    (refused.typed.get("id").map(String::as_str) == Some(id)).then_some(refused.typed)
}

/// What came of a form that is not on the page any more, for example because its object is gone. Put it behind all forms.
#[component]
pub fn LeftOver() -> impl IntoView {
    use_context::<Flash>().map(|flash| {
        Suspend::new(async move {
            // Parts of a page are made in their order, but those that are there at once are made first.
            YieldOnce::default().await;
            (!flash.shown.load(Ordering::Relaxed)).then(|| {
                view! {
                    <div class="banner banner-bad" role="alert" data-said="">
                        <p>{flash.error.to_string()}</p>
                    </div>
                }
            })
        })
    })
}

/// Is ready when it is asked for the second time.
#[derive(Default)]
struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A form's state, for the fields in it.
#[derive(Clone)]
pub struct FormState {
    error: Option<ConsoleError>,
    typed: BTreeMap<String, String>,
    fields: Arc<Mutex<Vec<&'static str>>>,
    /// Whether a field that is wrong has the focus.
    focused: Arc<AtomicBool>,
    name: String,
}

impl FormState {
    fn new(endpoint: &str, id: Option<&str>) -> Self {
        let (error, typed) = match flash_of(endpoint, id) {
            Some(flash) => (Some(flash.error), flash.fields),
            None => (None, BTreeMap::new()),
        };
        let name = endpoint.trim_start_matches("/api").trim_matches('/').replace(['/', '.'], "-");
        Self { error, typed, fields: Arc::default(), focused: Arc::default(), name }
    }

    /// Takes in a field, so that its error is shown beside it and not above the form. Gives the field's element id.
    pub fn register(&self, field: &'static str) -> String {
        self.fields.lock().unwrap_or_else(PoisonError::into_inner).push(field);
        format!("{}-{field}", self.name)
    }

    /// What a field holds at first: what was typed before, or else `given`.
    pub fn initial(&self, field: &str, given: String) -> String {
        self.typed.get(field).cloned().unwrap_or(given)
    }

    /// Whether a box is ticked at first: browsers send only ticked ones.
    pub fn ticked(&self, field: &str, given: bool) -> bool {
        if self.typed.is_empty() { given } else { self.typed.contains_key(field) }
    }

    /// What is wrong with a field.
    pub fn error_of(&self, field: &str) -> Option<String> {
        self.wrong().find_map(|(of, message)| (of == field).then(|| message.to_owned()))
    }

    fn wrong(&self) -> impl Iterator<Item = (&str, &str)> {
        self.error.as_ref().and_then(ConsoleError::of_field).into_iter().flat_map(|problem| problem.fields())
    }

    /// Whether a field has the focus because it is the first one that is wrong; none where no field is.
    pub fn focuses(&self, is_wrong: bool) -> Option<bool> {
        let any = self.wrong().any(|(field, _)| !field.is_empty());
        any.then(|| is_wrong && !self.focused.swap(true, Ordering::Relaxed))
    }

    /// What is wrong with the form as a whole, or with a field that it does not have. Ask once its fields are there.
    fn error_of_form(&self) -> Option<String> {
        let error = self.error.as_ref()?;
        if error.of_field().is_none() {
            return Some(error.to_string());
        }
        let fields = self.fields.lock().unwrap_or_else(PoisonError::into_inner);
        let elsewhere: Vec<&str> =
            self.wrong().filter(|(field, _)| !fields.contains(field)).map(|(_, message)| message).collect();
        (!elsewhere.is_empty()).then(|| elsewhere.join(" "))
    }
}

/// A form that calls a server function.
#[component]
pub fn Form(
    /// The path of the server function.
    action: &'static str,
    /// The object it is about, where several forms of a page go to the same place.
    #[prop(optional_no_strip, into)]
    id: Option<String>,
    /// How it looks.
    #[prop(default = "form")]
    class: &'static str,
    /// Whether it stands beside the page: what is typed there stays when this is sent.
    #[prop(optional)]
    beside: bool,
    children: Children,
) -> impl IntoView {
    let state = FormState::new(action, id.as_deref());
    let with_error = state.clone();
    view! {
        <Provider value=state>
            <form class=class method="post" action=at_scope(action) novalidate data-key=id data-beside=beside.then_some("")>
                {
                    let children = children();
                    view! {
                        <FormError error=with_error.error_of_form() />
                        {children}
                    }
                }
            </form>
        </Provider>
    }
}

/// What is wrong with the form as a whole. Its place is always there, so that it is read out when it fills.
#[component]
fn FormError(error: Option<String>) -> impl IntoView {
    view! {
        <div class="form-error" role="alert">
            {error.map(|error| {
                view! {
                    <div class="notice notice-bad">
                        {Icon::Warning.draw()}
                        <p>{error}</p>
                    </div>
                }
            })}
        </div>
    }
}
