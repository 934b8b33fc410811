//! A token's value as people paste it.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

use crate::text::{Invalid, deceives};

/// Reads the value; what pasting brings is overlooked.
///
/// # Errors
/// Says what is wrong. What was read is not repeated.
pub(super) fn read(text: &str) -> Result<[u8; 16], Invalid> {
    let text = tidied(text);
    if let Some(bytes) = from_hex(&text) {
        return Ok(bytes);
    }
    let decoded = LENIENT.decode(text.as_bytes()).map(Zeroizing::new).ok();
    let decoded = decoded.as_ref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    decoded.and_then(|inner| from_hex(&tidied(inner))).ok_or_else(|| untaken(&text))
}

/// Base64 with or without the `=` at its end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The value without what pasting brings: white space anywhere, characters that cannot be seen, quotes around it.
fn tidied(text: &str) -> Zeroizing<String> {
    let seen: Zeroizing<String> =
        Zeroizing::new(text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !deceives(*c)).collect());
    let quotes = ['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}', '\u{ab}', '\u{bb}'];
    Zeroizing::new(seen.trim_matches(quotes).to_owned())
}

/// Why a tidied text is no value.
fn untaken(text: &str) -> Invalid {
    let what = "A delegate token's value is 32 hexadecimal characters, or base64 of them";
    let count = text.chars().count();
    Invalid::new(if text.is_empty() {
        format!("{what}: here is nothing.")
    } else if text.chars().all(|c| matches!(c, '\u{2022}' | '*' | '.')) {
        format!("{what}: these dots only stand for it. Copy it where it was shown, or download the file.")
    } else if let Some(place) = text.chars().position(|c| !c.is_ascii_alphanumeric() && !"+/=".contains(c)) {
        format!("{what}: character {} of what is here can be part of neither.", place + 1)
    } else {
        format!("{what}: what is here has {count} characters and is neither.")
    })
}

fn from_hex(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    let mut bytes = [0; 16];
    if text.len() != 32 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::TokenValue;

    #[test]
    fn c27_what_pasting_brings_is_overlooked_where_the_value_is_unmistakable() {
        let value = TokenValue::from_bytes(*b"\xaa123456789abcdef");
        let hex = value.expose();
        let base64 = LENIENT.encode(hex.as_bytes());
        assert!(base64.ends_with('='));
        let (begin, end) = base64.split_at(20);
        for untidy in [
            format!("\"{}\"", *hex),
            format!("'{}'", *hex),
            format!(" \u{201c}{}\u{201d}\r\n", *hex),
            format!("`\"{}\"`", *hex),
            hex.to_uppercase(),
            format!("\u{a0}{}\u{a0}", *hex),
            format!("{}\u{a0}{}", &hex[..16], &hex[16..]),
            format!("\u{feff}{}\u{200b}", *hex),
            base64.trim_end_matches('=').to_owned(),
            format!("{begin}\n{end}\n"),
            format!("{begin}\r\n  {end}"),
            format!("\"{base64}\""),
            LENIENT.encode(format!("{}\n", *hex)),
            LENIENT.encode(format!("\"{}\"", *hex)),
            LENIENT.encode(hex.to_uppercase()),
        ] {
            assert_eq!(TokenValue::parse(&untidy).as_ref(), Ok(&value), "{untidy:?}");
        }
    }

    #[test]
    fn c27_what_is_wrong_with_a_value_is_named_and_the_value_is_not() {
        let hex = TokenValue::from_bytes(*b"0123456789abcdef").expose();
        for (wrong, says) in [
            (String::new(), ": here is nothing."),
            ("\"\"".to_owned(), ": here is nothing."),
            ("\u{2022}".repeat(16), ": these dots only stand for it."),
            (hex[1..].to_owned(), ": what is here has 31 characters and is neither."),
            (format!("{}00", *hex), ": what is here has 34 characters and is neither."),
            (hex.replacen('3', "\u{437}", 1), ": character 1 of what is here can be part of neither."),
            (format!("DELEGATE_TOKEN:{}", *hex), ": character 9 of what is here can be part of neither."),
            (format!("{}-", *hex), ": character 33 of what is here can be part of neither."),
        ] {
            let error = TokenValue::parse(&wrong).unwrap_err().to_string();
            assert!(error.contains(says) && !error.contains(&hex[4..12]), "{wrong}: {error}");
        }
    }
}
