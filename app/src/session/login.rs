//! Signing in.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{ElsewhereNotice, api::SignIn};
use crate::ui::{
    button::SubmitButton, field::TextField, form::Form, form::use_flash, href::Href, icon::Icon,
    standalone::StandalonePage,
};

/// Where the page is.
pub const LOGIN_PATH: &str = "/login";
/// What leads to the identity provider.
pub const SSO_PATH: &str = "/login/sso";

/// By what people sign in. The server provides it as a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInWays {
    /// What the button says that leads to the identity provider, where there is one.
    pub single_sign_on: Option<String>,
    /// Whether the password is one of them for everybody.
    pub password: bool,
}

/// The page that a person without a session is sent to.
#[component]
pub fn LoginPage() -> impl IntoView {
    let query = use_query_map();
    let next = query.with_untracked(|query| query.get("next").unwrap_or_default());
    let ended = query.with_untracked(|query| query.get_str("ended").and_then(ended));
    let asks_password = query.with_untracked(|query| query.get_str("by") == Some("password"));
    let ways = use_context().unwrap_or(SignInWays { single_sign_on: None, password: true });
    let failed = use_flash(SSO_PATH).map(|error| {
        view! {
            <div class="notice notice-bad" role="alert">
                {Icon::Warning.draw()}
                <p>{error.to_string()}</p>
            </div>
        }
    });
    let has_password = ways.password || asks_password;
    let is_only_password = ways.single_sign_on.is_none();
    let by_password = has_password.then(|| password_form(next.clone(), is_only_password));
    view! {
        <StandalonePage title="Log in" brand=true>
            <ElsewhereNotice />
            {ended
                .map(|sentence| {
                    view! {
                        <div class="notice notice-info" role="status">
                            {Icon::Info.draw()}
                            <p>{sentence}</p>
                        </div>
                    }
                })}
            {failed}
            {ways.single_sign_on.map(|label| single_sign_on(&label, &next, has_password))}
            {by_password}
            {(!has_password).then(|| view! { <div class="alone-ways">{password_link(&next)}</div> })}
        </StandalonePage>
    }
}

/// The browser itself goes to the identity provider.
fn single_sign_on(label: &str, next: &str, beside_password: bool) -> impl IntoView + use<> {
    let to = Href::new(SSO_PATH).with("next", next);
    view! {
        <a class="btn primary wide" rel="external" href=to.to_string() autofocus>
            {format!("Log in with {label}")}
        </a>
        {beside_password.then(|| view! { <p class="alone-or">"or"</p> })}
    }
}

fn password_form(next: String, is_only_way: bool) -> impl IntoView {
    let class = if is_only_way { "btn primary wide" } else { "btn wide" };
    view! {
        <Form action=SignIn::PATH>
            <input type="hidden" name="next" value=next />
            <TextField name="email" label="Email" kind="email" autocomplete="username" autofocus=is_only_way />
            <TextField name="password" label="Password" kind="password" autocomplete="current-password" />
            <SubmitButton label="Log in" busy="Logging in…" class=class />
        </Form>
    }
}

/// For those whose password was set at the server's machine.
fn password_link(next: &str) -> impl IntoView + use<> {
    let to = Href::new(LOGIN_PATH).with("by", "password").with("next", next);
    view! {
        <a class="link" href=to.to_string()>
            "Log in by password"
        </a>
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
