//! The button that returns a rejected delegate to approval.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::id::DelegateId;

use super::api::TakeBackDelegate;
use crate::ui::{button::SubmitButton, form::Form, href::Href};

/// A form of its own, which stands beside other things.
#[component]
pub fn TakeBackForm(
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
        <Form action=TakeBackDelegate::PATH id=id.to_string() class="row-form">
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="back" value=back.to_string() />
            <SubmitButton label="Take back" busy="Taking back…" class=class name=name />
        </Form>
    }
}
