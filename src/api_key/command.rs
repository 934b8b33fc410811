//! What is asked for about API keys and service accounts.

use std::time::Duration;

use super::{ApiKeyName, ServiceAccountName};
use crate::{
    form::{FormReader, InvalidFields},
    id::AccountId,
    scope::Scope,
    text::{Invalid, InvalidField},
    token::Expiry,
    user::{Role, parse_role, parse_scope},
};

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    /// What it is called.
    pub name: ApiKeyName,
    /// What it may do at most.
    pub role: Role,
    /// Where it may do it, and in all that lies under that.
    pub scope: Scope,
    /// Until when it works.
    pub expiry: Expiry,
}

impl NewApiKey {
    /// Reads a form. For the scope see [`parse_scope`], for the two fields of the expiry [`Expiry::parse`].
    ///
    /// # Errors
    /// Says which fields are wrong and how.
    pub fn parse(
        account: AccountId,
        name: &str,
        role: &str,
        scope: &str,
        expires_in_days: &str,
        expires_at: &str,
    ) -> Result<Self, InvalidFields> {
        let mut form = FormReader::default();
        let name = form.field("name", ApiKeyName::parse(name));
        let role = form.part(parse_role(role));
        let scope = form.part(parse_scope(account, scope));
        let expiry = form.part(Expiry::parse(expires_in_days, expires_at));
        form.finish(|| Some(Self { name: name?, role: role?, scope: scope?, expiry: expiry? }))
    }
}

/// For how long the old value of a key works beside the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap(pub Duration);

impl Overlap {
    /// The hours that a form offers at first.
    pub const DEFAULT_HOURS: u32 = 24;
    /// The most hours. Whoever needs longer makes a second key.
    pub const MAX_HOURS: u32 = 30 * 24;

    /// Reads a number of hours; 0 where the old value must not work any more.
    ///
    /// # Errors
    /// Says what to change.
    pub fn parse(hours: &str) -> Result<Self, InvalidField> {
        let read: Option<u32> = hours.trim().parse().ok().filter(|hours| *hours <= Self::MAX_HOURS);
        let hours = read.ok_or_else(|| {
            let sentence = format!("Enter a whole number of hours from 0 to {}.", Self::MAX_HOURS);
            Invalid::new(sentence).of_field("overlap_hours")
        })?;
        Ok(Self(Duration::from_secs(u64::from(hours) * 60 * 60)))
    }
}

/// A service account to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewServiceAccount {
    /// What it is called.
    pub name: ServiceAccountName,
    /// What its keys may do at most.
    pub role: Role,
    /// Where they may do it, and in all that lies under that.
    pub scope: Scope,
}

impl NewServiceAccount {
    /// Reads a form. For the scope see [`parse_scope`].
    ///
    /// # Errors
    /// Says which fields are wrong and how.
    pub fn parse(account: AccountId, name: &str, role: &str, scope: &str) -> Result<Self, InvalidFields> {
        let mut form = FormReader::default();
        let name = form.field("name", ServiceAccountName::parse(name));
        let role = form.part(parse_role(role));
        let scope = form.part(parse_scope(account, scope));
        form.finish(|| Some(Self { name: name?, role: role?, scope: scope? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_told() {
        let account = AccountId(uuid::Uuid::nil());
        let error = NewApiKey::parse(account, " ", "KING", "/edge", "0", "").unwrap_err();
        let fields: Vec<&str> = error.iter().map(|field| field.field).collect();
        assert_eq!(fields, ["name", "role", "scope", "expires_in_days"]);
        let key = NewApiKey::parse(account, "ci", "VIEWER", "platform/edge", "", "").unwrap();
        assert_eq!(key.scope.identifiers(), "platform/edge");
    }

    #[test]
    fn an_overlap_has_an_end() {
        assert_eq!(Overlap::parse(" 24 "), Ok(Overlap(Duration::from_secs(86_400))));
        for bad in ["", "-1", "721", "1.5", "soon"] {
            assert_eq!(Overlap::parse(bad).unwrap_err().field, "overlap_hours", "{bad}");
        }
    }
}
