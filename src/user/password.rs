//! Passwords.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::Invalid;

/// The fewest characters of a password. NIST SP 800-63B asks for length, not for kinds of characters.
pub const MIN_PASSWORD_LENGTH: usize = 12;
/// The most bytes of a password: bounds the work of hashing it.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// A password as a person typed it. It is never printed.
#[derive(Clone, Serialize, Deserialize, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// A password as typed, not yet checked.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Checks that it is fit to be somebody's new password.
    ///
    /// # Errors
    /// Says how long it has to be.
    pub fn check_new(&self) -> Result<(), Invalid> {
        if self.0.chars().count() < MIN_PASSWORD_LENGTH {
            return Err(Invalid::new(format!(
                "Use at least {MIN_PASSWORD_LENGTH} characters; a few words in a row do well."
            )));
        }
        if self.0.len() > MAX_PASSWORD_BYTES {
            return Err(Invalid::new(format!("Use at most {MAX_PASSWORD_BYTES} bytes.")));
        }
        Ok(())
    }

    /// The password in clear, for the hash function alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_enough_and_never_printed() {
        let password = Password::new("correct horse".into());
        assert!(password.check_new().is_ok());
        assert_eq!(format!("{password:?}"), "[redacted]");
        assert!(Password::new("short".into()).check_new().is_err());
        assert!(Password::new("x".repeat(MAX_PASSWORD_BYTES + 1)).check_new().is_err());
    }
}
