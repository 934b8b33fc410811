//! Dialogs: pages of their own on top of the list they belong to. The server renders them open; the browser makes them
//! modal (`browser/dialog.rs`), and closing one leads back to the list.

use leptos::prelude::*;

use super::{button::LeaveForm, href::Href, load::render_or};
use crate::error::ConsoleError;

/// The form of the buttons that leave the dialog.
const LEAVE_ID: &str = "dialog-leave";

/// A dialog with a heading. Give it a `dialog-body` and a `<footer>`.
#[component]
pub fn Dialog(
    /// Its heading, which names the object.
    #[prop(into)]
    title: String,
    /// Where closing it leads.
    back: Href,
    children: Children,
) -> impl IntoView {
    view! {
        <dialog class="dialog" open aria-labelledby="dialog-title">
            <div class="dialog-card">
                <h2 id="dialog-title">{title}</h2>
                <LeaveForm id=LEAVE_ID to=back />
                {children()}
            </div>
        </dialog>
    }
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
    title: String,
    /// Where closing it leads.
    back: Href,
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

/// Renders a dialog about something that is asked for; where it cannot be had, a dialog that says so.
pub fn render_dialog<T, V>(
    asked: impl Future<Output = Result<T, ConsoleError>> + Send + 'static,
    back: Href,
    content: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
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
    render_or(asked, failed, content)
}
