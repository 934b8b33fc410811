//! The link that was opened in this browser: what its page shows and asks for.

use leptos::prelude::*;
use muster::user::{OpenedLink, Password};

use crate::{console::ask, error::ConsoleError, session::api::after_password};

/// What the link is for, and whose it is.
#[server(endpoint = "invitation/get")]
pub async fn get_opened_link() -> Result<OpenedLink, ConsoleError> {
    ask(|console| async move { console.opened_link().await }).await
}

/// Uses the link, and signs the person in.
#[server(endpoint = "invitation/accept")]
pub async fn accept_link(
    email: String,
    #[server(default)] name: String,
    password: Password,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        let how_far = console.accept_link(&email, &name, password).await?;
        console.redirect(&after_password(how_far, ""));
        Ok(())
    })
    .await
}
