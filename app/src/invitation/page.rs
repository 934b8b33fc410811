//! The page of a link.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::user::{LinkKind, OpenedLink, PersonName};

use super::api::{AcceptLink, get_opened_link};
use crate::{
    error::ConsoleError,
    session::ElsewhereNotice,
    ui::{
        button::{NavButton, SubmitButton},
        field::{FocusFirst, TextField},
        form::Form,
        href::Href,
        icon::Icon,
        load::render_or,
        standalone::StandalonePage,
    },
};

/// Asks for what the link needs, or says that it does not work.
#[component]
pub fn InvitationPage() -> impl IntoView {
    render_or(get_opened_link(), |error| view! { <Broken error=error /> }.into_any(), form)
}

#[component]
fn Broken(error: ConsoleError) -> impl IntoView {
    view! {
        <StandalonePage title="This link does not work" brand=true>
            <p class="sub" role="alert">
                {error.to_string()}
            </p>
            <NavButton to=Href::new("/login") class="btn wide">
                "Log in"
            </NavButton>
        </StandalonePage>
    }
}

fn form(link: OpenedLink) -> AnyView {
    let OpenedLink { kind, email, signed_in_as, .. } = link;
    let (title, what, label, busy) = match kind {
        LinkKind::Invitation => {
            ("Welcome to Muster", "You are invited. Choose a name and a password.", "Come in", "Coming in…")
        }
        LinkKind::PasswordReset => (
            "New password",
            "Choose a new password. Where you are logged in with the old one, you are logged out.",
            "Set password",
            "Setting…",
        ),
    };
    provide_context(FocusFirst::default());
    view! {
        <StandalonePage title=title brand=true>
            <p class="sub">{what}</p>
            <ElsewhereNotice />
            {signed_in_as
                .map(|other| {
                    view! {
                        <div class="notice notice-info">
                            {Icon::Info.draw()}
                            <p>{format!("You are logged in as {other} here. Going on logs that person out.")}</p>
                        </div>
                    }
                })}
            <Form action=AcceptLink::PATH>
                // What was typed is not put in its place: an address of another link would never fit.
                <div class="field">
                    <label for="link-email">"Email"</label>
                    <input
                        class="input"
                        id="link-email"
                        type="email"
                        name="email"
                        value=email.to_string()
                        autocomplete="username"
                        readonly
                    />
                </div>
                {(kind == LinkKind::Invitation)
                    .then(|| {
                        view! {
                            <TextField name="name" label="Name" autocomplete="name" max_length=PersonName::MAX_LENGTH />
                        }
                    })}
                <TextField
                    name="password"
                    label="Password"
                    kind="password"
                    autocomplete="new-password"
                    hint="At least 12 characters."
                />
                <SubmitButton label=label busy=busy class="btn primary wide" />
            </Form>
        </StandalonePage>
    }
    .into_any()
}
