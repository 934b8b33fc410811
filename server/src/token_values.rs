//! Token values at rest: each is sealed for its own token, so that rows cannot be swapped in the database.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use muster::{id::TokenId, token::TokenValue};

use crate::{
    db::entity::token,
    encryption::{EncryptionKey, Unsealable},
};

/// For what a token's value is sealed in its row.
#[must_use]
pub fn purpose(id: TokenId) -> String {
    format!("token {id}")
}

/// For what a token's value is sealed until it was shown to who made it.
#[must_use]
pub fn reveal_purpose(id: TokenId) -> String {
    format!("reveal {id}")
}

/// The value of a token.
///
/// # Errors
/// [`Unsealable`].
pub fn unseal(encryption: &EncryptionKey, row: &token::Model) -> Result<TokenValue, Unsealable> {
    let clear = encryption.open(&purpose(TokenId(row.id)), &row.sealed_value)?;
    <[u8; 16]>::try_from(clear.as_slice()).map(TokenValue::from_bytes).map_err(|_| Unsealable)
}

/// Values of tokens that were unsealed once. Whether a token is good is not remembered, only what its value is.
#[derive(Default)]
pub struct TokenValues(Mutex<HashMap<TokenId, Option<Arc<TokenValue>>>>);

/// Does not print what it holds.
impl fmt::Debug for TokenValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenValues")
    }
}

impl TokenValues {
    /// How many values are kept; with more, all are unsealed anew.
    const MAX_KEPT: usize = 10_000;

    /// The value of a token; none where it cannot be unsealed, which is said once.
    pub fn of(&self, encryption: &EncryptionKey, row: &token::Model) -> Option<Arc<TokenValue>> {
        let id = TokenId(row.id);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = kept.get(&id) {
            return value.clone();
        }
        let value = unseal(encryption, row).inspect_err(|error| {
            tracing::error!(token = row.name, %error, "the value of a token cannot be read: its delegates are refused");
        });
        if kept.len() >= Self::MAX_KEPT {
            kept.clear();
        }
        let value = value.ok().map(Arc::new);
        kept.insert(id, value.clone());
        value
    }
}
