//! Scopes: account, organization, project. Every object belongs to one, and every query names one.

mod command;
mod view;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::{
    command::{NewScope, ScopeName, parse_scope_name},
    view::{ScopeChoice, ScopeContents, ScopeDetail, ScopeRow},
};
use crate::{
    id::{AccountId, ScopeId},
    text::Invalid,
    time::Timestamp,
};

/// How the part of an address begins that names an organization.
const ORGANIZATIONS: &str = "/orgs/";
/// How the part of it begins that names a project of that.
const PROJECTS: &str = "/projects/";

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

    /// The scope right above; none of the account.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let organization = self.organization.clone().filter(|_| self.project.is_some());
        self.organization.as_ref().map(|_| Self { account: self.account, organization, project: None })
    }

    /// This scope and those that it lies in, the narrowest first.
    pub fn and_above(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), Self::parent)
    }

    /// What a scope of its kind is called.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match (&self.organization, &self.project) {
            (_, Some(_)) => "project",
            (Some(_), None) => "organization",
            (None, None) => "account",
        }
    }

    /// The identifiers as people write them: `platform/edge`; empty for the account.
    #[must_use]
    pub fn identifiers(&self) -> String {
        let parts = [&self.organization, &self.project];
        parts.into_iter().flatten().map(Identifier::as_str).collect::<Vec<_>>().join("/")
    }

    /// Reads what [`Scope::identifiers`] writes.
    ///
    /// # Errors
    /// Where that is no organization, nor one and its project.
    pub fn parse(account: AccountId, identifiers: &str) -> Result<Self, Invalid> {
        let (organization, project) = identifiers.split_once('/').unwrap_or((identifiers, ""));
        if project.is_empty() && identifiers.contains('/') {
            return Err(Invalid::new(
                "Write an organization, or an organization and its project as organization/project.",
            ));
        }
        Self::from_parts(account, organization, project)
    }

    /// What addresses of pages at this scope begin with; empty for the account.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for (begin, part) in [(ORGANIZATIONS, &self.organization), (PROJECTS, &self.project)] {
            if let Some(part) = part {
                path.push_str(begin);
                // A `$` may stand in a path as it is.
                path.push_str(part.as_str());
            }
        }
        path
    }

    /// Splits the path of an address into the scope that it names and the rest; a path that names none is the account's.
    #[must_use]
    pub fn split(account: AccountId, path: &str) -> (Self, &str) {
        let account = Self::account(account);
        let Some((organization, rest)) = part(path, ORGANIZATIONS) else { return (account, path) };
        let scope = Self { organization: Some(organization), ..account };
        match part(rest, PROJECTS) {
            Some((project, rest)) => (Self { project: Some(project), ..scope }, rest),
            None => (scope, rest),
        }
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

/// What follows a beginning up to the next slash, and the rest, which is a path again.
fn part<'a>(path: &'a str, begin: &str) -> Option<(Identifier, &'a str)> {
    let path = path.strip_prefix(begin)?;
    let (name, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
    Some((Identifier::parse(name).ok()?, if rest.is_empty() { "/" } else { rest }))
}

/// An organization or a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedScope {
    /// Stays the same where the name changes.
    pub id: ScopeId,
    /// Which it is; never the account.
    pub scope: Scope,
    /// What people call it.
    pub name: ScopeName,
    /// The name or address of who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
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
    fn an_address_names_its_scope() {
        let account = AccountId(uuid::Uuid::nil());
        let scope = |organization, project| Scope::from_parts(account, organization, project).unwrap();
        for (path, organization, project, rest) in [
            ("/delegates", "", "", "/delegates"),
            ("/", "", "", "/"),
            ("/orgs/platform", "platform", "", "/"),
            ("/orgs/platform/", "platform", "", "/"),
            ("/orgs/platform/delegates/1/approve", "platform", "", "/delegates/1/approve"),
            ("/orgs/platform/projects/edge", "platform", "edge", "/"),
            ("/orgs/platform/projects/edge/tokens", "platform", "edge", "/tokens"),
            ("/orgs/platform/projects/", "platform", "", "/projects/"),
            ("/orgs/a b/tokens", "", "", "/orgs/a b/tokens"),
            ("/orgs//evil.example", "", "", "/orgs//evil.example"),
            ("/orgs", "", "", "/orgs"),
        ] {
            let named = scope(organization, project);
            assert_eq!(Scope::split(account, path), (named.clone(), rest), "{path}");
            let whole = format!("{}{}", named.path(), rest);
            assert_eq!(Scope::split(account, &whole), (named, rest), "{whole}");
        }
    }

    #[test]
    fn identifiers_are_read_as_they_are_written() {
        let account = AccountId(uuid::Uuid::nil());
        for text in ["", "platform", "platform/edge"] {
            let scope = Scope::parse(account, text).unwrap();
            assert_eq!(scope.identifiers(), text);
            assert_eq!(scope.and_above().count(), 1 + text.split('/').filter(|part| !part.is_empty()).count());
            assert!(scope.and_above().all(|above| above.contains(&scope)));
        }
        for bad in ["/", "platform/", "/edge", "a/b/c"] {
            assert!(Scope::parse(account, bad).is_err(), "{bad}");
        }
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
