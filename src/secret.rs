//! Secrets: values that startup scripts use and nobody reads.
//!
//! A script names one as `${secrets.getValue("name")}`; the value takes that place when the script is handed to an
//! approved delegate. In a shell script it is quoted as that place needs it (see `secret/shell.rs`).

mod command;
mod refused;
mod shell;
mod view;

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

pub use self::{
    command::{NewSecret, SecretEdit, parse_value},
    refused::{not_allowed, unknown},
    view::{Handout, ProfileChoice, SecretDetail, SecretRow},
};
use crate::{id::SecretId, scope::Scope, text::Invalid, time::Timestamp};

use self::shell::Shell;

/// How a reference begins, and how it ends.
const WRITTEN: [(&str, &str); 2] = [("${secrets.", "}"), ("<+secrets.", ">")];
const CALL: &str = "getValue(";

/// The name of a secret; unique in its scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretName(String);

impl SecretName {
    /// The most characters it may have.
    pub const MAX_LENGTH: usize = 128;

    /// Reads a name.
    ///
    /// # Errors
    /// Says what a name looks like.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let plain = text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.'));
        if plain && !text.is_empty() && text.len() <= Self::MAX_LENGTH {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("Use letters, digits, dots, dashes and underscores; at most 128 characters."))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for SecretName {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<SecretName> for String {
    fn from(name: SecretName) -> Self {
        name.0
    }
}

/// A secret's value. It is written once and read by delegates alone, and prints as `[redacted]`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SecretValue(String);

impl SecretValue {
    /// The fewest characters: a shorter one would be masked in every log by chance.
    pub const MIN_LENGTH: usize = 6;
    /// The most characters.
    pub const MAX_LENGTH: usize = 16 * 1024;

    /// Takes a value as a person gave it. Line ends at its end are dropped: files and clipboards bring them.
    ///
    /// # Errors
    /// Says what to change, and does not repeat the value.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.replace("\r\n", "\n");
        let text = text.trim_end_matches('\n');
        if text.contains('\0') {
            return Err(Invalid::new("The value must not contain a NUL character."));
        }
        let length = text.trim().chars().count();
        if length < Self::MIN_LENGTH {
            return Err(Invalid::new(
                "The value must have at least 6 characters: a shorter one cannot be masked in logs.",
            ));
        }
        if text.chars().count() > Self::MAX_LENGTH {
            return Err(Invalid::new("The value is too long: at most 16384 characters."));
        }
        Ok(Self(text.to_owned()))
    }

    /// The value in clear.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A secret, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// By which URLs and other rows name it; UUIDv7, so that newer ones sort behind.
    pub id: SecretId,
    /// Where it belongs.
    pub scope: Scope,
    /// What scripts call it.
    pub name: SecretName,
    /// What it is for.
    pub description: String,
    /// Whether only some profiles may use it.
    pub limited: bool,
    /// Who made it; empty where that was not recorded yet.
    pub created_by: String,
    /// Who gave it its value.
    pub updated_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was given its value.
    pub updated_at: Timestamp,
}

/// The secrets that a script names, each once, in the order in which they first appear.
///
/// # Errors
/// Says how to write a reference where one begins and is not right.
pub fn references(script: &str) -> Result<Vec<SecretName>, Invalid> {
    let mut names = Vec::new();
    visit(script, |part| {
        if let Part::Secret(name, _) = part
            && !names.contains(&name)
        {
            names.push(name);
        }
        Ok(())
    })?;
    Ok(names)
}

/// The script with every reference replaced by its value. In a shell script each is quoted where it stands, so that it
/// arrives whole, whatever is in it; elsewhere it stands as it is.
///
/// # Errors
/// Names the secret that `value` does not find, or says how to write a reference.
pub fn expand<'v>(script: &str, value: impl Fn(&SecretName) -> Option<&'v SecretValue>) -> Result<String, Invalid> {
    let mut text = String::with_capacity(script.len());
    let mut shell = shell::runs(script).then(Shell::new);
    visit(script, |part| {
        match (part, &mut shell) {
            (Part::Text(part), shell) => {
                text.push_str(part);
                if let Some(shell) = shell {
                    shell.read(part);
                }
            }
            (Part::Secret(name, reference), shell) => {
                let value = value(&name).ok_or_else(|| unknown(&name))?.expose();
                match shell {
                    Some(shell) => text.push_str(shell.write(value).as_deref().unwrap_or(reference)),
                    None => text.push_str(value),
                }
            }
        }
        Ok(())
    })?;
    Ok(text)
}

enum Part<'a> {
    Text(&'a str),
    /// A reference, and how it is written.
    Secret(SecretName, &'a str),
}

fn visit<'a>(script: &'a str, mut take: impl FnMut(Part<'a>) -> Result<(), Invalid>) -> Result<(), Invalid> {
    let mut rest = script;
    let next = |text: &str| {
        let found = WRITTEN.iter().filter_map(|(begin, end)| Some((text.find(begin)?, begin.len(), *end)));
        found.min_by_key(|(at, ..)| *at)
    };
    while let Some((at, begin, end)) = next(rest) {
        let (before, reference) = rest.split_at(at);
        take(Part::Text(before))?;
        let name = || {
            let call = reference[begin..].strip_prefix(CALL)?;
            let quote = call.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            let (name, after) = call[1..].split_once(quote)?;
            let after = after.strip_prefix(')')?.strip_prefix(end)?;
            // What is not a name holds a quote or a line end: its end belongs to another reference.
            Some((SecretName::parse(name).ok().filter(|parsed| parsed.as_str() == name)?, after))
        };
        let Some((name, after)) = name() else {
            let line = script[..script.len() - reference.len()].matches('\n').count() + 1;
            return Err(Invalid::new(format!("Line {line}: write a secret as ${{secrets.getValue(\"name\")}}.")));
        };
        take(Part::Secret(name, &reference[..reference.len() - after.len()]))?;
        rest = after;
    }
    take(Part::Text(rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn references_are_found_once_each() {
        let script =
            "a ${secrets.getValue(\"one\")} ${secrets.getValue(\"two.x\")}${secrets.getValue(\"one\")} $secrets";
        let names: Vec<String> = references(script).unwrap().into_iter().map(Into::into).collect();
        assert_eq!(names, ["one", "two.x"]);
    }

    #[test]
    fn d34_references_are_understood_as_both_generations_write_them() {
        let value = SecretValue::parse("a-value").unwrap();
        for reference in [
            "${secrets.getValue(\"one\")}",
            "${secrets.getValue('one')}",
            "<+secrets.getValue(\"one\")>",
            "<+secrets.getValue('one')>",
        ] {
            let text = expand(&format!("x='{reference}'{reference}>y"), |_| Some(&value)).unwrap();
            assert_eq!(text, "x='a-value'a-value>y", "{reference}");
        }
    }

    #[test]
    fn a_reference_that_is_not_right_is_named_by_its_line() {
        for wrong in [
            "${secrets.getValue(one)}",
            "${secrets.getValue('one\")}",
            "<+secrets.getValue(\"one\")}",
            "<+secrets.one>",
            "${secrets.getValue(\"\")}",
            "${secrets.getValue(\"a b\")}",
            "${secrets.getvalue(\"one\")}",
            "${secrets.getValue(\"one\")",
            "${secrets.one}",
        ] {
            let error = references(&format!("set -e\n{wrong}\n")).unwrap_err().to_string();
            assert_eq!(error, "Line 2: write a secret as ${secrets.getValue(\"name\")}.", "{wrong}");
        }
    }

    #[test]
    fn values_take_the_place_of_their_references_and_are_not_read_again() {
        let value = SecretValue::parse("${secrets.getValue(\"two\")}").unwrap();
        let text =
            expand("x=${secrets.getValue(\"one\")};", |name| (name.as_str() == "one").then_some(&value)).unwrap();
        assert_eq!(text, "x='${secrets.getValue(\"two\")}';");
        let error = expand("${secrets.getValue(\"three\")}", |_| None).unwrap_err().to_string();
        assert_eq!(error, "There is no secret three. Add it under Secrets, or correct its name in the script.");
    }

    #[test]
    fn values_are_bounded_and_never_printed() {
        for short in ["", "12345", "   a \n\n"] {
            assert!(SecretValue::parse(short).is_err());
        }
        assert!(SecretValue::parse(&"x".repeat(SecretValue::MAX_LENGTH + 1)).is_err());
        let value = SecretValue::parse("line one\r\nline two\r\n").unwrap();
        assert_eq!(value.expose(), "line one\nline two");
        assert_eq!(format!("{value:?}"), "[redacted]");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(script in "(\\PC|\\$\\{secrets\\.|getValue\\(\"|\"\\)\\}|\n){0,40}") {
            let _ = references(&script);
        }
    }
}
