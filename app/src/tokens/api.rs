//! Delegate tokens: what the pages show and ask for.

use async_trait::async_trait;
use leptos::prelude::*;
use muster::{
    delegate::Status,
    id::{DelegateId, TokenId},
    page::{Cursor, Page},
    time::Timestamp,
    token::{Token, TokenStatus},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::console::{ask, back_to};
use crate::error::ConsoleError;

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
    /// Makes a token. `expires_in_days` and `profile` (an id) may be empty.
    async fn create_token(&self, name: &str, expires_in_days: &str, profile: &str) -> Result<TokenId, ConsoleError>;
    /// The value of a token that this person made, once: a second call finds nothing.
    async fn reveal_token(&self, id: TokenId) -> Result<Option<RevealedToken>, ConsoleError>;
    /// Cuts a token off, for good.
    async fn revoke_token(&self, id: TokenId) -> Result<(), ConsoleError>;
    /// Deletes a revoked or expired token.
    async fn delete_token(&self, id: TokenId) -> Result<(), ConsoleError>;
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
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        let id = console.create_token(&name, &expires_in_days, &profile).await?;
        console.redirect(&format!("/tokens/{id}/created"));
        Ok(())
    })
    .await
}

/// The value of a token that this person made, once.
#[server(endpoint = "tokens/reveal")]
pub async fn reveal_token(id: TokenId) -> Result<Option<RevealedToken>, ConsoleError> {
    ask(|console| async move { console.reveal_token(id).await }).await
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
