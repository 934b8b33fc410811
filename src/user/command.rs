//! What is asked for about people.

use super::{Email, PersonName, Role};
use crate::{access::Grant, id::AccountId, scope::Scope, text::InvalidField};

/// A person to be invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// The address that the person will sign in with.
    pub email: Email,
    /// The role that the person will have, and where.
    pub grant: Grant,
}

impl Invite {
    /// Reads a form. For the scope see [`parse_scope`].
    ///
    /// # Errors
    /// Says which field is wrong and how.
    pub fn parse(account: AccountId, email: &str, role: &str, scope: &str) -> Result<Self, InvalidField> {
        let email = Email::parse(email).map_err(|error| error.of_field("email"))?;
        let role = parse_role(role)?;
        Ok(Self { email, grant: Grant { role, scope: parse_scope(account, scope)? } })
    }
}

/// Reads where a role or a key counts: empty for the account, an organization, or `organization/project`.
///
/// # Errors
/// Says what to write.
pub fn parse_scope(account: AccountId, scope: &str) -> Result<Scope, InvalidField> {
    Scope::parse(account, scope.trim()).map_err(|error| error.of_field("scope"))
}

/// Reads the role that a form gives a person.
///
/// # Errors
/// Says that one has to be chosen.
pub fn parse_role(code: &str) -> Result<Role, InvalidField> {
    Role::parse(code).map_err(|error| error.of_field("role"))
}

/// Reads what a person wants to be called.
///
/// # Errors
/// Says what to change.
pub fn parse_name(name: &str) -> Result<PersonName, InvalidField> {
    PersonName::parse(name).map_err(|error| error.of_field("name"))
}
