//! Fields of forms: a label, the control, a hint, and the error beside it.

mod choice;
mod text;

use leptos::{attr::Attribute, prelude::*};

pub use self::{
    choice::{CheckField, LiveSelectField, RadioField, SelectField},
    text::{SecretArea, TextArea, TextField},
};
use super::{form::FormState, icon::Icon};

/// What the parts of a field share.
struct Field {
    name: &'static str,
    hint: &'static str,
    id: String,
    described: Signal<Option<String>>,
    error: Signal<Option<String>>,
}

impl Field {
    /// A field of the form around it. The hint may be empty.
    fn new(name: &'static str, hint: &'static str) -> Self {
        let form = use_context::<FormState>();
        let id = form.map_or_else(|| name.to_owned(), |form| form.register(name));
        let error = Signal::derive(move || form.and_then(|form| form.error_of(name)));
        let described = {
            let id = id.clone();
            Signal::derive(move || {
                let hint = (!hint.is_empty()).then(|| format!("{id}-hint"));
                let error = error.with(Option::is_some).then(|| format!("{id}-error"));
                let all: Vec<String> = [error, hint].into_iter().flatten().collect();
                (!all.is_empty()).then(|| all.join(" "))
            })
        };
        Self { name, hint, id, described, error }
    }

    /// The attributes that tie a control to its label, its hint and its error.
    fn attributes(&self) -> impl Attribute + use<> {
        let Self { name, ref id, described, error, .. } = *self;
        view! {
            <{..}
                id=id.clone()
                name=name
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described
            />
        }
    }

    /// The whole field, with its control below its label.
    fn frame<C: IntoView>(&self, label: &'static str, control: C) -> impl IntoView + use<C> {
        view! {
            <div class="field">
                <label for=self.id.clone()>{label}</label>
                {control}
                {self.below()}
            </div>
        }
    }

    /// What stands below a control: what is wrong with it, and the hint.
    fn below(&self) -> impl IntoView + use<> {
        let Self { hint, ref id, error, .. } = *self;
        let error_id = format!("{id}-error");
        view! {
            {move || error.get().map(|error| {
                view! {
                    <p class="field-error" id=error_id.clone()>
                        {Icon::Warning.draw()}
                        <span>{error}</span>
                    </p>
                }
            })}
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
        }
    }
}

/// What a field holds at first: what was typed before, or else `given`.
fn initial(name: &'static str, given: String) -> String {
    match use_context::<FormState>() {
        Some(form) => form.initial(name, given),
        None => given,
    }
}
