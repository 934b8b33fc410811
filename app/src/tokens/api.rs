//! Delegate tokens: what the pages show and ask for.

use async_trait::async_trait;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use muster::install::InstallKind;
use muster::{
    delegate::{DelegateType, Status},
    id::{DelegateId, TokenId},
    page::{Cursor, Page},
    time::Timestamp,
    token::{Token, TokenStatus},
};
use serde::{Deserialize, Serialize};

use crate::error::ConsoleError;
#[cfg(feature = "ssr")]
use crate::{
    console::{ask, back_to},
    ui::href::Href,
};

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// The token, without its value.
    pub token: Token,
    /// What it was when the server looked.
    pub status: TokenStatus,
    /// How many connected delegates use it.
    pub connected: u64,
    /// When a delegate last used it, and that delegate's name.
    pub last_used: Option<(Timestamp, String)>,
    /// Whether it is good, and will not be in a week.
    pub expires_soon: bool,
    /// What calls with it were turned away for lately.
    pub refusals: Vec<TokenRefusal>,
}

/// Calls with a token that were turned away for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRefusal {
    /// Why, as a phrase that follows "turned away: ".
    pub reason: String,
    /// How many, since the first after a day without any.
    pub count: u64,
    /// When the last one came.
    pub last_at: Timestamp,
    /// The address that it came from.
    pub address: String,
    /// What the caller called itself, where it was read; may be empty.
    pub name: String,
}

/// A delegate that uses a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUser {
    /// Which delegate.
    pub id: DelegateId,
    /// Its name.
    pub name: String,
    /// The host it runs on.
    pub host_name: String,
    /// What it is.
    pub status: Status,
    /// When it was last heard of.
    pub last_heartbeat_at: Timestamp,
}

/// A token and who uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUse {
    /// As in the list.
    pub row: TokenRow,
    /// The delegates that last registered with it, the latest heard of first, at most 20.
    pub users: Vec<TokenUser>,
    /// How many delegates last registered with it.
    pub total: u64,
    /// How many of them were heard of in the last minute.
    pub seen_last_minute: u64,
}

/// What a delegate has done in a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Turn {
    /// It is connected with the old token.
    Old,
    /// It last used the old token, and is not connected.
    Silent,
    /// It uses the new token.
    New,
}

/// A delegate in a rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationRow {
    /// Which delegate, and when it was last heard of.
    pub user: TokenUser,
    /// How it was installed.
    pub kind: DelegateType,
    /// Whether by files of the next generation.
    pub next_gen: bool,
    /// How far it is.
    pub turn: Turn,
}

/// A token that is being replaced, and how far its delegates are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRotation {
    /// The old token, as in the list.
    pub old: TokenRow,
    /// The new one, as in the list; none where it was deleted.
    pub new: Option<TokenRow>,
    /// How many delegates are connected with the old token.
    pub count_old: u64,
    /// How many last used the old token and are not connected.
    pub count_silent: u64,
    /// How many use the new token.
    pub count_new: u64,
    /// The delegates: old, then silent, then new, the newest first; at most 100.
    pub delegates: Vec<RotationRow>,
    /// Whether the old token can be revoked without cutting anybody off that is there.
    pub safe_to_revoke: bool,
}

/// A token's value, shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevealedToken {
    /// The token's name.
    pub name: String,
    /// Its value in clear.
    pub value: String,
}

impl std::fmt::Debug for RevealedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RevealedToken").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What the console asks about tokens.
#[async_trait]
pub trait Tokens {
    /// One page of the list; without `with_revoked` only the active ones and the expired.
    async fn list_tokens(&self, with_revoked: bool, cursor: Cursor) -> Result<Page<TokenRow>, ConsoleError>;
    /// A token and who uses it.
    async fn token_use(&self, id: TokenId) -> Result<TokenUse, ConsoleError>;
    /// Makes a token. `expires_in_days` and `profile` (an id) may be empty. With `requires_approval`, each delegate that
    /// registers with it for the first time waits, whatever profile it names.
    async fn create_token(
        &self,
        name: &str,
        expires_in_days: &str,
        profile: &str,
        requires_approval: bool,
    ) -> Result<TokenId, ConsoleError>;
    /// The value of a token that this person made, once: a second call finds nothing.
    async fn reveal_token(&self, id: TokenId) -> Result<Option<RevealedToken>, ConsoleError>;
    /// The value of a new token has arrived where it is shown: it is not shown again.
    async fn forget_token_value(&self, id: TokenId) -> Result<(), ConsoleError>;
    /// Cuts a token off, for good.
    async fn revoke_token(&self, id: TokenId) -> Result<(), ConsoleError>;
    /// Deletes a revoked or expired token.
    async fn delete_token(&self, id: TokenId) -> Result<(), ConsoleError>;
    /// Makes the successor of a token. `expires_in_days` may be empty.
    async fn rotate_token(&self, id: TokenId, name: &str, expires_in_days: &str) -> Result<TokenId, ConsoleError>;
    /// How far the delegates of a token that is being replaced are.
    async fn token_rotation(&self, id: TokenId) -> Result<TokenRotation, ConsoleError>;
}

/// One page of the list.
#[server(endpoint = "tokens/list")]
pub async fn list_tokens(with_revoked: bool, cursor: Cursor) -> Result<Page<TokenRow>, ConsoleError> {
    ask(|console| async move { console.list_tokens(with_revoked, cursor).await }).await
}

/// A token and who uses it.
#[server(endpoint = "tokens/use")]
pub async fn get_token_use(id: TokenId) -> Result<TokenUse, ConsoleError> {
    ask(|console| async move { console.token_use(id).await }).await
}

/// Makes a token and sends the browser to the page that shows its value.
#[server(endpoint = "tokens/create")]
pub async fn create_token(
    name: String,
    #[server(default)] expires_in_days: String,
    #[server(default)] profile: String,
    #[server(default)] requires_approval: bool,
    #[server(default)] back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        let id = console.create_token(&name, &expires_in_days, &profile, requires_approval).await?;
        console.redirect(&created_page(&back, id));
        Ok(())
    })
    .await
}

/// The page that shows a new token's value. `back`, where it is a page of the console, is where its dialog closes to.
/// That of a delegate's setup stays behind the dialog, and finds the token chosen.
#[cfg(feature = "ssr")]
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
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        let new = console.rotate_token(id, &name, &expires_in_days).await?;
        console.redirect(&created_page(&format!("/tokens/{id}/rotation"), new));
        Ok(())
    })
    .await
}

/// How far the delegates of a token that is being replaced are.
#[server(endpoint = "tokens/rotation")]
pub async fn get_token_rotation(id: TokenId) -> Result<TokenRotation, ConsoleError> {
    ask(|console| async move { console.token_rotation(id).await }).await
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

#[cfg(all(test, feature = "ssr"))]
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
