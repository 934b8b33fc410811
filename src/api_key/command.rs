//! What is asked for about API keys and service accounts.

use std::time::Duration;

use super::{ApiKeyName, ServiceAccountName};
use crate::{
    form::{FormReader, InvalidFields},
    text::{Invalid, InvalidField},
    token::Expiry,
    user::{Role, parse_role},
};

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    /// What it is called.
    pub name: ApiKeyName,
    /// What it may do at most.
    pub role: Role,
    /// Until when it works.
    pub expiry: Expiry,
}

impl NewApiKey {
    /// Reads a form. For the two fields of the expiry see [`Expiry::parse`].
    ///
    /// # Errors
    /// Says which fields are wrong and how.
    pub fn parse(name: &str, role: &str, expires_in_days: &str, expires_at: &str) -> Result<Self, InvalidFields> {
        let mut form = FormReader::default();
        let name = form.field("name", ApiKeyName::parse(name));
        let role = form.part(parse_role(role));
        let expiry = form.part(Expiry::parse(expires_in_days, expires_at));
        form.finish(|| Some(Self { name: name?, role: role?, expiry: expiry? }))
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
}

impl NewServiceAccount {
    /// Reads a form.
    ///
    /// # Errors
    /// Says which fields are wrong and how.
    pub fn parse(name: &str, role: &str) -> Result<Self, InvalidFields> {
        let mut form = FormReader::default();
        let name = form.field("name", ServiceAccountName::parse(name));
        let role = form.part(parse_role(role));
        form.finish(|| Some(Self { name: name?, role: role? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_told() {
        let error = NewApiKey::parse(" ", "KING", "0", "").unwrap_err();
        let fields: Vec<&str> = error.iter().map(|field| field.field).collect();
        assert_eq!(fields, ["name", "role", "expires_in_days"]);
        assert!(NewApiKey::parse("ci", "VIEWER", "", "").is_ok());
    }

    #[test]
    fn an_overlap_has_an_end() {
        assert_eq!(Overlap::parse(" 24 "), Ok(Overlap(Duration::from_secs(86_400))));
        for bad in ["", "-1", "721", "1.5", "soon"] {
            assert_eq!(Overlap::parse(bad).unwrap_err().field, "overlap_hours", "{bad}");
        }
    }
}
