//! Signing in, after the password: the code of the second factor.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::api::GiveCode;
use crate::ui::{button::SubmitButton, field::TextField, form::Form, standalone::StandalonePage};

/// Where the page is. Only who has just given the password sees it.
pub const CODE_PATH: &str = "/login/code";

/// The page that asks for a code.
#[component]
pub fn CodePage() -> impl IntoView {
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    view! {
        <StandalonePage title="Enter your code" brand=true>
            <p class="sub">"Your authenticator app shows it for Muster. Without the app, use a recovery code."</p>
            <Form action=GiveCode::PATH>
                <input type="hidden" name="next" value=next />
                <TextField name="code" label="Code" autocomplete="one-time-code" mono=true autofocus=true />
                <SubmitButton label="Log in" busy="Logging in…" class="btn primary wide" />
            </Form>
            <div class="alone-ways">
                <a class="link" href="/login">
                    "Start again"
                </a>
            </div>
            <p class="hint">
                "Have you lost both? An account administrator can reset your second factor."
            </p>
        </StandalonePage>
    }
}
