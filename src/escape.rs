//! Text, written so that it means itself where other text has a meaning: in a URL, and in a shell.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but what RFC 3986, section 2.3, calls unreserved.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same, but for what parts a path.
const PATH: &AsciiSet = &COMPONENT.remove(b'/');

/// Percent-encodes a part of a URL.
#[must_use]
pub fn url_component(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

/// Percent-encodes a path, whose slashes stay.
#[must_use]
pub fn url_path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

/// Reads a part of a query: a plus is a space. What is no text becomes replacement characters.
#[must_use]
pub fn read_query(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// A word of a shell's command; in quotes, where it needs them.
#[must_use]
pub fn shell_word(text: &str) -> String {
    // A dash at its beginning would make an option of it.
    let plain = |c: u8| c.is_ascii_alphanumeric() || b"-._/:@".contains(&c);
    if !text.is_empty() && !text.starts_with('-') && text.bytes().all(plain) {
        text.to_owned()
    } else {
        shell_quoted(text)
    }
}

/// A word of a shell's command, in quotes.
#[must_use]
pub fn shell_quoted(text: &str) -> String {
    // At once as long as it will be: it may be a secret, which should leave no copies behind.
    let mut quoted = String::with_capacity(text.len() + 2 + 3 * text.matches('\'').count());
    quoted.push('\'');
    for (index, part) in text.split('\'').enumerate() {
        if index > 0 {
            quoted.push_str(r"'\''");
        }
        quoted.push_str(part);
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_into_a_query_is_read_back() {
        assert_eq!(url_component("a&b=c é/~"), "a%26b%3Dc%20%C3%A9%2F~");
        assert_eq!(url_path("/delegates?q=a b&x=1"), "/delegates%3Fq%3Da%20b%26x%3D1");
        for text in ["a&b=c é", "100%", "%41", "a+b", "\n\u{2028}", "'\"<>#?"] {
            assert_eq!(read_query(&url_component(text)), text);
        }
        for (lenient, text) in [("1+2", "1 2"), ("%4", "%4"), ("%ff", "\u{fffd}"), ("%+1", "% 1")] {
            assert_eq!(read_query(lenient), text);
        }
    }

    #[test]
    fn shell_words_are_quoted_where_they_need_it() {
        for (text, expected) in [
            ("edge-1", "edge-1"),
            ("", "''"),
            ("-rf", "'-rf'"),
            ("~", "'~'"),
            ("it's", r"'it'\''s'"),
            ("a b\n$(id)`id`", "'a b\n$(id)`id`'"),
        ] {
            assert_eq!(shell_word(text), expected, "{text:?}");
        }
        assert_eq!(shell_quoted("a"), "'a'");
    }
}
