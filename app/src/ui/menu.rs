//! Menus behind "⋯": what can be done with a row or with a page, apart from the one next step. They are `<details>`, so
//! they open without scripts; with them, Escape, a press elsewhere and the focus going elsewhere close one
//! (`browser/menu.rs`). It is a list of links and buttons, not an ARIA menu: every entry has its own tab stop.

use leptos::prelude::*;

use super::{
    href::{Href, at_scope},
    icon::Icon,
};

/// A menu. Its entries are [`MenuLink`], [`MenuAct`] and [`MenuCopy`].
#[component]
pub fn Menu(
    /// Its name, which says what it is about: "Actions for edge-1".
    #[prop(into)]
    label: String,
    /// How the button looks.
    #[prop(default = "btn small ghost")]
    class: &'static str,
    /// What stands on the button in place of dots.
    #[prop(optional)]
    face: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let dots = face.is_none().then(|| Icon::More.draw());
    // Of one name only one is open, also without scripts.
    view! {
        <details class="more" class:dots=face.is_none() name="menu" data-menu="">
            <summary class=class aria-label=label.clone() title=label.clone()>
                {dots}
                {face}
            </summary>
            <ul class="more-list" aria-label=label>
                {children()}
            </ul>
        </details>
    }
}

/// What an entry of a menu does to what it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// It can be taken back.
    #[default]
    Plain,
    /// It cannot: a line sets it apart from the entries above it.
    Grave,
}

impl Weight {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "more-entry",
            Self::Grave => "more-entry grave",
        }
    }
}

/// An entry that leads to a page or a dialog.
#[component]
pub fn MenuLink(
    /// Where to.
    to: Href,
    /// What it does or opens.
    label: &'static str,
    #[prop(optional)] weight: Weight,
    /// Whether the page keeps its scroll position, as under a dialog.
    #[prop(optional)]
    keep_scroll: bool,
    /// Whether the browser itself goes there, as to a file.
    #[prop(optional)]
    download: bool,
) -> impl IntoView {
    view! {
        <li class=weight.class()>
            <a href=to.to_string() data-noscroll=keep_scroll.then_some("") download=download.then_some("")>
                {label}
            </a>
        </li>
    }
}

/// An entry that does something at once: a form with one button. Where it is not taken, the page says so at its end,
/// since the menu is closed by then.
#[component]
pub fn MenuAct(
    /// The path of the server function.
    action: &'static str,
    /// The object it is about, where several forms of a page go to the same place.
    #[prop(into)]
    id: String,
    /// What it does, as a verb.
    label: &'static str,
    #[prop(optional)] weight: Weight,
    /// The form's hidden fields.
    children: Children,
) -> impl IntoView {
    view! {
        <li class=weight.class()>
            <form method="post" action=at_scope(action) data-key=id>
                {children()}
                <button type="submit">{label}</button>
            </form>
        </li>
    }
}

/// An entry that copies a text.
#[component]
pub fn MenuCopy(
    /// What it copies.
    #[prop(into)]
    text: String,
    /// "Copy id".
    label: &'static str,
) -> impl IntoView {
    view! {
        <li class="more-entry needs-scripts">
            <button type="button" data-copy=text>
                <span aria-live="polite" data-copied="Copied">
                    {label}
                </span>
            </button>
        </li>
    }
}
