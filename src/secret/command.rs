//! What is asked for about secrets.

use super::{SecretName, SecretValue};
use crate::{
    form::{FormReader, InvalidFields},
    id::ProfileId,
    text::{InvalidField, block},
};

/// The most characters of a description.
const MAX_DESCRIPTION_LENGTH: usize = 1000;

/// A secret to be made.
#[derive(Clone, Debug)]
pub struct NewSecret {
    /// What scripts will call it.
    pub name: SecretName,
    /// What it is for.
    pub description: String,
    /// Its value.
    pub value: SecretValue,
}

impl NewSecret {
    /// Reads a form.
    ///
    /// # Errors
    /// Says which fields are wrong and how, and does not repeat the value.
    pub fn parse(name: &str, description: &str, value: &str) -> Result<Self, InvalidFields> {
        let mut form = FormReader::default();
        let name = form.field("name", SecretName::parse(name));
        let value = form.part(parse_value(value));
        let description = form.part(parse_description(description));
        form.finish(|| Some(Self { name: name?, description: description?, value: value? }))
    }
}

/// What a person changes of a secret, beside its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretEdit {
    /// What it is for.
    pub description: String,
    /// The profiles that may use it; none where all may.
    pub profiles: Option<Vec<ProfileId>>,
}

impl SecretEdit {
    /// Reads a form: where it is not `limited`, the profiles mean nothing.
    ///
    /// # Errors
    /// Says which field is wrong and how.
    pub fn parse(description: &str, limited: bool, profiles: Vec<ProfileId>) -> Result<Self, InvalidField> {
        Ok(Self { description: parse_description(description)?, profiles: limited.then_some(profiles) })
    }
}

fn parse_description(text: &str) -> Result<String, InvalidField> {
    let text = block(text, "The description", MAX_DESCRIPTION_LENGTH).map_err(|error| error.of_field("description"))?;
    Ok(text.trim().to_owned())
}

/// Reads the value that a form gives a secret.
///
/// # Errors
/// Says what to change, and does not repeat the value.
pub fn parse_value(value: &str) -> Result<SecretValue, InvalidField> {
    SecretValue::parse(value).map_err(|error| error.of_field("value"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_fields_that_are_wrong_are_named_at_once_and_no_value() {
        let wrong = NewSecret::parse("not a name", &"x".repeat(1001), "s3cr").unwrap_err();
        let names: Vec<&str> = wrong.iter().map(|wrong| wrong.field).collect();
        assert_eq!(names, ["name", "value", "description"]);
        assert!(!wrong.to_string().contains("s3cr"));
    }
}
