//! What is asked for about people.

use super::{Email, PersonName, Role};
use crate::text::InvalidField;

/// A person to be invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// The address that the person will sign in with.
    pub email: Email,
    /// What the person will be.
    pub role: Role,
}

impl Invite {
    /// Reads a form.
    ///
    /// # Errors
    /// Says which field is wrong and how.
    pub fn parse(email: &str, role: &str) -> Result<Self, InvalidField> {
        let email = Email::parse(email).map_err(|error| error.of_field("email"))?;
        Ok(Self { email, role: parse_role(role)? })
    }
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
