//! The own second factor: what its pages show and ask for.

use leptos::prelude::*;
use muster::{
    id::SecondFactorId,
    user::{EnrolmentStep, Password, RecoveryCodes, TypedCode},
};

use super::PATH;
use crate::{console::ask, error::ConsoleError, ui::href::back_to};

/// Where recovery codes are shown.
const CODES: &str = "/account/recovery-codes";

/// How far setting it up has come in this session.
#[server(endpoint = "second-factor/step")]
pub async fn get_enrolment_step() -> Result<EnrolmentStep, ConsoleError> {
    ask(|console| async move { console.enrolment_step().await }).await
}

/// Begins to set it up: the next page shows the secret.
#[server(endpoint = "second-factor/begin")]
pub async fn begin_enrolment(current_password: Password) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.begin_enrolment(current_password).await?;
        console.redirect(PATH);
        Ok(())
    })
    .await
}

/// Turns it on, and shows the recovery codes.
#[server(endpoint = "second-factor/finish")]
pub async fn finish_enrolment(code: TypedCode) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.finish_enrolment(code).await?;
        console.redirect(CODES);
        Ok(())
    })
    .await
}

/// Makes new recovery codes, and shows them.
#[server(endpoint = "second-factor/renew-codes")]
pub async fn renew_recovery_codes(current_password: Password, code: TypedCode) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.renew_recovery_codes(current_password, code).await?;
        console.redirect(CODES);
        Ok(())
    })
    .await
}

/// The recovery codes that were just made, once.
#[server(endpoint = "second-factor/reveal-codes")]
pub async fn reveal_recovery_codes() -> Result<Option<(SecondFactorId, RecoveryCodes)>, ConsoleError> {
    ask(|console| async move { console.reveal_recovery_codes().await }).await
}

/// The recovery codes have arrived where they are shown: they are not shown again.
#[server(endpoint = "second-factor/forget-codes")]
pub async fn forget_recovery_codes(id: SecondFactorId) -> Result<(), ConsoleError> {
    ask(|console| async move { console.forget_recovery_codes(id).await }).await
}

/// Turns it off.
#[server(endpoint = "second-factor/turn-off")]
pub async fn turn_off_second_factor(current_password: Password, code: TypedCode) -> Result<(), ConsoleError> {
    ask(|console| async move {
        let id = console.turn_off_second_factor(current_password, code).await?;
        console.redirect(&back_to("/account", "/account", id));
        Ok(())
    })
    .await
}
