//! Who is using the console: first set-up, signing in and out, and what the frame of every page shows.

use leptos::prelude::*;
use muster::{theme::Theme, user::Password};
use uuid::Uuid;

use crate::{
    console::{Frame, ask},
    error::ConsoleError,
    ui::href::is_page,
};

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

/// Signs a person in and sends the browser on to where it wanted to go.
#[server(endpoint = "session/sign-in")]
pub async fn sign_in(email: String, password: Password, #[server(default)] next: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.sign_in(&email, password).await?;
        console.redirect(if is_page(&next) { &next } else { "/" });
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
