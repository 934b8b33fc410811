//! Dialogs: the server renders them open, here they become modal. Closing one leads to the page under it.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDialogElement, HtmlFormElement, KeyboardEvent, MouseEvent};

use super::{
    dom::{all, closest, document, first, listen, unset},
    once, unsaved,
};

/// The form that leads to the page under the dialog.
pub const LEAVE_ID: &str = "dialog-leave";

/// Takes over the ways to close a dialog.
pub fn watch() {
    let dialog_of = |event: &Event| event.target().and_then(|target| closest(&target, "dialog:modal"));
    // A browser lets a page hold a dialog only once after the person did something on it, but leaves the key to the page.
    listen(&document(), "keydown", false, move |event: KeyboardEvent| {
        if event.key() == "Escape"
            && !event.default_prevented()
            && !event.is_composing()
            && let Some(dialog) = dialog_of(&event)
        {
            event.prevent_default();
            leave_by_slip(&dialog);
        }
    });
    // Other ways to the same, as the gesture of phones.
    listen(&document(), "cancel", true, move |event: Event| {
        if let Some(dialog) = dialog_of(&event) {
            event.prevent_default();
            leave_by_slip(&dialog);
        }
    });
    // Pressing, not clicking: a selection that begins inside and ends outside is no wish to leave.
    listen(&document(), "mousedown", false, |event: MouseEvent| {
        let beside = event.target().and_then(|target| target.dyn_into::<HtmlDialogElement>().ok());
        if let Some(dialog) = beside.filter(|_| event.button() == 0) {
            leave_by_slip(&dialog);
        }
    });
}

/// Makes the dialogs of the page modal.
pub fn open_all() {
    let Some(body) = document().body() else { return };
    for dialog in all(&body, "dialog[open]:not(:modal)") {
        if let Some(dialog) = dialog.dyn_ref::<HtmlDialogElement>() {
            // What is open already cannot be opened as modal; where that fails it stays as the server made it.
            unset(dialog, "open");
            let _ = dialog.show_modal();
        }
    }
}

fn leave_by_slip(dialog: &Element) {
    let may = if once::guards(dialog) { once::may_close(dialog, true) } else { unsaved::may_close(dialog) };
    if may {
        leave(dialog);
    }
}

/// Whether a dialog may be closed by its button.
pub fn may_close(dialog: &Element) -> bool {
    !once::guards(dialog) || once::may_close(dialog, false)
}

/// Goes to the page under a dialog, or just closes one that is no page of its own.
fn leave(dialog: &Element) {
    let form = first(dialog, &format!("#{LEAVE_ID}")).and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    match form {
        Some(form) => super::submit::leave(&form),
        // There is no page under it that is another one.
        None => dialog.dyn_ref::<HtmlDialogElement>().into_iter().for_each(HtmlDialogElement::close),
    }
}
