//! Why a call got no whole answer, in words.

use std::error::Error;

/// The most characters of a text from outside that are told.
const MAX_TEXT_LENGTH: usize = 300;

/// Why a call got no whole answer, as the end of a sentence. Never an address: it may hold a proxy's password.
#[must_use]
pub fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it does not answer in time".to_owned();
    }
    // The innermost cause says it best; the outermost would repeat the address.
    let mut cause: &dyn Error = error;
    let mut certificate = false;
    while let Some(inner) = cause.source() {
        cause = inner;
        certificate |= cause.to_string().contains("invalid peer certificate");
    }
    if certificate {
        return format!(
            "its certificate is not trusted ({}); where the certificate is right, name the file of its root in \
             SSL_CERT_FILE",
            log_safe(&cause.to_string())
        );
    }
    if cause.downcast_ref::<reqwest::Error>().is_some() {
        return "the call could not be made".to_owned();
    }
    log_safe(&cause.to_string())
}

/// Text from outside, made fit for one line of a log or a terminal.
#[must_use]
pub fn log_safe(text: &str) -> String {
    let one_line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = one_line.clone().take(MAX_TEXT_LENGTH).collect();
    if one_line.count() > MAX_TEXT_LENGTH {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_from_outside_is_one_line_and_bounded() {
        assert_eq!(log_safe("a\r\nb\u{1b}[31m"), "a  b [31m");
        assert_eq!(log_safe(&"ä".repeat(400)).chars().count(), 301);
    }
}
