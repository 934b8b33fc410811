//! Values as install files hold them: each written in the language of its file, so that none can break out of its
//! place.
//!
//! A template takes nothing else. Its mark (`askama.toml`) is one of the types below, which are no escapers: askama
//! then accepts only what is [`Safe`], and that is only made here. A `&str` in a template does not compile.

use std::{fmt, marker::PhantomData};

use askama::filters::Safe;
use muster::escape::{shell_quoted, shell_word};
use zeroize::Zeroizing;

/// A value, written in language `L`. It may be a secret: it is wiped when it is dropped.
pub struct Written<L>(Zeroizing<String>, PhantomData<L>);

impl<L> fmt::Display for Written<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What fields of a template are: a value that was written in the template's language.
pub type In<L> = Safe<Written<L>>;

fn written<L>(text: Zeroizing<String>) -> In<L> {
    Safe(Written(text, PhantomData))
}

/// YAML 1.1 and 1.2.
#[derive(Clone, Copy, Debug)]
pub struct Yaml;

/// JSON.
#[derive(Clone, Copy, Debug)]
pub struct Json;

/// A script for bash or another POSIX shell.
#[derive(Clone, Copy, Debug)]
pub struct Shell;

/// Text that only people read.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

fn number<L>(number: u32) -> In<L> {
    written(Zeroizing::new(number.to_string()))
}

impl Yaml {
    /// A text, in quotes.
    pub fn text(text: &str) -> In<Self> {
        written(quoted(text))
    }

    /// A number.
    pub fn number(of: u32) -> In<Self> {
        number(of)
    }

    /// A name or an address: without quotes, where no reader can take it for anything but a text.
    pub fn name(text: &str) -> In<Self> {
        if is_plain(text) { written(Zeroizing::new(text.to_owned())) } else { Self::text(text) }
    }

    /// A variable as a compose file lists it: `NAME=value`. Compose replaces `$NAME`: two dollars stand for one.
    pub fn assignment(name: &str, value: &str) -> In<Self> {
        let value = Zeroizing::new(value.replace('$', "$$"));
        Self::text(&Zeroizing::new(format!("{name}={}", *value)))
    }

    /// The value of a container's variable, and a text of a compose file. Kubernetes replaces `$(NAME)`, compose
    /// `$NAME`: to both, two dollars stand for one.
    pub fn with_dollars(text: &str) -> In<Self> {
        Self::text(&Zeroizing::new(text.replace('$', "$$")))
    }
}

impl Json {
    /// A text, in quotes.
    pub fn text(text: &str) -> In<Self> {
        written(quoted(text))
    }

    /// A number.
    pub fn number(of: u32) -> In<Self> {
        number(of)
    }
}

impl Shell {
    /// A word of a command; in quotes, where it needs them.
    pub fn word(text: &str) -> In<Self> {
        written(Zeroizing::new(shell_word(text)))
    }

    /// A word of a command, in quotes.
    pub fn text(text: &str) -> In<Self> {
        written(Zeroizing::new(shell_quoted(text)))
    }
}

impl Plain {
    /// A text of one line; what would move a terminal's cursor becomes a space.
    pub fn line(text: &str) -> In<Self> {
        written(Zeroizing::new(text.replace(|c: char| c.is_control() || is_line_end(c), " ")))
    }
}

/// A JSON string, which is a YAML string, too (YAML 1.2, section 1.3) once nothing is left in it that YAML takes for a
/// line end or for not printable.
fn quoted(text: &str) -> Zeroizing<String> {
    let mut quoted = Zeroizing::new(String::with_capacity(text.len() + 2));
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if c.is_control() || is_line_end(c) || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

const fn is_line_end(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether every YAML reader takes it for a text as it stands: it begins with a letter, so it is no number and no
/// date, and is none of the words that mean something else.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"-._/:".contains(&c))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_goes_without_quotes_where_nothing_else_can_be_meant() {
        for (text, expected) in [
            ("edge-1", "edge-1"),
            ("https://muster.example.com:8443/x", "https://muster.example.com:8443/x"),
            ("muster-delegate:0.1.0", "muster-delegate:0.1.0"),
            ("yes", "\"yes\""),
            ("N", "\"N\""),
            ("Null", "\"Null\""),
            ("1e3", "\"1e3\""),
            ("0x1f", "\"0x1f\""),
            ("2026-11-22", "\"2026-11-22\""),
            ("a:", "\"a:\""),
            ("a #b", "\"a #b\""),
            ("", "\"\""),
            ("-", "\"-\""),
            ("a\"\\\u{85}\u{2028}\u{7f}\n", "\"a\\\"\\\\\\u0085\\u2028\\u007f\\n\""),
        ] {
            assert_eq!(Yaml::name(text).to_string(), expected, "{text:?}");
        }
        assert_eq!(Yaml::text("edge").to_string(), "\"edge\"");
        assert_eq!(Yaml::assignment("A", "$(x) $$").to_string(), "\"A=$$(x) $$$$\"");
        assert_eq!(Yaml::with_dollars("$(x)").to_string(), "\"$$(x)\"");
    }

    #[test]
    fn plain_text_keeps_its_line() {
        assert_eq!(Plain::line("a\u{1b}[2J\nb\u{2028}c").to_string(), "a [2J b c");
    }
}
