//! New recovery codes, turning the second factor off, and the codes that are shown once.

use leptos::{prelude::*, server_fn::ServerFn};

use super::api::{ForgetRecoveryCodes, RenewRecoveryCodes, TurnOffSecondFactor, reveal_recovery_codes};
use crate::ui::{
    dialog::{MessageDialog, render_dialog},
    field::TextField,
    form_dialog::{FormDialog, Submit},
    href::Href,
    shown_once::{ShownOnce, Words},
};

fn back() -> Href {
    Href::new("/account")
}

/// Asks for what shows that it is the person.
#[component]
fn ProofFields() -> impl IntoView {
    view! {
        <TextField name="current_password" label="Password" kind="password" autocomplete="current-password" />
        <TextField
            name="code"
            label="Code"
            hint="Of your authenticator app, or a recovery code."
            autocomplete="one-time-code"
            mono=true
        />
    }
}

/// Asks before recovery codes are made anew.
#[component]
pub fn NewRecoveryCodesDialog() -> impl IntoView {
    view! {
        <FormDialog
            title="New recovery codes"
            back=back()
            action=RenewRecoveryCodes::PATH
            submit=Submit::saves("Make codes", "Making…")
        >
            <p>"Those from before do not work any more."</p>
            <ProofFields />
        </FormDialog>
    }
}

/// Asks before the second factor is turned off.
#[component]
pub fn TurnOffDialog() -> impl IntoView {
    view! {
        <FormDialog
            title="Turn your second factor off?"
            back=back()
            action=TurnOffSecondFactor::PATH
            submit=Submit::removes("Turn off", "Turning off…")
        >
            <p>"Who knows your password can log in then. Your recovery codes do not work any more."</p>
            <ProofFields />
        </FormDialog>
    }
}

/// Shows the codes that were just made.
#[component]
pub fn RecoveryCodesDialog() -> impl IntoView {
    // The server shows them once, so this asks once.
    render_dialog(reveal_recovery_codes(), back(), move |codes| match codes {
        Some((id, codes)) => {
            let value = codes.0.join("\n");
            let forget = ForgetRecoveryCodes::PATH;
            view! { <ShownOnce words=words() value=value forget=forget id=id.to_string() back=back() /> }.into_any()
        }
        None => view! { <Spent /> }.into_any(),
    })
}

fn words() -> Words {
    Words {
        title: "Recovery codes",
        noun: "list",
        label: "Recovery codes",
        ready: "Your second factor is on. Save these codes where you find them without your device.".to_owned(),
        copied: "Your second factor is on, and the codes are in your clipboard. Save them where you find them without \
                 your device."
            .to_owned(),
        notice: "Each works once in place of a code of your app. They cannot be shown again; new ones can be made."
            .to_owned(),
        done: "I have saved them",
    }
}

#[component]
fn Spent() -> impl IntoView {
    view! {
        <MessageDialog title="These codes were shown before" back=back()>
            <p>
                "Recovery codes are shown once, right after they were made. Where you have not saved them, make new ones: \
                those from before do not work any more then."
            </p>
        </MessageDialog>
    }
}
