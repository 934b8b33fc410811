//! What the console asks about tokens.

use async_trait::async_trait;
use muster::{
    audit::AuditRow,
    id::TokenId,
    page::{Cursor, Page},
    token::{
        Expiry, Flood, NewToken, Successor, TokenDetail, TokenFilter, TokenRotation, TokenRow, TokenSettings, TokenUse,
    },
};
use serde::{Deserialize, Serialize};

use crate::error::ConsoleError;

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
    /// One page of the list.
    async fn list_tokens(&self, filter: TokenFilter) -> Result<Page<TokenRow>, ConsoleError>;
    /// Floods of registrations: of all tokens, or of one.
    async fn floods(&self, token: Option<TokenId>) -> Result<Vec<Flood>, ConsoleError>;
    /// A token and who uses it.
    async fn token_use(&self, id: TokenId) -> Result<TokenUse, ConsoleError>;
    /// Everything about a token but its value.
    async fn token_detail(&self, id: TokenId) -> Result<TokenDetail, ConsoleError>;
    /// One page of what was done to a token and with it.
    async fn token_record(&self, id: TokenId, cursor: Cursor) -> Result<Page<AuditRow>, ConsoleError>;
    /// Gives a token another name, or has it admit delegates in another way. `seen` is the revision that was edited.
    async fn edit_token(&self, id: TokenId, seen: i32, settings: TokenSettings) -> Result<(), ConsoleError>;
    /// Lets a token be good for longer. `seen` is the revision that this was decided on.
    async fn extend_token(&self, id: TokenId, seen: i32, expiry: Expiry) -> Result<(), ConsoleError>;
    /// Makes a token. Its value waits to be revealed to who asks here.
    async fn create_token(&self, command: NewToken) -> Result<TokenId, ConsoleError>;
    /// The value of a token that this person made, once: a second call finds nothing.
    async fn reveal_token(&self, id: TokenId) -> Result<Option<RevealedToken>, ConsoleError>;
    /// The value of a new token has arrived where it is shown: it is not shown again.
    async fn forget_token_value(&self, id: TokenId) -> Result<(), ConsoleError>;
    /// Cuts a token off, for good.
    async fn revoke_token(&self, id: TokenId) -> Result<(), ConsoleError>;
    /// Rejects every delegate that waits with a token; whether there was time for all.
    async fn reject_waiting(&self, id: TokenId) -> Result<bool, ConsoleError>;
    /// Deletes a revoked or expired token.
    async fn delete_token(&self, id: TokenId) -> Result<(), ConsoleError>;
    /// Makes the successor of a token, whose value waits to be revealed to who asks here.
    async fn rotate_token(&self, id: TokenId, command: Successor) -> Result<TokenId, ConsoleError>;
    /// How far the delegates of a token that is being replaced are; of the delegates one page, counted from zero.
    async fn token_rotation(&self, id: TokenId, page: u64) -> Result<TokenRotation, ConsoleError>;
}
