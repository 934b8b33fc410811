//! Forms: one shape for all of them, with and without scripts.
//!
//! With scripts a form calls its server function and shows the answer in place. Without, the browser posts it; where
//! that fails, the server sends the browser back to the page with a [`Flash`], which holds the error and what was
//! typed. Either way the error stands beside its field, and nothing typed is lost.

use std::{collections::BTreeMap, time::Duration};

use leptos::{context::Provider, ev::SubmitEvent, form::FromFormData, prelude::*, server_fn::ServerFn, web_sys};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::JsCast;

use super::{
    fresh::fresh,
    href::{Href, use_here},
    icon::Icon,
    live::use_live,
    unsaved::use_work,
};
use crate::error::ConsoleError;

/// How long an answer may take before the button says that it is under way: faster ones would only flicker.
const SLOW: Duration = Duration::from_millis(300);

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of a form that was posted without scripts. The server provides it as a context of the next page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flash {
    /// Where the form went, for example `/api/tokens/create`.
    pub endpoint: String,
    /// Why it was not taken.
    pub error: ConsoleError,
    /// What was typed, but for passwords and codes.
    pub fields: BTreeMap<String, String>,
}

#[derive(Clone, Copy)]
struct Flashed(StoredValue<Option<Flash>>);

/// Hands the flash of this page to its forms. The browser reads the same one as the server did.
pub fn provide_flash() {
    let flash = SharedValue::new(use_context::<Flash>).into_inner();
    provide_context(Flashed(StoredValue::new(flash)));
}

/// Drops the flash once the page is complete: forms that are opened later have no part in it.
pub fn forget_flash() {
    if let Some(Flashed(flash)) = use_context() {
        flash.set_value(None);
    }
}

fn flash_of(endpoint: &str, id: Option<&str>) -> Option<Flash> {
    let Flashed(flash) = use_context()?;
    let flash = flash.get_value()?;
    let same_object = id.is_none_or(|id| flash.fields.get("id").is_some_and(|of| of == id));
    (flash.endpoint == endpoint && same_object).then_some(flash)
}

/// A form's state, for the fields and buttons in it.
#[derive(Clone, Copy)]
pub struct FormState {
    /// Why it was not taken.
    pub error: Signal<Option<ConsoleError>>,
    /// Whether an answer is awaited.
    pub pending: Signal<bool>,
    /// Whether that takes long enough to say so.
    pub slow: RwSignal<bool>,
    typed: StoredValue<BTreeMap<String, String>>,
    fields: StoredValue<Vec<&'static str>>,
    name: StoredValue<String>,
}

impl FormState {
    /// The state of a form that is posted without scripts only.
    pub fn plain(endpoint: &str) -> Self {
        let flash = flash_of(endpoint, None);
        let error = flash.as_ref().map(|flash| flash.error.clone());
        Self::new(endpoint, flash, Signal::stored(error), Signal::stored(false))
    }

    fn new(endpoint: &str, flash: Option<Flash>, error: Signal<Option<ConsoleError>>, pending: Signal<bool>) -> Self {
        Self {
            error,
            pending,
            slow: RwSignal::new(false),
            typed: StoredValue::new(flash.map(|flash| flash.fields).unwrap_or_default()),
            fields: StoredValue::default(),
            name: StoredValue::new(endpoint.trim_start_matches("/api").trim_matches('/').replace(['/', '.'], "-")),
        }
    }

    /// Takes in a field, so that its error is shown beside it and not above the form. Gives the field's element id.
    pub fn register(self, field: &'static str) -> String {
        self.fields.update_value(|fields| fields.push(field));
        self.name.with_value(|name| format!("{name}-{field}"))
    }

    /// What a field holds at first: what was typed before, or else `given`.
    pub fn initial(self, field: &str, given: String) -> String {
        self.typed.with_value(|typed| typed.get(field).cloned()).unwrap_or(given)
    }

    /// Whether a box is ticked at first: browsers send only ticked ones.
    pub fn ticked(self, field: &str, given: bool) -> bool {
        self.typed.with_value(|typed| if typed.is_empty() { given } else { typed.contains_key(field) })
    }

    /// What is wrong with a field.
    pub fn error_of(self, field: &str) -> Option<String> {
        let problem = |error: ConsoleError| error.of_field().filter(|one| one.field == field).cloned();
        self.error.get().and_then(problem).map(|problem| problem.message)
    }

    /// What is wrong with the form as a whole, or with a field that it does not have.
    fn error_of_form(self) -> Option<String> {
        let has_field = |field: &String| self.fields.with_value(|fields| fields.iter().any(|one| one == field));
        let elsewhere = |error: &ConsoleError| !error.of_field().is_some_and(|problem| has_field(&problem.field));
        self.error.get().filter(elsewhere).map(|error| error.to_string())
    }
}

/// A server function that a form calls.
pub trait Call: ServerFn<Output = (), Error = ConsoleError> + DeserializeOwned + Clone + Send + Sync + 'static {}

impl<S> Call for S where
    S: ServerFn<Output = (), Error = ConsoleError> + DeserializeOwned + Clone + Send + Sync + 'static
{
}

/// A form that calls a server function.
#[component]
pub fn Form<S>(
    action: ServerAction<S>,
    /// The object it is about, where several forms of a page go to the same place.
    #[prop(optional_no_strip, into)]
    id: Option<String>,
    /// How it looks.
    #[prop(default = "form")]
    class: &'static str,
    children: Children,
) -> impl IntoView
where
    S: Call,
{
    let flash = flash_of(S::PATH, id.as_deref());
    let flashed = StoredValue::new(flash.as_ref().map(|flash| flash.error.clone()));
    let answer = action.value();
    let error = Signal::derive(move || match answer.get() {
        Some(answer) => answer.err(),
        None => flashed.get_value(),
    });
    let pending = action.pending();
    let state = FormState::new(S::PATH, flash, error, pending.into());
    let form = NodeRef::new();

    Effect::new(move |_| {
        if pending.get() {
            set_timeout(move || _ = state.slow.try_set(pending.try_get_untracked() == Some(true)), SLOW);
        } else {
            state.slow.set(false);
        }
    });
    leave_where_signed_out(error);
    let live = use_live();
    let work = use_work();
    Effect::new(move |_| match answer.get() {
        Some(Ok(())) => {
            work.end();
            let _ = live.map(super::live::Live::changed);
        }
        Some(Err(error)) => match error.of_field() {
            Some(problem) => focus_field(form, &problem.field),
            // Somebody was faster, or it may have been done all the same: show what is.
            None if matches!(error, ConsoleError::Problem(_) | ConsoleError::NoAnswer(_)) => {
                _ = live.map(super::live::Live::changed)
            }
            None => {}
        },
        None => {}
    });

    let count = StoredValue::new(0_u32);
    let on_submit = move |event: SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        if pending.get_untracked() {
            return;
        }
        match S::from_event(&event) {
            Ok(call) => {
                let call = action.dispatch(call);
                count.update_value(|count| *count += 1);
                let this = count.get_value();
                set_timeout(
                    move || {
                        if count.try_get_value() == Some(this) && pending.try_get_untracked() == Some(true) {
                            call.abort();
                            answer.set(Some(Err(ConsoleError::NoAnswer(PATIENCE.as_secs()))));
                        }
                    },
                    PATIENCE,
                );
            }
            Err(_) => answer.set(Some(Err(ConsoleError::Unreachable))),
        }
    };
    view! {
        <Provider value=state>
            <form class=class method="post" action=S::url() novalidate on:submit=on_submit on:input=move |_| work.begin() node_ref=form>
                <FormError />
                {children()}
            </form>
        </Provider>
    }
}

/// What is wrong with the form as a whole. Its place is always there, so that it is read out when it fills.
#[component]
pub fn FormError() -> impl IntoView {
    let form = use_context::<FormState>();
    view! {
        <div class="form-error" role="alert">
            {move || form.and_then(FormState::error_of_form).map(|error| {
                view! {
                    <div class="notice notice-bad">
                        {Icon::Warning.draw()}
                        <p>{fresh(move || error.clone())}</p>
                    </div>
                }
            })}
        </div>
    }
}

fn focus_field(form: NodeRef<leptos::html::Form>, field: &str) {
    // Names of fields are our own identifiers, yet one from an error is checked before it becomes a selector.
    if field.is_empty() || !field.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
        return;
    }
    let found = form.get_untracked().and_then(|form| form.query_selector(&format!("[name={field}]")).ok().flatten());
    if let Some(field) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Where it cannot take the focus, the error is still beside it.
        let _ = field.focus();
    }
}

/// Sends the browser to sign in and back again where the session has ended.
pub fn leave_where_signed_out(error: Signal<Option<ConsoleError>>) {
    let here = use_here();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if error.get() == Some(ConsoleError::SignedOut) {
            let here = here.get_untracked();
            if here.path() != "/login" {
                navigate(&Href::new("/login").with("next", here).to_string(), NavigateOptions::default());
            }
        }
    });
}
