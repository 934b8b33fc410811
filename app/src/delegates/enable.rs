//! Letting a disabled delegate work again, at once: it was let work before.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::id::DelegateId;

use super::api::EnableDelegate;
use crate::ui::{button::SubmitButton, form::Form, href::Href};

/// A form of its own, which stands beside other things.
#[component]
pub fn EnableForm(
    id: DelegateId,
    /// Where it returns to.
    back: Href,
    /// How the button looks.
    class: &'static str,
    /// The button's name, where several of them are on a page.
    #[prop(optional, into)]
    name: Option<String>,
) -> impl IntoView {
    view! {
        <Form action=EnableDelegate::PATH id=id.to_string() class="row-form">
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="back" value=back.to_string() />
            <SubmitButton label="Enable" busy="Enabling…" class=class name=name />
        </Form>
    }
}
