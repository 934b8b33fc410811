//! Passwords: argon2id, off the async threads, and never more of them at once than the memory allows.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use muster::user::{PASSWORD_MOST, Password};
use tokio::sync::Semaphore;

use crate::chance;

/// How many hashes are computed at once; each takes 19 MiB (the parameters that OWASP recommends, argon2's default).
const AT_ONCE: usize = 2;

/// Why a password could not be hashed. The password is not repeated.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub struct PasswordError(String);

impl PasswordError {
    fn new(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Hashes and checks passwords.
#[derive(Clone, Debug)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    /// The hash of nobody's password, checked where there is no such person: so that the answer takes as long.
    nobody: Arc<str>,
}

impl Passwords {
    /// Makes the hash that stands in for unknown people.
    ///
    /// # Errors
    /// Where argon2 fails.
    pub fn new() -> Result<Self, PasswordError> {
        let nobody = hash(&chance::bytes::<32>())?.into();
        Ok(Self { permits: Arc::new(Semaphore::new(AT_ONCE)), nobody })
    }

    /// Hashes a password, in PHC form.
    ///
    /// # Errors
    /// Where argon2 fails.
    pub async fn hash(&self, password: Password) -> Result<String, PasswordError> {
        self.run(move || hash(password.expose().as_bytes())).await?
    }

    /// Whether it is the password behind `hash`; with no hash it takes as long and says no.
    ///
    /// # Errors
    /// Where argon2 fails.
    pub async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, PasswordError> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        self.run(move || {
            let hash = PasswordHash::new(&hash).map_err(PasswordError::new)?;
            let bytes = password.expose().as_bytes();
            // Nobody can have set a longer one, and an endless one would be endless work.
            let fits = bytes.len() <= PASSWORD_MOST;
            let bytes = if fits { bytes } else { &[] };
            Ok(Argon2::default().verify_password(bytes, &hash).is_ok() && known && fits)
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let _permit = self.permits.acquire().await.map_err(PasswordError::new)?;
        tokio::task::spawn_blocking(work).await.map_err(PasswordError::new)
    }
}

fn hash(password: &[u8]) -> Result<String, PasswordError> {
    let salt = chance::bytes::<16>();
    let hash = Argon2::default().hash_password_with_salt(password, &salt).map_err(PasswordError::new)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_alone_is_accepted() {
        let passwords = Passwords::new().unwrap();
        let right = Password::new("correct horse battery".into());
        let hash = passwords.hash(right.clone()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(passwords.verify(right.clone(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(Password::new("wrong".into()), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(Password::new("x".repeat(5000)), Some(hash)).await.unwrap());
        assert!(!passwords.verify(right, None).await.unwrap());
    }
}
