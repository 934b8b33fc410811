//! Signing in.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{ElsewhereNotice, api::SignIn};
use crate::ui::{button::SubmitButton, field::TextField, form::Form, icon::Icon, standalone::StandalonePage};

/// The page that a person without a session is sent to.
#[component]
pub fn LoginPage() -> impl IntoView {
    let query = use_query_map();
    let next = query.with_untracked(|query| query.get("next").unwrap_or_default());
    let ended = query.with_untracked(|query| query.get_str("ended").and_then(ended));
    view! {
        <StandalonePage title="Log in" brand=true>
                <ElsewhereNotice />
                {ended.map(|sentence| {
                    view! {
                        <div class="notice notice-info" role="status">
                            {Icon::Info.draw()}
                            <p>{sentence}</p>
                        </div>
                    }
                })}
                <Form action=SignIn::PATH>
                    <input type="hidden" name="next" value=next />
                    <TextField name="email" label="Email" kind="email" autocomplete="username" autofocus=true />
                    <TextField name="password" label="Password" kind="password" autocomplete="current-password" />
                    <SubmitButton label="Log in" busy="Logging in…" class="btn primary wide" />
                </Form>
        </StandalonePage>
    }
}

/// Why somebody is here who was signed in.
fn ended(how: &str) -> Option<&'static str> {
    match how {
        "by-you" => Some("You are logged out."),
        "disabled" => Some("Your account was disabled. Ask an account administrator to enable it."),
        "deleted" => Some("Your account was deleted. Ask an account administrator to invite you again."),
        "by-itself" => Some("You are not logged in any more. Log in to go on where you were."),
        _ => None,
    }
}
