//! The second factor: time-based codes of an authenticator app (TOTP, RFC 6238), and recovery codes for who has lost it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How many recovery codes a person gets at a time.
pub const RECOVERY_CODES: usize = 10;
/// The digits of an authenticator app's code.
pub const CODE_DIGITS: usize = 6;

/// A code as a person typed it: an authenticator app's, or a recovery code. It is never printed.
#[derive(Clone, Serialize, Deserialize, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
#[serde(transparent)]
pub struct TypedCode(String);

impl TypedCode {
    /// A code as typed.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Its letters and digits, the letters in upper case: people type blanks and dashes as they see them.
    #[must_use]
    pub fn normal(&self) -> zeroize::Zeroizing<String> {
        self.0.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect::<String>().into()
    }

    /// Whether it looks like an authenticator app's code. Any other can only be a recovery code.
    #[must_use]
    pub fn is_of_app(&self) -> bool {
        let code = self.normal();
        code.len() == CODE_DIGITS && code.bytes().all(|byte| byte.is_ascii_digit())
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What a person sees of the own second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// When it was turned on.
    pub since: Timestamp,
    /// How many recovery codes are left.
    pub recovery_codes: u64,
}

/// A secret that waits to be confirmed, as it is shown to the person whose it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Whose account it will be for.
    pub account: String,
    /// In base32, in groups of four: what an authenticator app takes where it has no camera.
    pub secret: String,
    /// The same for a camera.
    pub qr: QrImage,
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolment").field("account", &self.account).finish_non_exhaustive()
    }
}

/// A QR code as a path of SVG.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrImage {
    /// Its width and its height with the quiet zone, in modules.
    pub size: u32,
    /// The dark modules, in units of one module.
    pub path: String,
}

/// How far setting up the second factor has come in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnrolmentStep {
    /// The password is asked for.
    Password,
    /// The secret is shown, and a code of it asked for.
    Confirm(Enrolment),
    /// It is on.
    On(SecondFactor),
}

/// Recovery codes that were just made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodes(pub Vec<String>);

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} redacted]", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them_and_never_printed() {
        for (typed, normal, of_app) in [
            (" 123 456 ", "123456", true),
            ("123456", "123456", true),
            ("12345", "12345", false),
            ("abcd-EFGH 2345", "ABCDEFGH2345", false),
            ("１２３４５６", "", false),
        ] {
            let code = TypedCode::new(typed.into());
            assert_eq!((code.normal().as_str(), code.is_of_app()), (normal, of_app), "{typed}");
            assert_eq!(format!("{code:?}"), "[redacted]");
        }
        let codes = RecoveryCodes(vec!["ABCD".into()]);
        assert_eq!(format!("{codes:?}"), "[1 redacted]");
    }
}
