//! Buttons. One that leads to another page is a link that looks like one.

use leptos::prelude::*;

use super::href::Href;

/// A button that leads to another page of the console: a link, which can be opened in another tab and copied.
///
/// What opens something on the same page – a dialog, a panel under a row – is a button for who hears the page.
#[component]
pub fn NavButton(
    /// Where to.
    to: Href,
    /// How it looks.
    #[prop(default = "btn")]
    class: &'static str,
    /// Its name, where its text does not say what it is about.
    #[prop(optional, into)]
    label: Option<String>,
    /// Whether what it opens is open, where it opens something on the same page.
    #[prop(optional, into)]
    expanded: Option<bool>,
    /// What it opens on the same page.
    #[prop(optional, into)]
    controls: Option<String>,
    /// Whether it has the focus at first.
    #[prop(optional)]
    autofocus: bool,
    /// Whether there is nowhere to go.
    #[prop(optional)]
    disabled: bool,
    /// Whether the page takes the place of this one in the history, and keeps its scroll position.
    #[prop(optional)]
    replace_history: bool,
    /// Whether the page keeps its scroll position: so do those that open a dialog.
    #[prop(optional)]
    keep_scroll: bool,
    /// Whether the browser loads the page anew, with everything in it.
    #[prop(optional)]
    reload: bool,
    children: Children,
) -> impl IntoView {
    let opens = expanded.is_some() || keep_scroll;
    view! {
        <a
            class=class
            href=(!disabled).then(|| to.to_string())
            role=if disabled { Some("link") } else { opens.then_some("button") }
            aria-disabled=disabled.then_some("true")
            aria-haspopup=keep_scroll.then_some("dialog")
            aria-label=label
            aria-expanded=expanded.map(|expanded| expanded.to_string())
            aria-controls=controls.filter(|_| expanded != Some(false))
            autofocus=autofocus
            rel=reload.then_some("external")
            data-replace=replace_history.then_some("")
            data-noscroll=(replace_history || keep_scroll).then_some("")
        >
            {children()}
        </a>
    }
}

/// A form without a button, which leads to another page: a button inside of another form can belong to it.
#[component]
pub fn LeaveForm(
    /// What buttons name in their `form` attribute.
    id: &'static str,
    /// Where to.
    to: Href,
) -> impl IntoView {
    view! {
        <form id=id method="get" action=to.action()>
            {hidden_fields(&to)}
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
    view! {
        <button type="submit" class=class aria-label=name data-busy=busy>
            <span>{label}</span>
        </button>
    }
}
