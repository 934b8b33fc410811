//! Delegate tokens: what the pages show and ask for.

// A server function takes the fields of its form, however many those are.
#![allow(clippy::too_many_arguments)]

use leptos::prelude::*;
use muster::{
    audit::AuditRow,
    id::TokenId,
    install::InstallKind,
    page::{Cursor, Page},
    token::{
        Expiry, Flood, NewToken, RestrictionFields, Successor, TokenDetail, TokenFilter, TokenRotation, TokenRow,
        TokenSettings, TokenSort, TokenUse,
    },
    user::Permission,
};

use super::query::{token_dialog, token_href};
use crate::{
    console::{RevealedToken, ask},
    error::ConsoleError,
    ui::href::{Href, back_to},
};

/// One page of the list.
#[server(endpoint = "tokens/list")]
pub async fn list_tokens(
    with_revoked: bool,
    cursor: Cursor,
    #[server(default)] search: String,
    #[server(default)] sort: TokenSort,
) -> Result<Page<TokenRow>, ConsoleError> {
    ask(|console| async move { console.list_tokens(TokenFilter { with_revoked, search, sort, cursor }).await }).await
}

/// Registrations that were turned away because there were too many: with all tokens, or with one.
#[server(endpoint = "tokens/floods")]
pub async fn get_floods(#[server(default)] token: Option<TokenId>) -> Result<Vec<Flood>, ConsoleError> {
    ask(|console| async move { console.floods(token).await }).await
}

/// A token and who uses it.
#[server(endpoint = "tokens/use")]
pub async fn get_token_use(id: TokenId) -> Result<TokenUse, ConsoleError> {
    ask(|console| async move { console.token_use(id).await }).await
}

/// Everything about a token but its value.
#[server(endpoint = "tokens/get")]
pub async fn get_token(id: TokenId) -> Result<TokenDetail, ConsoleError> {
    ask(|console| async move { console.token_detail(id).await }).await
}

/// One page of what was done to a token and with it.
#[server(endpoint = "tokens/record")]
pub async fn get_token_record(id: TokenId, cursor: Cursor) -> Result<Page<AuditRow>, ConsoleError> {
    ask(|console| async move { console.token_record(id, cursor).await }).await
}

/// Gives a token another name, or has it admit delegates in another way. `seen` is the revision that was edited.
#[server(endpoint = "tokens/edit")]
pub async fn edit_token(
    id: TokenId,
    seen: i32,
    name: String,
    #[server(default)] profile: String,
    #[server(default)] requires_approval: bool,
    #[server(default)] max_registrations: String,
    #[server(default)] networks: String,
    #[server(default)] kinds: Vec<String>,
    #[server(default)] name_pattern: String,
    back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        let restrictions = RestrictionFields { max_registrations, networks, kinds, name_pattern };
        let settings = TokenSettings::parse(&name, &profile, requires_approval, &restrictions)?;
        console.edit_token(id, seen, settings).await?;
        console.redirect(&back_to(&back, &token_href(id).to_string(), id));
        Ok(())
    })
    .await
}

/// Lets a token be good for longer. `seen` is the revision that this was decided on.
#[server(endpoint = "tokens/extend")]
pub async fn extend_token(
    id: TokenId,
    seen: i32,
    #[server(default)] expires_in_days: String,
    #[server(default)] expires_at: String,
    back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        console.extend_token(id, seen, Expiry::parse(&expires_in_days, &expires_at)?).await?;
        console.redirect(&back_to(&back, &token_href(id).to_string(), id));
        Ok(())
    })
    .await
}

/// Makes a token and sends the browser to the page that shows its value.
#[server(endpoint = "tokens/create")]
pub async fn create_token(
    name: String,
    #[server(default)] expires_in_days: String,
    #[server(default)] expires_at: String,
    #[server(default)] profile: String,
    #[server(default)] requires_approval: bool,
    #[server(default)] max_registrations: String,
    #[server(default)] networks: String,
    #[server(default)] kinds: Vec<String>,
    #[server(default)] name_pattern: String,
    #[server(default)] back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        let restrictions = RestrictionFields { max_registrations, networks, kinds, name_pattern };
        let settings = TokenSettings::parse(&name, &profile, requires_approval, &restrictions);
        let command = NewToken::of(settings, Expiry::parse(&expires_in_days, &expires_at))?;
        let id = console.create_token(command).await?;
        console.redirect(&created_page(&back, id));
        Ok(())
    })
    .await
}

/// The page that shows a new token's value. `back`, where it is a page of the console, is where its dialog closes to.
/// That of a delegate's setup stays behind the dialog, and finds the token chosen.
fn created_page(back: &str, id: TokenId) -> String {
    let Some(back) = Href::parse(back) else { return format!("/tokens/{id}/created") };
    let setup = back.path().strip_prefix("/install/").and_then(InstallKind::from_slug);
    if setup.is_some() {
        let page = format!("{}/token/{id}", back.path());
        back.at(page).to_string()
    } else {
        Href::new(format!("/tokens/{id}/created")).with("back", back).to_string()
    }
}

/// Makes the successor of a token and sends the browser to the page that shows its value; that closes to the rotation.
#[server(endpoint = "tokens/rotate")]
pub async fn rotate_token(
    id: TokenId,
    name: String,
    #[server(default)] expires_in_days: String,
    #[server(default)] expires_at: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.authorize(Permission::ManageDelegates)?;
        let new = console.rotate_token(id, Successor::parse(&name, &expires_in_days, &expires_at)?).await?;
        console.redirect(&created_page(&format!("/tokens/{id}/rotation"), new));
        Ok(())
    })
    .await
}

/// How far the delegates of a token that is being replaced are; of the delegates one page, counted from zero.
#[server(endpoint = "tokens/rotation")]
pub async fn get_token_rotation(id: TokenId, #[server(default)] page: u64) -> Result<TokenRotation, ConsoleError> {
    ask(|console| async move { console.token_rotation(id, page).await }).await
}

/// The value of a token that this person made, once.
#[server(endpoint = "tokens/reveal")]
pub async fn reveal_token(id: TokenId) -> Result<Option<RevealedToken>, ConsoleError> {
    ask(|console| async move { console.reveal_token(id).await }).await
}

/// The value of a new token has arrived where it is shown.
#[server(endpoint = "tokens/forget-value")]
pub async fn forget_token_value(id: TokenId) -> Result<(), ConsoleError> {
    ask(|console| async move { console.forget_token_value(id).await }).await
}

/// Cuts a token off.
#[server(endpoint = "tokens/revoke")]
pub async fn revoke_token(id: TokenId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.revoke_token(id).await?;
        console.redirect(&back_to(&back, "/tokens", id));
        Ok(())
    })
    .await
}

/// Rejects every delegate that waits with a token. Where there was no time for all, it is asked for again.
#[server(endpoint = "tokens/reject-waiting")]
pub async fn reject_waiting(id: TokenId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        if console.reject_waiting(id).await? {
            console.redirect(&back_to(&back, &token_href(id).to_string(), id));
        } else {
            let back = Href::parse(&back).unwrap_or_else(|| token_href(id));
            console.redirect(&token_dialog(id, "reject-waiting", &back).to_string());
        }
        Ok(())
    })
    .await
}

/// Deletes a revoked or expired token.
#[server(endpoint = "tokens/delete")]
pub async fn delete_token(id: TokenId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.delete_token(id).await?;
        console.redirect(&back_to(&back, "/tokens", id));
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_token_is_shown_where_it_was_made() {
        let id = TokenId(uuid::Uuid::from_u128(7));
        let shown = |back: &str| created_page(back, id);
        assert_eq!(shown("/install/helm?name=a%20b"), format!("/install/helm/token/{id}?name=a%20b"));
        assert_eq!(shown("/tokens/1/rotation"), format!("/tokens/{id}/created?back=%2Ftokens%2F1%2Frotation"));
        for elsewhere in ["", "//evil.example", "https://evil.example/install/helm"] {
            assert_eq!(shown(elsewhere), format!("/tokens/{id}/created"));
        }
        let nested = shown("/install/helm/new-token");
        assert_eq!(nested, format!("/tokens/{id}/created?back=%2Finstall%2Fhelm%2Fnew-token"));
    }
}
