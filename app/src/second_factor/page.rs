//! Where the second factor is set up: the password, then a secret for the authenticator app and a code of it. It stands
//! alone, since an installation may ask for it before anything else.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::user::{Enrolment, EnrolmentStep, QrImage};

use super::api::{BeginEnrolment, FinishEnrolment, get_enrolment_step};
use crate::{
    session::api::SignOut,
    ui::{
        button::{NavButton, SubmitButton},
        copy::CopyButton,
        field::{FocusFirst, TextField},
        form::Form,
        href::Href,
        load::render,
        standalone::StandalonePage,
    },
};

/// The page.
#[component]
pub fn SecondFactorPage() -> impl IntoView {
    render(get_enrolment_step(), |step| {
        provide_context(FocusFirst::default());
        match step {
            EnrolmentStep::Password => password().into_any(),
            EnrolmentStep::Confirm(enrolment) => confirm(enrolment).into_any(),
            EnrolmentStep::On(_) => on().into_any(),
        }
    })
}

fn password() -> impl IntoView {
    view! {
        <StandalonePage title="Set up a second factor" brand=true>
            <p class="sub">
                "Logging in then asks for your password and for a code of an authenticator app. Give your password to begin."
            </p>
            <Form action=BeginEnrolment::PATH>
                <TextField
                    name="current_password"
                    label="Password"
                    kind="password"
                    autocomplete="current-password"
                />
                <SubmitButton label="Continue" busy="Checking…" class="btn primary wide" />
            </Form>
            {leave()}
        </StandalonePage>
    }
}

fn confirm(Enrolment { account, secret, qr }: Enrolment) -> impl IntoView {
    let copied = secret.clone();
    view! {
        <StandalonePage title="Set up a second factor" brand=true>
            <p class="sub">"Scan this with your authenticator app, or type the key into it."</p>
            {picture(qr)}
            <dl class="enrol" translate="no">
                <dt>"Account"</dt>
                <dd>{format!("Muster, {account}")}</dd>
                <dt>"Key"</dt>
                <dd class="enrol-key">
                    <code class="mono">{secret}</code>
                    <CopyButton text=copied label="Copy the key" />
                </dd>
            </dl>
            <Form action=FinishEnrolment::PATH>
                <TextField
                    name="code"
                    label="Code"
                    hint="The six digits that the app shows now."
                    autocomplete="one-time-code"
                    inputmode="numeric"
                    mono=true
                />
                <SubmitButton label="Turn on" busy="Turning on…" class="btn primary wide" />
            </Form>
            {leave()}
        </StandalonePage>
    }
}

fn picture(QrImage { size, path }: QrImage) -> impl IntoView {
    view! {
        <svg
            class="qr"
            viewBox=format!("0 0 {size} {size}")
            role="img"
            aria-label="The key as a QR code"
            shape-rendering="crispEdges"
        >
            <rect width=size height=size fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    }
}

fn on() -> impl IntoView {
    view! {
        <StandalonePage title="Your second factor is on" brand=true>
            <p class="sub">"Logging in asks for your password and for a code of your authenticator app."</p>
            <NavButton to=Href::new("/account") class="btn primary wide">
                "Go to your account"
            </NavButton>
        </StandalonePage>
    }
}

/// The ways out: where the installation asks for a second factor, the account leads back here.
fn leave() -> impl IntoView {
    view! {
        <div class="alone-ways">
            <a class="link" href="/account">
                "Back to your account"
            </a>
            <form method="post" action=SignOut::PATH>
                <button type="submit" class="as-link">
                    "Log out"
                </button>
            </form>
        </div>
    }
}
