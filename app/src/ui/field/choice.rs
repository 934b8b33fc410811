//! Fields with which somebody chooses.

use leptos::prelude::*;

use super::{Field, initial};
use crate::ui::form::FormState;

/// A choice of one.
#[component]
pub fn SelectField(
    name: &'static str,
    label: &'static str,
    /// Values and what people read.
    options: Vec<(String, String)>,
    #[prop(optional, into)] value: String,
    #[prop(default = "")] hint: &'static str,
) -> impl IntoView {
    let field = Field::new(name, hint);
    let chosen = initial(name, value);
    let control = view! {
        <span class="select">
            <select
                {..field.attributes()}
                class="input"
                autocomplete="off"
            >
                {options
                    .into_iter()
                    .map(|(value, text)| {
                        let selected = value == chosen;
                        view! {
                            <option value=value selected=selected>
                                {text}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </span>
    };
    field.frame(label, control)
}

/// A choice of one whose options may become more while the page is open, with room for a button beside it.
#[component]
pub fn LiveSelectField(
    name: &'static str,
    label: &'static str,
    /// Values and what people read. One that is chosen should not leave: the browser would choose another.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    value: String,
    /// What the page chooses later on: where this changes, it replaces what the person chose.
    #[prop(into)]
    set: Signal<String>,
    #[prop(default = "")] hint: &'static str,
    children: Children,
) -> impl IntoView {
    let field = Field::new(name, hint);
    let chosen = initial(name, value);
    let select = NodeRef::<leptos::html::Select>::new();
    // Gives what the page chose last.
    Effect::new(move |before: Option<String>| {
        let value = set.get();
        let Some(before) = before else { return value };
        let there = options.with(|options| options.iter().any(|(option, _)| *option == value));
        if before == value || !there {
            return before;
        }
        let wanted = value.clone();
        // The option itself may be put on the page by this very change.
        request_animation_frame(move || {
            if let Some(select) = select.try_get_untracked().flatten() {
                select.set_value(&wanted);
            }
        });
        value
    });
    let control = view! {
        <div class="field-row">
            <span class="select">
                <select
                    {..field.attributes()}
                    class="input"
                    autocomplete="off"
                    node_ref=select
                >
                    <For each=move || options.get() key=|(value, _)| value.clone() let((value, text))>
                        <option selected=value == chosen value=value.clone()>
                            {text}
                        </option>
                    </For>
                </select>
            </span>
            {children()}
        </div>
    };
    field.frame(label, control)
}

/// A choice of one of a few, all of which are seen, each with what it means.
#[component]
pub fn RadioField(
    name: &'static str,
    label: &'static str,
    /// Values, what people read, and what it means.
    options: Vec<(&'static str, &'static str, &'static str)>,
    #[prop(optional, into)] value: String,
) -> impl IntoView {
    let field = Field::new(name, "");
    let chosen = initial(name, value);
    view! {
        <fieldset class="field choices" aria-describedby=field.described>
            <legend>{label}</legend>
            {options
                .into_iter()
                .map(|(value, text, hint)| {
                    let (one, hint_id) = (format!("{}-{value}", field.id), format!("{}-{value}-hint", field.id));
                    view! {
                        <div class="choice">
                            <input
                                type="radio"
                                id=one.clone()
                                name=name
                                value=value
                                checked=value == chosen
                                autocomplete="off"
                                aria-describedby=hint_id.clone()
                            />
                            <div>
                                <label for=one>{text}</label>
                                <p class="hint" id=hint_id>
                                    {hint}
                                </p>
                            </div>
                        </div>
                    }
                })
                .collect_view()}
            {field.below()}
        </fieldset>
    }
}

/// Yes or no.
#[component]
pub fn CheckField(
    name: &'static str,
    label: &'static str,
    #[prop(optional)] checked: bool,
    #[prop(default = "")] hint: &'static str,
) -> impl IntoView {
    let field = Field::new(name, hint);
    let checked = use_context::<FormState>().map_or(checked, |form| form.ticked(name, checked));
    view! {
        <div class="field field-check">
            <input
                type="checkbox"
                id=field.id.clone()
                name=name
                value="true"
                checked=checked
                autocomplete="off"
                aria-describedby=field.described
            />
            <div>
                <label for=field.id.clone()>{label}</label>
                {field.below()}
            </div>
        </div>
    }
}
