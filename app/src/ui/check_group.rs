//! Choosing several of a few.

use leptos::prelude::*;

use super::{
    field::{Below, Parts, parts},
    form::FormState,
};

/// A field in which several can be ticked, or none.
#[component]
pub fn CheckGroup(
    name: &'static str,
    label: &'static str,
    /// Values, what people read, and whether it is ticked at first.
    options: Vec<(&'static str, &'static str, bool)>,
    #[prop(default = "")] hint: &'static str,
) -> impl IntoView {
    let parts = parts(name, hint);
    let (invalid, focus) = (parts.invalid(), parts.takes_focus_if_wrong());
    let Parts { id, described, error, .. } = parts;
    let form = use_context::<FormState>();
    let option = |(index, (value, text, ticked)): (usize, (&'static str, &'static str, bool))| {
        let (one, sent) = (format!("{id}-{index}"), format!("{name}[{index}]"));
        let checked = form.as_ref().map_or(ticked, |form| form.ticked(&sent, ticked));
        view! {
            <li class="check">
                <input
                    type="checkbox"
                    id=one.clone()
                    name=sent
                    value=value
                    checked=checked
                    autofocus=focus && index == 0
                    autocomplete="off"
                />
                <label for=one>{text}</label>
            </li>
        }
    };
    view! {
        <fieldset class="field check-group" aria-invalid=invalid aria-describedby=described>
            <legend>{label}</legend>
            <ul>{options.into_iter().enumerate().map(option).collect_view()}</ul>
            <Below id=id.clone() hint=hint error=error />
        </fieldset>
    }
}
