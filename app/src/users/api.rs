//! People: what the pages show and ask for.

use leptos::prelude::*;
use muster::{
    id::UserId,
    page::{Cursor, Page},
    user::{Invite, LinkKind, Permission, UserDetail, UserRow, parse_role, parse_scope},
};

use crate::{
    console::{RevealedLink, ask},
    error::ConsoleError,
    ui::href::back_to,
};

/// Where the list is.
const LIST: &str = "/users";

/// Where a new link is shown.
fn link_of(id: UserId) -> String {
    format!("/users/{id}/link")
}

/// One page of the list: those that hold a text.
#[server(endpoint = "users/list")]
pub async fn list_users(#[server(default)] search: String, cursor: Cursor) -> Result<Page<UserRow>, ConsoleError> {
    ask(|console| async move { console.list_users(&search, cursor).await }).await
}

/// Everything about one person.
#[server(endpoint = "users/get")]
pub async fn get_user(id: UserId) -> Result<UserDetail, ConsoleError> {
    ask(|console| async move { console.user(id).await }).await
}

/// Invites a person, and shows the link.
#[server(endpoint = "users/invite")]
pub async fn invite_user(
    email: String,
    #[server(default)] role: String,
    #[server(default)] scope: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageUsers)?;
        let invite = Invite::parse(console.scope().account, &email, &role, &scope)?;
        let id = console.invite_user(invite).await?;
        console.redirect(&link_of(id));
        Ok(())
    })
    .await
}

/// Makes the link of an invitation anew, and shows it.
#[server(endpoint = "users/renew-invitation")]
pub async fn renew_invitation(id: UserId) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.renew_user_link(id, LinkKind::Invitation).await?;
        console.redirect(&link_of(id));
        Ok(())
    })
    .await
}

/// Makes a link by which a person chooses a new password, and shows it.
#[server(endpoint = "users/reset-password")]
pub async fn reset_password(id: UserId) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.renew_user_link(id, LinkKind::PasswordReset).await?;
        console.redirect(&link_of(id));
        Ok(())
    })
    .await
}

/// The link that was just made for a person, once.
#[server(endpoint = "users/reveal-link")]
pub async fn reveal_link(id: UserId) -> Result<Option<RevealedLink>, ConsoleError> {
    ask(|console| async move { console.reveal_user_link(id).await }).await
}

/// The link has arrived where it is shown: it is not shown again.
#[server(endpoint = "users/forget-link")]
pub async fn forget_link(id: UserId) -> Result<(), ConsoleError> {
    ask(|console| async move { console.forget_user_link(id).await }).await
}

/// Gives a person a role at a scope, in place of the one there.
#[server(endpoint = "users/change-role")]
pub async fn change_role(
    id: UserId,
    #[server(default)] role: String,
    #[server(default)] scope: String,
    back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageUsers)?;
        let scope = parse_scope(console.scope().account, &scope)?;
        console.change_role(id, &scope, Some(parse_role(&role)?)).await?;
        console.redirect(&back_to(&back, LIST, id));
        Ok(())
    })
    .await
}

/// Takes the role away that a person has at a scope.
#[server(endpoint = "users/remove-role")]
pub async fn remove_role(id: UserId, #[server(default)] scope: String, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageUsers)?;
        let scope = parse_scope(console.scope().account, &scope)?;
        console.change_role(id, &scope, None).await?;
        console.redirect(&back_to(&back, LIST, id));
        Ok(())
    })
    .await
}

/// Bars a person, and ends the person's sessions.
#[server(endpoint = "users/disable")]
pub async fn disable_user(id: UserId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.disable_user(id).await?;
        console.redirect(&back_to(&back, LIST, id));
        Ok(())
    })
    .await
}

/// Lets a person sign in again who was disabled.
#[server(endpoint = "users/enable")]
pub async fn enable_user(id: UserId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.enable_user(id).await?;
        console.redirect(&back_to(&back, LIST, id));
        Ok(())
    })
    .await
}

/// Ends all sessions of a person.
#[server(endpoint = "users/end-sessions")]
pub async fn end_sessions(id: UserId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.end_sessions_of(id).await?;
        console.redirect(&back_to(&back, LIST, id));
        Ok(())
    })
    .await
}

/// Turns a person's second factor off, and ends the person's sessions.
#[server(endpoint = "users/reset-second-factor")]
pub async fn reset_second_factor(id: UserId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.reset_second_factor(id).await?;
        console.redirect(&back_to(&back, LIST, id));
        Ok(())
    })
    .await
}

/// Deletes a person.
#[server(endpoint = "users/delete")]
pub async fn delete_user(id: UserId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.delete_user(id).await?;
        console.redirect(&back_to(&back, LIST, id));
        Ok(())
    })
    .await
}
