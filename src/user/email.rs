//! Addresses that people sign in with.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{Invalid, honest, revealed};

/// The address a person signs in with, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address: something before and after one `@`, no white space, nothing that deceives, at most 254
    /// characters (RFC 5321).
    ///
    /// # Errors
    /// Says what an address looks like.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_lowercase();
        let well_formed = text.len() <= 254
            && !text.chars().any(|c| c.is_whitespace() || c.is_control())
            && text
                .split_once('@')
                .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'));
        honest(&text, "The address")?;
        if well_formed { Ok(Self(text)) } else { Err(Invalid::new("Enter an email address like name@example.com.")) }
    }

    /// Reads one that was stored. A version before may have taken characters that are refused today: � stands in their
    /// place.
    ///
    /// # Errors
    /// As for [`Email::parse`].
    pub fn restore(text: &str) -> Result<Self, Invalid> {
        Self::parse(&revealed(text))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Email {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c25_addresses_that_deceive_are_refused_and_old_ones_can_be_read() {
        for deceit in ["ad\u{200b}a@example.com", "ada\u{202e}@example.com", "\u{feff}ada@example.com", "a\u{ad}da@x"] {
            let error = Email::parse(deceit).unwrap_err().to_string();
            assert!(error.starts_with("The address must not contain characters that cannot be seen"), "{error}");
            assert!(Email::restore(deceit).unwrap().as_str().contains('\u{fffd}'));
        }
    }

    #[test]
    fn addresses_are_lower_case_and_checked() {
        assert_eq!(Email::parse(" Ada@Example.com ").unwrap().as_str(), "ada@example.com");
        for bad in ["", "ada", "@example.com", "ada@", "a@b@c", "a da@example.com", &format!("{}@b", "a".repeat(254))] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }
}
