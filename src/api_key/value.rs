//! The value of a key, as programs send it.

use std::fmt;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::Owner;
use crate::id::{AccountId, ApiKeyId};

/// The value of a key: `pat.<account>.<key>.<secret>` of a person, `sat.…` of a service account. Existing clients want four
/// parts of letters, digits, `-` and `_`, and read the account off the second.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeyValue {
    /// Whether it is a service account's.
    pub of_service_account: bool,
    /// The installation's account.
    pub account: AccountId,
    /// Which key.
    pub key: ApiKeyId,
    /// What makes it work.
    pub secret: Zeroizing<String>,
}

/// The most characters that a secret has which is looked at.
const MAX_SECRET_LENGTH: usize = 128;

impl ApiKeyValue {
    /// The value of an owner's key.
    #[must_use]
    pub fn new(owner: Owner, account: AccountId, key: ApiKeyId, secret: Zeroizing<String>) -> Self {
        Self { of_service_account: matches!(owner, Owner::ServiceAccount(_)), account, key, secret }
    }

    /// Reads what a program sent; none where it is no key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('.').collect();
        let [kind, account, key, secret] = parts[..] else { return None };
        let of_service_account = match kind {
            "pat" => false,
            "sat" => true,
            _ => return None,
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if secret.is_empty() || secret.len() > MAX_SECRET_LENGTH || !secret.chars().all(is_plain) {
            return None;
        }
        Some(Self {
            of_service_account,
            account: AccountId(Uuid::parse_str(account).ok()?),
            key: ApiKeyId(Uuid::parse_str(key).ok()?),
            secret: Zeroizing::new(secret.to_owned()),
        })
    }

    /// The whole, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        let kind = if self.of_service_account { "sat" } else { "pat" };
        Zeroizing::new(format!("{kind}.{}.{}.{}", self.account, self.key.0.simple(), *self.secret))
    }
}

impl fmt::Debug for ApiKeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKeyValue({}, …)", self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::UserId;

    #[test]
    fn a_value_is_read_as_it_is_shown_and_never_printed() {
        let id = Uuid::from_u128(7);
        let secret = Zeroizing::new("s3cret_-".to_owned());
        let value = ApiKeyValue::new(Owner::User(UserId(id)), AccountId(id), ApiKeyId(id), secret);
        let text = value.reveal();
        assert!(text.starts_with("pat.00000000-0000-0000-0000-000000000007."), "{}", *text);
        assert_eq!(ApiKeyValue::parse(&text).as_ref(), Some(&value));
        assert!(!format!("{value:?}").contains("s3cret"));
    }

    #[test]
    fn what_is_no_key_is_none() {
        let id = Uuid::from_u128(7);
        let long = "x".repeat(MAX_SECRET_LENGTH + 1);
        for text in [
            String::new(),
            "pat".to_owned(),
            format!("pat.{id}.{id}"),
            format!("pat.{id}.{id}."),
            format!("pat.{id}.{id}.a.b"),
            format!("xat.{id}.{id}.a"),
            format!("pat.{id}.{id}.a b"),
            format!("pat.account.{id}.a"),
            format!("pat.{id}.{id}.{long}"),
        ] {
            assert_eq!(ApiKeyValue::parse(&text), None, "{text}");
        }
    }
}
