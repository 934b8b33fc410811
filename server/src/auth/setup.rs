//! The one-time setup code, which lets the first administrator in.

use std::fmt;

use subtle::ConstantTimeEq as _;

use crate::random;

/// Letters and digits that are not mistaken for one another; 32, so that every byte picks evenly.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A code of 12 characters (60 bits) in groups of four. It lives as long as the process, and works while there is no
/// user.
pub struct SetupCode(String);

impl Default for SetupCode {
    fn default() -> Self {
        let random = random::bytes::<12>();
        let mut code = String::with_capacity(14);
        for (at, byte) in random.iter().enumerate() {
            if at > 0 && at % 4 == 0 {
                code.push('-');
            }
            code.push(char::from(ALPHABET[usize::from(byte % 32)]));
        }
        Self(code)
    }
}

impl SetupCode {
    /// Whether it is what was typed; case and dashes do not matter.
    #[must_use]
    pub fn is(&self, typed: &str) -> bool {
        let plain =
            |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        plain(typed).as_bytes().ct_eq(plain(&self.0).as_bytes()).into()
    }

    /// The code, for the log at first start.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SetupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_typed_in_any_case_with_or_without_dashes() {
        let code = SetupCode::default();
        assert_eq!(code.expose().len(), 14);
        assert!(code.is(code.expose()));
        assert!(code.is(&format!(" {} ", code.expose().to_lowercase().replace('-', ""))));
        assert!(!code.is(""));
        assert!(!code.is(&code.expose()[1..]));
        assert_ne!(code.expose(), SetupCode::default().expose());
    }
}
