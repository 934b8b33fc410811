//! Who is using the console: first set-up, signing in and out, and what the frame of every page shows.

use async_trait::async_trait;
use leptos::prelude::*;
use muster::user::{Password, Role};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use crate::console::ask;
use crate::error::ConsoleError;

/// What the frame of every page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The address of the person who is signed in.
    pub email: String,
    /// What the person may do.
    pub role: Role,
    /// The account's name.
    pub account: String,
    /// How many delegates wait for approval.
    pub pending: u64,
}

/// What the console asks about the session.
#[async_trait]
pub trait Session {
    /// What the frame of every page shows.
    async fn frame(&self) -> Result<Frame, ConsoleError>;
    /// Makes the first administrator, with the setup code from the server's log, and signs him in.
    async fn set_up(&self, code: &str, email: &str, password: Password) -> Result<(), ConsoleError>;
    /// Signs a person in.
    async fn sign_in(&self, email: &str, password: Password) -> Result<(), ConsoleError>;
    /// Ends the session.
    async fn sign_out(&self) -> Result<(), ConsoleError>;
    /// What the person who asks did last to an object, as a sentence; none where it was not lately.
    async fn done(&self, object: Uuid) -> Result<Option<String>, ConsoleError>;
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
        console.redirect("/delegates");
        Ok(())
    })
    .await
}

/// Signs a person in and sends the browser on to where it wanted to go.
#[server(endpoint = "session/sign-in")]
pub async fn sign_in(email: String, password: Password, #[server(default)] next: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.sign_in(&email, password).await?;
        console.redirect(if is_page(&next) { &next } else { "/delegates" });
        Ok(())
    })
    .await
}

/// Ends the session.
#[server(endpoint = "session/sign-out")]
pub async fn sign_out() -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.sign_out().await?;
        console.redirect("/login");
        Ok(())
    })
    .await
}

/// What the person who asks did last to an object, as a sentence.
#[server(endpoint = "session/done")]
pub async fn get_done(object: Uuid) -> Result<Option<String>, ConsoleError> {
    ask(|console| async move { console.done(object).await }).await
}

/// Whether it is a path of this site. Browsers drop tabs and line ends from an address before they read it.
#[must_use]
pub fn is_page(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains(|c: char| c == '\\' || c.is_control())
}
