//! Token values at rest: each is sealed for its own token, so that rows cannot be swapped in the database.

use muster::{id::TokenId, token::TokenValue};

use crate::{
    db::entity::token,
    keyring::{Keyring, Unsealable},
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
pub fn unseal(keyring: &Keyring, row: &token::Model) -> Result<TokenValue, Unsealable> {
    let clear = keyring.open(&purpose(TokenId(row.id)), &row.sealed_value)?;
    <[u8; 16]>::try_from(clear.as_slice()).map(TokenValue::from_bytes).map_err(|_| Unsealable)
}
