//! Token values at rest: each is sealed for its own token, so that rows cannot be swapped in the database.

use std::sync::Arc;

use muster::{id::TokenId, token::TokenValue};
use quick_cache::sync::Cache;
use sea_orm::DbErr;
use sha2::{Digest as _, Sha256};

use crate::{
    db::{Db, KnownToken},
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
pub fn unseal(encryption: &EncryptionKey, id: TokenId, sealed: &[u8]) -> Result<TokenValue, Unsealable> {
    let clear = encryption.open(&purpose(id), sealed)?;
    <[u8; 16]>::try_from(clear.as_slice()).map(TokenValue::from_bytes).map_err(|_| Unsealable)
}

/// The value of a token that is kept in memory, where it waits unsealed and its digest is learnt; none where it cannot be
/// unsealed, which is said once.
pub fn value_of<'a>(
    encryption: &EncryptionKey,
    digests: &TokenDigests,
    known: &'a KnownToken,
) -> Option<&'a TokenValue> {
    let unseal = || {
        let token = &known.token;
        let value = unseal(encryption, token.id, &known.sealed_value);
        let value = value.inspect_err(|error| {
            let name = token.name.as_str();
            tracing::error!(token = name, %error, "the value of a token cannot be read: its delegates are refused");
        });
        value.inspect(|value| digests.keep(value, token.id)).ok()
    };
    known.value.get_or_init(unseal).as_ref()
}

/// Which token has a value, by the SHA-256 digest that newer clients send of its 32 hexadecimal characters. A hint only:
/// whoever has the token opens a credential. Learnt from values that were unsealed.
#[derive(Debug)]
pub struct TokenDigests(Cache<String, TokenId>);

impl Default for TokenDigests {
    fn default() -> Self {
        Self(Cache::new(50_000))
    }
}

impl TokenDigests {
    /// Notes the digest of a token's value.
    fn keep(&self, value: &TokenValue, id: TokenId) {
        let digest = Sha256::digest(value.expose().as_bytes());
        self.0.insert(digest.iter().map(|byte| format!("{byte:02x}")).collect(), id);
    }

    /// The token that a digest in hexadecimal names, where it was learnt.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub async fn token(&self, db: &Db, digest: &str) -> Result<Option<Arc<KnownToken>>, DbErr> {
        match self.0.get(&digest.to_ascii_lowercase()) {
            Some(id) => db.token(id).await,
            None => Ok(None),
        }
    }
}
