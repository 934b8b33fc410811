//! Who is using the console: first set-up, signing in and out, and what the frame of every page shows.

use leptos::prelude::*;
use muster::{
    theme::Theme,
    user::{Password, TypedCode},
};
use uuid::Uuid;

use super::CODE_PATH;
use crate::{
    console::{Frame, SignedIn, ask},
    error::ConsoleError,
    ui::href::{Href, is_page},
};

/// Where somebody goes on who has given the password.
pub(crate) fn after_password(how_far: SignedIn, next: &str) -> String {
    match how_far {
        SignedIn::Whole => after_sign_in(next).to_owned(),
        SignedIn::AwaitsCode => Href::new(CODE_PATH).with("next", next).to_string(),
    }
}

/// Where somebody goes on who is signed in: to where it wanted to go.
#[must_use]
pub fn after_sign_in(next: &str) -> &str {
    if is_page(next) { next } else { "/" }
}

/// What the frame of every page shows.
#[server(endpoint = "session/frame")]
pub async fn get_frame() -> Result<Frame, ConsoleError> {
    ask(|console| async move { console.frame().await }).await
}

/// Makes the first administrator.
#[server(endpoint = "session/set-up")]
pub async fn set_up(code: String, email: String, password: Password) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.set_up(&code, &email, password).await?;
        console.redirect("/");
        Ok(())
    })
    .await
}

/// Signs a person in and sends the browser on to where it wanted to go, or to where the code is asked for.
#[server(endpoint = "session/sign-in")]
pub async fn sign_in(email: String, password: Password, #[server(default)] next: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        let how_far = console.sign_in(&email, password).await?;
        console.redirect(&after_password(how_far, &next));
        Ok(())
    })
    .await
}

/// Takes the code of the second factor, and sends the browser on to where it wanted to go.
#[server(endpoint = "session/give-code")]
pub async fn give_code(code: TypedCode, #[server(default)] next: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.give_code(code).await?;
        console.redirect(after_sign_in(&next));
        Ok(())
    })
    .await
}

/// Ends the session.
#[server(endpoint = "session/sign-out")]
pub async fn sign_out() -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.sign_out().await?;
        console.redirect("/login?ended=by-you");
        Ok(())
    })
    .await
}

/// Chooses how the console looks in this browser. It needs nobody to be signed in: it is kept in the browser alone.
#[server(endpoint = "session/choose-theme")]
pub async fn choose_theme(theme: Theme) -> Result<(), ConsoleError> {
    ask(|console| async move { console.choose_theme(theme) }).await
}

/// What the person who asks did last to an object, as a sentence.
#[server(endpoint = "session/done")]
pub async fn get_done(object: Uuid) -> Result<Option<String>, ConsoleError> {
    ask(|console| async move { console.done(object).await }).await
}
