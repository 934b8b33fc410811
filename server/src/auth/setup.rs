//! The one-time setup code, which lets the first administrator in.

use std::fmt;

use subtle::ConstantTimeEq as _;

use super::readable_code;

/// A code of 12 characters (60 bits) in groups of four. It lives as long as the process, and works while there is no
/// user.
pub struct SetupCode(String);

impl Default for SetupCode {
    fn default() -> Self {
        Self(readable_code::new())
    }
}

impl SetupCode {
    /// Whether it is what was typed; case and dashes do not matter.
    #[must_use]
    pub fn is(&self, typed: &str) -> bool {
        let (typed, code) = (readable_code::normal(typed), readable_code::normal(&self.0));
        typed.as_bytes().ct_eq(code.as_bytes()).into()
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
