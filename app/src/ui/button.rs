//! Buttons. One that leads to another page is a form with the method GET: a real button, also without scripts.

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{form::FormState, fresh::fresh, href::Href};

/// A button that leads to another page of the console.
#[component]
pub fn NavButton(
    /// Where to.
    #[prop(into)]
    to: Signal<Href>,
    /// How it looks.
    #[prop(default = "btn")]
    class: &'static str,
    /// Its name, where its text does not say what it is about.
    #[prop(optional, into)]
    label: Option<String>,
    /// Whether what it opens is open, where it opens something on the same page.
    #[prop(optional, into)]
    expanded: Option<Signal<bool>>,
    /// What it opens on the same page.
    #[prop(optional, into)]
    controls: Option<String>,
    /// Whether it has the focus at first.
    #[prop(optional)]
    autofocus: bool,
    /// Whether there is nowhere to go.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether the page takes the place of this one in the history, and keeps its scroll position.
    #[prop(optional)]
    replace_history: bool,
    /// Whether the page keeps its scroll position.
    #[prop(optional)]
    keep_scroll: bool,
    /// What to do instead where there are scripts.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(on_press) = on_press {
            on_press.run(());
            return;
        }
        let scroll = !(replace_history || keep_scroll);
        let options = NavigateOptions { replace: replace_history, scroll, ..NavigateOptions::default() };
        navigate(&to.get_untracked().to_string(), options);
    };
    view! {
        <form class="nav-button" method="get" action=move || to.with(|to| to.path().to_owned()) on:submit=on_submit>
            {move || hidden_fields(&to.get())}
            <button
                type="submit"
                class=class
                aria-label=label
                aria-expanded=move || expanded.map(|expanded| expanded.get().to_string())
                aria-controls=move || {
                    controls.clone().filter(|_| expanded.is_none_or(|expanded| expanded.get()))
                }
                autofocus=autofocus
                disabled=disabled
            >
                {children()}
            </button>
        </form>
    }
}

/// A form without a button, which leads to another page: a button inside of another form can belong to it.
#[component]
pub fn LeaveForm(
    /// What buttons name in their `form` attribute.
    id: &'static str,
    /// Where to.
    #[prop(into)]
    to: Signal<Href>,
    /// What to do instead where there are scripts.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
) -> impl IntoView {
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        match on_press {
            Some(on_press) => on_press.run(()),
            None => navigate(&to.get_untracked().to_string(), NavigateOptions::default()),
        }
    };
    view! {
        <form id=id method="get" action=move || to.with(|to| to.path().to_owned()) on:submit=on_submit>
            {move || hidden_fields(&to.get())}
        </form>
    }
}

/// The query of an address as the fields of a form.
fn hidden_fields(to: &Href) -> Vec<AnyView> {
    let field = |(name, value): &(String, String)| {
        view! { <input type="hidden" name=name.clone() value=value.clone() /> }.into_any()
    };
    to.query().iter().map(field).collect()
}

/// The button that sends the form it stands in.
#[component]
pub fn SubmitButton(
    /// What it does, as a verb.
    label: &'static str,
    /// What it says while that takes long.
    busy: &'static str,
    /// How it looks.
    #[prop(default = "btn primary")]
    class: &'static str,
    /// Its name, where its text does not say what it is about.
    #[prop(optional_no_strip, into)]
    name: Option<String>,
) -> impl IntoView {
    let form = use_context::<FormState>();
    let pending = move || form.is_some_and(|form| form.pending.get());
    let slow = move || form.is_some_and(|form| form.slow.get());
    view! {
        <button type="submit" class=class aria-label=name disabled=pending>
            {fresh(move || if slow() { busy } else { label })}
        </button>
    }
}
