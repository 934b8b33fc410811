//! Dialogs that ask for something, or ask once more before something is done.

use leptos::prelude::*;

use super::{
    button::SubmitButton,
    dialog::{CancelButton, Dialog},
    form::{Call, Form},
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
pub fn FormDialog<S: Call>(
    /// Its heading, which names the object.
    #[prop(into)]
    title: Signal<String>,
    /// Where closing it leads.
    #[prop(into)]
    back: Signal<Href>,
    action: ServerAction<S>,
    /// The object that it is about, as the form sends it.
    #[prop(optional, into)]
    id: Option<String>,
    /// Where the form returns to, for calls that take it.
    #[prop(optional, into)]
    returns_to: Option<Signal<Href>>,
    #[prop(into)] submit: Signal<Submit>,
    /// Whether it can be done; where it cannot, the dialog says why and can only be closed.
    #[prop(default = Signal::stored(true), into)]
    possible: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let class = if submit.get_untracked().danger { "dialog-form" } else { "form dialog-form" };
    view! {
        <Dialog title=title back=back>
            <Form action=action id=id.clone() class=class>
                <div class="dialog-body">
                    {children()}
                    {id.map(|id| view! { <input type="hidden" name="id" value=id /> })}
                    {returns_to.map(|to| view! { <input type="hidden" name="back" value=move || to.get().to_string() /> })}
                </div>
                <footer>
                    {move || if possible.get() {
                        view! { <CancelButton /> }
                    } else {
                        view! { <CancelButton label="Close" /> }
                    }}
                    {move || possible.get().then(|| {
                        let Submit { label, busy, danger } = submit.get();
                        let class = if danger { "btn danger solid" } else { "btn primary" };
                        view! { <SubmitButton label=label busy=busy class=class /> }
                    })}
                </footer>
            </Form>
        </Dialog>
    }
}
