//! What is asked for about secrets.

use super::{SecretName, SecretValue};
use crate::text::InvalidField;

/// A secret to be made.
#[derive(Clone, Debug)]
pub struct NewSecret {
    /// What scripts will call it.
    pub name: SecretName,
    /// Its value.
    pub value: SecretValue,
}

impl NewSecret {
    /// Reads a form.
    ///
    /// # Errors
    /// Says which field is wrong and how, and does not repeat the value.
    pub fn parse(name: &str, value: &str) -> Result<Self, InvalidField> {
        let name = SecretName::parse(name).map_err(|error| error.of_field("name"))?;
        Ok(Self { name, value: parse_value(value)? })
    }
}

/// Reads the value that a form gives a secret.
///
/// # Errors
/// Says what to change, and does not repeat the value.
pub fn parse_value(value: &str) -> Result<SecretValue, InvalidField> {
    SecretValue::parse(value).map_err(|error| error.of_field("value"))
}
