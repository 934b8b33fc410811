//! Dialogs that ask for something, or ask once more before something is done.

use leptos::prelude::*;

use super::{
    button::SubmitButton,
    dialog::{CancelButton, Dialog},
    field::FocusFirst,
    form::Form,
    href::Href,
};

/// The button that sends a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submit {
    label: &'static str,
    busy: &'static str,
    danger: bool,
}

impl Submit {
    /// Saves what was typed. The label is a verb; `busy` is what it says while that takes long.
    #[must_use]
    pub const fn saves(label: &'static str, busy: &'static str) -> Self {
        Self { label, busy, danger: false }
    }

    /// Takes something away.
    #[must_use]
    pub const fn removes(label: &'static str, busy: &'static str) -> Self {
        Self { label, busy, danger: true }
    }

    /// What deletes an object.
    pub const DELETE: Self = Self::removes("Delete", "Deleting…");
}

/// A dialog with a form, whose button does what the dialog is about.
#[component]
pub fn FormDialog(
    /// Its heading, which names the object.
    #[prop(into)]
    title: String,
    /// Where closing it leads.
    back: Href,
    /// The path of the server function.
    action: &'static str,
    /// The object that it is about, as the form sends it.
    #[prop(optional, into)]
    id: Option<String>,
    /// Where the form returns to, for calls that take it.
    #[prop(optional)]
    returns_to: Option<Href>,
    submit: Submit,
    /// Whether it can be done; where it cannot, the dialog says why and can only be closed.
    #[prop(default = true)]
    possible: bool,
    children: Children,
) -> impl IntoView {
    let Submit { label, busy, danger } = submit;
    let (form, button) = if danger { ("dialog-form", "btn danger solid") } else { ("form dialog-form", "btn primary") };
    if !danger && possible {
        provide_context(FocusFirst::default());
    }
    view! {
        <Dialog title=title back=back>
            <Form action=action id=id.clone() class=form>
                <div class="dialog-body">
                    {children()}
                    {id.map(|id| view! { <input type="hidden" name="id" value=id /> })}
                    {returns_to.map(|to| view! { <input type="hidden" name="back" value=to.to_string() /> })}
                </div>
                <footer>
                    // What takes something away begins with the way out, what asks for something with its first field.
                    <CancelButton label=if possible { "Cancel" } else { "Close" } autofocus=danger || !possible />
                    {possible.then(|| view! { <SubmitButton label=label busy=busy class=button /> })}
                </footer>
            </Form>
        </Dialog>
    }
}
