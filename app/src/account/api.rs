//! The account of the person who is signed in: what its page shows and asks for.

use leptos::prelude::*;
use muster::user::{Account, Password, Permission, parse_name};

use crate::{console::ask, error::ConsoleError, ui::href::back_to};

/// Where the page is.
const PAGE: &str = "/account";

/// The person, and the sessions that stand.
#[server(endpoint = "account/get")]
pub async fn get_account() -> Result<Account, ConsoleError> {
    ask(|console| async move { console.account().await }).await
}

/// Gives the person another name.
#[server(endpoint = "account/rename")]
pub async fn rename_account(name: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::View)?;
        let id = console.rename_account(parse_name(&name)?).await?;
        console.redirect(&back_to(PAGE, PAGE, id));
        Ok(())
    })
    .await
}

/// Gives the person another password, and ends the other sessions.
#[server(endpoint = "account/change-password")]
pub async fn change_password(current_password: Password, password: Password) -> Result<(), ConsoleError> {
    ask(|console| async move {
        let id = console.change_password(current_password, password).await?;
        console.redirect(&back_to(PAGE, PAGE, id));
        Ok(())
    })
    .await
}

/// Ends one session of the person.
#[server(endpoint = "account/end-session")]
pub async fn end_session(id: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        let user = console.end_session(&id).await?;
        console.redirect(&back_to(PAGE, PAGE, user));
        Ok(())
    })
    .await
}

/// Ends all sessions of the person but this one.
#[server(endpoint = "account/end-other-sessions")]
pub async fn end_other_sessions() -> Result<(), ConsoleError> {
    ask(|console| async move {
        let user = console.end_other_sessions().await?;
        console.redirect(&back_to(PAGE, PAGE, user));
        Ok(())
    })
    .await
}
