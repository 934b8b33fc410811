//! Text that came from outside: parsed once at the edge, valid from there on.

mod unicode;

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

pub(crate) use self::unicode::deceives;
pub use self::unicode::{mixes_scripts, revealed};

/// Input that cannot be taken. The message says what to change and never repeats a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{0}")]
pub struct Invalid(Cow<'static, str>);

impl Invalid {
    /// An error with a whole sentence that says what to change.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(message.into())
    }

    /// The same, of one field of a form or a request.
    #[must_use]
    pub const fn of_field(self, field: &'static str) -> InvalidField {
        InvalidField { field, error: self }
    }
}

/// A field that cannot be taken as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {error}")]
pub struct InvalidField {
    /// The field's name; empty where it is the form or the request as a whole.
    pub field: &'static str,
    /// What to change.
    pub error: Invalid,
}

/// Text of one line, trimmed, of 1 to `max_length` characters, without control characters and such as deceive (see
/// [`honest`]). `noun` begins the error's sentence.
///
/// # Errors
/// Says what is wrong with the text.
pub fn line(text: &str, noun: &str, max_length: usize) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Invalid::new(format!("{noun} must not be empty.")));
    }
    if text.chars().any(char::is_control) {
        return Err(Invalid::new(format!("{noun} must be one line without control characters.")));
    }
    honest(text, noun)?;
    at_most(text, noun, max_length)?;
    Ok(text.to_owned())
}

/// Checks that a text shows what is there: that it has no character that cannot be seen or that reorders others, and
/// none that would be drawn onto what stands before the text. `noun` begins the error's sentence.
///
/// # Errors
/// Names the character by its number.
pub fn honest(text: &str, noun: &str) -> Result<(), Invalid> {
    if let Some(c) = text.chars().find(|c| deceives(*c)) {
        return Err(Invalid::new(format!(
            "{noun} must not contain characters that cannot be seen or that reorder others: U+{:04X}.",
            u32::from(c)
        )));
    }
    if text.starts_with(unicode::is_mark) {
        return Err(Invalid::new(format!("{noun} must not begin with a combining mark.")));
    }
    Ok(())
}

/// Text of any lines, of at most `max_length` characters, without control characters but for tabs and line ends. `noun`
/// begins the error's sentence.
///
/// # Errors
/// Says what is wrong with the text.
pub fn block(text: &str, noun: &str, max_length: usize) -> Result<String, Invalid> {
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Invalid::new(format!("{noun} must not contain control characters.")));
    }
    script(text, noun, max_length)
}

/// Text that a program reads: of at most `max_length` characters, without NUL. `noun` begins the error's sentence.
///
/// # Errors
/// Says what is wrong with the text.
pub fn script(text: &str, noun: &str, max_length: usize) -> Result<String, Invalid> {
    if text.contains('\0') {
        return Err(Invalid::new(format!("{noun} must not contain a NUL character.")));
    }
    at_most(text, noun, max_length)?;
    // Browsers send forms with CRLF; scripts run with LF.
    Ok(text.replace("\r\n", "\n"))
}

fn at_most(text: &str, noun: &str, max_length: usize) -> Result<(), Invalid> {
    let length = text.chars().count();
    if length > max_length {
        return Err(Invalid::new(format!("{noun} is too long: {length} characters, at most {max_length}.")));
    }
    Ok(())
}

/// A newtype over one line of text.
macro_rules! line_type {
    ($(#[$doc:meta])* $name:ident, $noun:literal, $max_length:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The most characters it may have.
            pub const MAX_LENGTH: usize = $max_length;

            /// Reads it from outside: trimmed, one line, neither empty nor too long.
            ///
            /// # Errors
            /// Says what to change.
            pub fn parse(text: &str) -> Result<Self, $crate::text::Invalid> {
                $crate::text::line(text, $noun, $max_length).map(Self)
            }

            /// Reads one that was stored. A version before may have taken characters that are refused today: � stands
            /// in their place.
            ///
            /// # Errors
            /// As for [`Self::parse`].
            pub fn restore(text: &str) -> Result<Self, $crate::text::Invalid> {
                Self::parse(&$crate::text::revealed(text))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::text::Invalid;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}
pub(crate) use line_type;

/// Selectors: the words that label a delegate or a profile. Kept in the order given, without repetitions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Selectors(Vec<String>);

impl Selectors {
    /// The most selectors one object may carry.
    pub const MAX_COUNT: usize = 50;
    /// The most characters of one selector.
    pub const MAX_LENGTH: usize = 128;

    /// Takes a list as a client sends it; empty ones and repetitions are dropped.
    ///
    /// # Errors
    /// Says which selector is wrong and how, or that there are too many.
    pub fn new<T: AsRef<str>>(selectors: impl IntoIterator<Item = T>) -> Result<Self, Invalid> {
        let mut kept: Vec<String> = Vec::new();
        for selector in selectors {
            let selector = selector.as_ref().trim();
            if selector.is_empty() || kept.iter().any(|one| one == selector) {
                continue;
            }
            if kept.len() == Self::MAX_COUNT {
                return Err(Invalid::new(format!("There are too many selectors: at most {}.", Self::MAX_COUNT)));
            }
            if selector.contains(',') {
                return Err(Invalid::new("A selector must not contain a comma."));
            }
            kept.push(line(selector, "A selector", Self::MAX_LENGTH)?);
        }
        Ok(Self(kept))
    }

    /// Reads what a person writes: selectors separated by commas or line ends.
    ///
    /// # Errors
    /// As for [`Selectors::new`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::new(text.split([',', '\n']))
    }

    /// Reads what was stored. A version before may have taken characters that are refused today: � stands in their
    /// place.
    ///
    /// # Errors
    /// As for [`Selectors::new`].
    pub fn restore(text: &str) -> Result<Self, Invalid> {
        Self::parse(&revealed(text))
    }

    /// The selectors, one by one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// As a person writes them: separated by a comma and a space.
impl fmt::Display for Selectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_checked() {
        assert_eq!(line("  a b ", "The name", 3).unwrap(), "a b");
        for (text, message) in [
            ("", "The name must not be empty."),
            (" \t ", "The name must not be empty."),
            ("a\nb", "The name must be one line without control characters."),
            ("äöüß", "The name is too long: 4 characters, at most 3."),
        ] {
            assert_eq!(line(text, "The name", 3).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn c25_names_that_deceive_are_refused_and_old_ones_are_shown_for_what_they_are() {
        line_type!(
            /// A name.
            Name, "The name", 64
        );
        for (deceit, seen) in [
            ("edge-\u{202e}dorp", "edge-\u{fffd}dorp"),
            ("\u{200b}", "\u{fffd}"),
            ("edge\u{ad}-1", "edge\u{fffd}-1"),
            ("\u{feff}edge-1", "\u{fffd}edge-1"),
            ("\u{3164}", "\u{fffd}"),
            ("edge\u{e0031}", "edge\u{fffd}"),
            ("edge\u{a0}1", "edge\u{fffd}1"),
            ("\u{301}\u{302}", "\u{fffd}\u{302}"),
        ] {
            let error = Name::parse(deceit).unwrap_err().to_string();
            assert!(error.starts_with("The name must not ") && !error.contains(deceit), "{error}");
            assert!(Selectors::parse(&format!("a, {deceit}")).is_err(), "{deceit:?}");
            assert_eq!(Name::restore(deceit).unwrap().as_str(), seen);
            assert_eq!(Selectors::restore(&format!("a, {deceit}")).unwrap().to_string(), format!("a, {seen}"));
        }
        let error = Name::parse("edge-\u{202e}dorp").unwrap_err().to_string();
        assert_eq!(error, "The name must not contain characters that cannot be seen or that reorder others: U+202E.");
        for honest in ["e\u{301}dge", "кран-1", "東京 🚚", "a  b"] {
            assert_eq!(Name::parse(honest).unwrap().as_str(), honest);
        }
    }

    #[test]
    fn selectors_keep_their_order_without_repetitions() {
        let selectors = Selectors::parse(" linux, amd64,,linux\nfrankfurt ").unwrap();
        assert_eq!(selectors.to_string(), "linux, amd64, frankfurt");
        assert_eq!(Selectors::parse(&selectors.to_string()).unwrap(), selectors);
    }

    #[test]
    fn selectors_are_bounded() {
        let many: Vec<String> = (0..=Selectors::MAX_COUNT).map(|n| n.to_string()).collect();
        assert!(Selectors::new(&many).unwrap_err().to_string().contains("at most 50"));
        assert!(Selectors::new(["x".repeat(129)]).is_err());
        assert!(Selectors::new(["a,b"]).is_err());
    }
}
