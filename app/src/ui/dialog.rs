//! Dialogs: pages of their own on top of the list they belong to. The server renders them open; the browser makes them
//! modal, and closing one leads back to the list.

use leptos::{ev, prelude::*, web_sys};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::{
    button::LeaveForm,
    href::Href,
    load::{Data, Loaded, render_or},
    unsaved::provide_part,
};
use crate::error::ConsoleError;

/// The form of the buttons that leave the dialog.
const LEAVE_ID: &str = "dialog-leave";
/// How many frames a dialog may take to get into the document.
const PATIENCE: u8 = 30;

/// How a dialog is left without doing anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// By its button.
    Button,
    /// By Escape or a press beside it: perhaps a slip.
    Aside,
}

/// A dialog with a heading. Give it a `dialog-body` and a `<footer>`.
#[component]
pub fn Dialog(
    /// Its heading, which names the object.
    #[prop(into)]
    title: Signal<String>,
    /// Where closing it leads.
    #[prop(into)]
    back: Signal<Href>,
    /// Asked before it closes: whether it may. Without it, work that is typed in the dialog is not dropped by a slip.
    #[prop(optional, into)]
    may_close: Option<Callback<Leave, bool>>,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Dialog>::new();
    let navigate = use_navigate();
    let path = use_location().pathname;
    let own_path = path.get_untracked();
    let unsaved = provide_part();
    let allowed = move |leave| match may_close {
        Some(may) => may.run(leave),
        None => leave == Leave::Button || unsaved.may_leave(),
    };

    Effect::new(move |_| {
        if let Some(dialog) = node.get() {
            make_modal(dialog, PATIENCE);
        }
    });
    let close = move |leave| {
        if let Some(dialog) = node.get_untracked().filter(|_| allowed(leave)) {
            dialog.close();
        }
    };
    let press = Callback::new(move |()| close(Leave::Button));
    // A browser lets a page hold a dialog only once after the person did something on it, but leaves the key to the page.
    let on_keydown = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() && !event.is_composing() {
            event.prevent_default();
            close(Leave::Aside);
        }
    };
    // Other ways to the same, as the gesture of phones.
    let on_cancel = move |event: web_sys::Event| {
        if !allowed(Leave::Aside) {
            event.prevent_default();
        }
    };
    let on_close = move |_| {
        // The event comes late: the page may have moved on already.
        if path.try_get_untracked().as_ref() == Some(&own_path)
            && let Some(back) = back.try_get_untracked()
        {
            navigate(&back.to_string(), NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    };
    // Pressing, not clicking: a selection that begins inside and ends outside is no wish to leave.
    let on_press = move |event: ev::MouseEvent| {
        let outside = event.target().is_some_and(|target| Some(target) == event.current_target());
        if outside && event.button() == 0 {
            close(Leave::Aside);
        }
    };
    view! {
        <dialog
            class="dialog"
            open
            aria-labelledby="dialog-title"
            node_ref=node
            on:keydown=on_keydown
            on:cancel=on_cancel
            on:close=on_close
            on:mousedown=on_press
        >
            <div class="dialog-card">
                <h2 id="dialog-title">{title}</h2>
                <LeaveForm id=LEAVE_ID to=back on_press=press />
                {children()}
            </div>
        </dialog>
    }
}

/// Makes an open dialog modal as soon as it is part of the document.
fn make_modal(dialog: web_sys::HtmlDialogElement, patience: u8) {
    request_animation_frame(move || {
        if dialog.is_connected() {
            // What is open already cannot be opened as modal; where that fails it stays as the server made it.
            let _ = dialog.remove_attribute("open");
            let _ = dialog.show_modal();
        } else if patience > 0 {
            make_modal(dialog, patience - 1);
        }
    });
}

/// The button that leaves a dialog without doing anything. It has the focus at first.
#[component]
pub fn CancelButton(
    #[prop(default = "Cancel")] label: &'static str,
    #[prop(default = "btn")] class: &'static str,
    #[prop(default = true)] autofocus: bool,
) -> impl IntoView {
    view! {
        <button type="submit" form=LEAVE_ID class=class autofocus=autofocus>
            {label}
        </button>
    }
}

/// A dialog that only says something.
#[component]
pub fn MessageDialog(
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// Where closing it leads.
    #[prop(into)]
    back: Signal<Href>,
    children: Children,
) -> impl IntoView {
    view! {
        <Dialog title=title back=back>
            <div class="dialog-body">{children()}</div>
            <footer>
                <CancelButton label="Close" />
            </footer>
        </Dialog>
    }
}

/// Renders a dialog about something that the server is asked for; where it cannot be had, a dialog that says so.
pub fn render_dialog<T, V>(
    loaded: Loaded<T>,
    back: Signal<Href>,
    content: impl Fn(Signal<T>) -> V + Clone + Send + 'static,
) -> impl IntoView
where
    T: Data,
    V: IntoView + 'static,
{
    let failed = move |error: ConsoleError| {
        view! {
            <MessageDialog title="This is not possible" back=back>
                <p role="alert">{error.to_string()}</p>
            </MessageDialog>
        }
        .into_any()
    };
    render_or(loaded, failed, content)
}
