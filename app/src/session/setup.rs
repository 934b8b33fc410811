//! First set-up: the first administrator is made with a code that only those know who can read the server's log.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{ElsewhereNotice, api::SetUp};
use crate::ui::{button::SubmitButton, field::TextField, form::Form, standalone::StandalonePage};

/// The page of an installation that has no user yet.
#[component]
pub fn SetupPage() -> impl IntoView {
    view! {
        <StandalonePage title="Set up Muster" brand=true>
                <p class="sub">"Create the first administrator. More people can be invited later."</p>
                <ElsewhereNotice />
                <Form action=SetUp::PATH>
                    <TextField
                        name="code"
                        label="Setup code"
                        hint="Muster wrote it to the server's log when it started."
                        mono=true
                        autofocus=true
                    />
                    <TextField
                        name="email"
                        label="Email"
                        kind="email"
                        autocomplete="username"
                        placeholder="name@example.com"
                    />
                    <TextField
                        name="password"
                        label="Password"
                        kind="password"
                        autocomplete="new-password"
                        hint="At least 12 characters."
                    />
                    <SubmitButton label="Create administrator" busy="Creating…" class="btn primary wide" />
                </Form>
        </StandalonePage>
    }
}
