//! Choosing one of several in the filter of a list.

use leptos::prelude::*;

/// A field in which one of several is chosen, or none.
#[component]
pub fn Choice(
    id: &'static str,
    label: &'static str,
    name: &'static str,
    /// What it is called to choose none.
    none: &'static str,
    options: Vec<(String, &'static str)>,
    #[prop(into)] chosen: String,
) -> impl IntoView {
    let option = |(word, label): (String, &'static str)| {
        let selected = word == chosen;
        view! {
            <option value=word selected=selected>
                {label}
            </option>
        }
    };
    view! {
        <div class="labelled">
            <label for=id>{label}</label>
            <span class="select">
                <select class="input" id=id name=name autocomplete="off">
                    {std::iter::once((String::new(), none)).chain(options).map(option).collect_view()}
                </select>
            </span>
        </div>
    }
}
