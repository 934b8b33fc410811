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

/// The bytes behind a text that is percent-encoded; none where something in it only looks so.
#[must_use]
pub fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let is_code =
        |piece: &str| piece.split_at_checked(2).is_some_and(|(code, _)| code.bytes().all(|c| c.is_ascii_hexdigit()));
    text.split('%').skip(1).all(is_code).then(|| percent_decode_str(text).collect())
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
    push_inside_quotes(&mut quoted, text);
    quoted.push('\'');
    quoted
}

/// A part of a shell's word that stands in single quotes already.
#[must_use]
pub fn shell_inside_quotes(text: &str) -> String {
    let mut inside = String::with_capacity(text.len() + 3 * text.matches('\'').count());
    push_inside_quotes(&mut inside, text);
    inside
}

/// What is in single quotes means itself, but for these: the quotes end, one of its own follows, and they begin again.
fn push_inside_quotes(quoted: &mut String, text: &str) {
    for (index, part) in text.split('\'').enumerate() {
        if index > 0 {
            quoted.push_str(r"'\''");
        }
        quoted.push_str(part);
    }
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
    fn what_only_looks_encoded_is_nothing() {
        assert_eq!(percent_decoded("a%40%ff+"), Some(b"a@\xff+".to_vec()));
        for bad in ["%", "%4", "100%", "%zz", "%é", "%4é"] {
            assert_eq!(percent_decoded(bad), None, "{bad}");
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
        assert_eq!((shell_quoted("a").as_str(), shell_inside_quotes("it's").as_str()), ("'a'", r"it'\''s"));
    }
}
