//! Scopes: account, organization, project. Every object belongs to one, and every query names one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{id::AccountId, text::Invalid};

/// The identifier of an organization or a project inside its account.
///
/// Begins with a letter or an underscore, goes on with letters, digits, `_` or `$`, has at most 128 characters: what
/// existing clients send as `orgIdentifier` and `projectIdentifier`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Identifier(String);

impl Identifier {
    /// Reads an identifier.
    ///
    /// # Errors
    /// Says what an identifier looks like.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let mut characters = text.chars();
        let begins = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        let goes_on = characters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
        if begins && goes_on && text.len() <= 128 {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "An identifier begins with a letter or _, goes on with letters, digits, _ or $, and has at most 128 characters.",
            ))
        }
    }

    /// The identifier's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Identifier {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Identifier> for String {
    fn from(identifier: Identifier) -> Self {
        identifier.0
    }
}

/// Where an object belongs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The account; one per installation.
    pub account: AccountId,
    /// The organization, where the object belongs to one.
    pub organization: Option<Identifier>,
    /// The project, where the object belongs to one; only inside an organization.
    pub project: Option<Identifier>,
}

impl Scope {
    /// The account's own scope.
    #[must_use]
    pub const fn account(account: AccountId) -> Self {
        Self { account, organization: None, project: None }
    }

    /// Reads a scope from its parts as clients and databases hold them, where empty text means none.
    ///
    /// # Errors
    /// Where an identifier is malformed, or a project has no organization.
    pub fn from_parts(account: AccountId, organization: &str, project: &str) -> Result<Self, Invalid> {
        let part = |text: &str| if text.is_empty() { Ok(None) } else { Identifier::parse(text).map(Some) };
        let (organization, project) = (part(organization)?, part(project)?);
        if project.is_some() && organization.is_none() {
            return Err(Invalid::new("A project needs its organization."));
        }
        Ok(Self { account, organization, project })
    }

    /// Whether another scope is this one or lies under it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        let covers = |own: &Option<Identifier>, other: &Option<Identifier>| own.is_none() || own == other;
        self.account == other.account
            && covers(&self.organization, &other.organization)
            && covers(&self.project, &other.project)
    }

    /// The organization's identifier, empty at the account.
    #[must_use]
    pub fn organization(&self) -> &str {
        self.organization.as_ref().map_or("", Identifier::as_str)
    }

    /// The project's identifier, empty at the account or an organization.
    #[must_use]
    pub fn project(&self) -> &str {
        self.project.as_ref().map_or("", Identifier::as_str)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.account)?;
        for part in [&self.organization, &self.project].into_iter().flatten() {
            write!(f, "/{}", part.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_scope_carry_the_same() {
        let account = AccountId(uuid::Uuid::nil());
        let scope = Scope::from_parts(account, "platform", "edge_1").unwrap();
        assert_eq!((scope.organization(), scope.project()), ("platform", "edge_1"));
        assert_eq!(Scope::from_parts(account, "", "").unwrap(), Scope::account(account));
    }

    #[test]
    fn a_scope_contains_what_lies_under_it() {
        let account = AccountId(uuid::Uuid::nil());
        let scope = |organization, project| Scope::from_parts(account, organization, project).unwrap();
        let all = [scope("", ""), scope("a", ""), scope("a", "x"), scope("a", "y"), scope("b", "x")];
        let contained = |outer: &Scope| all.iter().map(|inner| outer.contains(inner)).collect::<Vec<_>>();
        assert_eq!(contained(&all[0]), [true; 5]);
        assert_eq!(contained(&all[1]), [false, true, true, true, false]);
        assert_eq!(contained(&all[2]), [false, false, true, false, false]);
        assert!(!Scope::account(AccountId(uuid::Uuid::from_u128(1))).contains(&all[0]));
    }

    #[test]
    fn a_project_needs_an_organization_and_names_need_to_be_identifiers() {
        let account = AccountId(uuid::Uuid::nil());
        assert!(Scope::from_parts(account, "", "edge").is_err());
        for bad in ["1a", "a b", "a/b", "ä", &"a".repeat(129)] {
            assert!(Identifier::parse(bad).is_err(), "{bad}");
        }
    }
}
