//! What is asked for about organizations and projects.

use super::{Identifier, Scope};
use crate::{
    form::{FormReader, InvalidFields},
    text::{Invalid, InvalidField, line_type},
};

line_type!(
    /// What people call an organization or a project.
    ScopeName,
    "The name",
    100
);

/// An organization or a project to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewScope {
    /// Which it will be; never the account.
    pub scope: Scope,
    /// What people will call it.
    pub name: ScopeName,
}

impl NewScope {
    /// Reads a form: of an organization at the account, of a project at an organization. Without an identifier the name
    /// becomes one.
    ///
    /// # Errors
    /// Says which fields are wrong and how.
    pub fn parse(parent: &Scope, name: &str, identifier: &str) -> Result<Self, InvalidFields> {
        if parent.project.is_some() {
            return Err(Invalid::new("A project has no projects in it. Switch to its organization.")
                .of_field("")
                .into());
        }
        let mut form = FormReader::default();
        let (text, field) = match identifier.trim() {
            "" => (identifier_of(name), "name"),
            given => (given.to_owned(), "identifier"),
        };
        let name = form.field("name", ScopeName::parse(name));
        let identifier = Identifier::parse(&text).map_err(|error| match field {
            "name" => Invalid::new("Enter an identifier too: of this name none can be made."),
            _ => error,
        });
        let field = if field == "name" && name.is_some() { "identifier" } else { field };
        let identifier = form.field(field, identifier);
        form.finish(|| {
            let identifier = identifier?;
            let scope = match &parent.organization {
                None => Scope { organization: Some(identifier), ..parent.clone() },
                Some(_) => Scope { project: Some(identifier), ..parent.clone() },
            };
            Some(Self { scope, name: name? })
        })
    }
}

/// The identifier that a name makes: what cannot stand in one becomes `_`.
fn identifier_of(name: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let text: String = name.trim().chars().map(fits).collect();
    let text = text.trim_matches('_');
    if text.starts_with(|c: char| c.is_ascii_digit()) { format!("_{text}") } else { text.to_owned() }
}

/// Reads what an organization or a project is to be called.
///
/// # Errors
/// Says what to change.
pub fn parse_scope_name(name: &str) -> Result<ScopeName, InvalidField> {
    ScopeName::parse(name).map_err(|error| error.of_field("name"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AccountId;

    #[test]
    fn a_name_makes_an_identifier_where_none_is_given() {
        let account = Scope::account(AccountId(uuid::Uuid::nil()));
        let made = |parent: &Scope, name, identifier| {
            NewScope::parse(parent, name, identifier).map(|new| new.scope.identifiers())
        };
        assert_eq!(made(&account, "Platform Team", "").unwrap(), "platform_team");
        assert_eq!(made(&account, "3 Edges", "").unwrap(), "_3_edges");
        assert_eq!(made(&account, "Platform Team", "platform").unwrap(), "platform");
        let platform = Scope::parse(account.account, "platform").unwrap();
        assert_eq!(made(&platform, "Edge", "").unwrap(), "platform/edge");
        assert_eq!(made(&account, "Größe", "").unwrap(), "gr__e");
        assert_eq!(made(&account, "日本", "").unwrap_err().first().field, "identifier");
        assert_eq!(made(&account, "Platform", "a b").unwrap_err().first().field, "identifier");
        let edge = Scope::parse(account.account, "platform/edge").unwrap();
        assert!(made(&edge, "Edge", "").is_err());
        assert_eq!(made(&account, " ", "").unwrap_err().first().field, "name");
    }
}
