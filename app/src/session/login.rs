//! Signing in.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{ElsewhereNotice, api::SignIn};
use crate::ui::{button::SubmitButton, field::TextField, form::Form, standalone::StandalonePage};

/// The page that a person without a session is sent to.
#[component]
pub fn LoginPage() -> impl IntoView {
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    view! {
        <StandalonePage title="Log in" brand=true>
                <ElsewhereNotice />
                <Form action=SignIn::PATH>
                    <input type="hidden" name="next" value=next />
                    <TextField name="email" label="Email" kind="email" autocomplete="username" autofocus=true />
                    <TextField name="password" label="Password" kind="password" autocomplete="current-password" />
                    <SubmitButton label="Log in" busy="Logging in…" class="btn primary wide" />
                </Form>
        </StandalonePage>
    }
}
