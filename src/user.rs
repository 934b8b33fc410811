//! People: who may use the console, and what each role may do.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    id::UserId,
    named_enum::named_enum,
    text::{Invalid, honest, revealed},
    time::Timestamp,
};

/// The address a person signs in with, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address: something before and after one `@`, no white space, nothing that deceives, at most 254
    /// characters (RFC 5321).
    ///
    /// # Errors
    /// Says what an address looks like.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_lowercase();
        let well_formed = text.len() <= 254
            && !text.chars().any(|c| c.is_whitespace() || c.is_control())
            && text
                .split_once('@')
                .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'));
        honest(&text, "The address")?;
        if well_formed { Ok(Self(text)) } else { Err(Invalid::new("Enter an email address like name@example.com.")) }
    }

    /// Reads one that was stored. A version before may have taken characters that are refused today: � stands in their
    /// place.
    ///
    /// # Errors
    /// As for [`Email::parse`].
    pub fn restore(text: &str) -> Result<Self, Invalid> {
        Self::parse(&revealed(text))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Email {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

/// The fewest characters of a password. NIST SP 800-63B asks for length, not for kinds of characters.
pub const MIN_PASSWORD_LENGTH: usize = 12;
/// The most bytes of a password: bounds the work of hashing it.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// A password as a person typed it. It is never printed.
#[derive(Clone, Serialize, Deserialize, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// A password as typed, not yet checked.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Checks that it is fit to be somebody's new password.
    ///
    /// # Errors
    /// Says how long it has to be.
    pub fn check_new(&self) -> Result<(), Invalid> {
        if self.0.chars().count() < MIN_PASSWORD_LENGTH {
            return Err(Invalid::new(format!(
                "Use at least {MIN_PASSWORD_LENGTH} characters; a few words in a row do well."
            )));
        }
        if self.0.len() > MAX_PASSWORD_BYTES {
            return Err(Invalid::new(format!("Use at most {MAX_PASSWORD_BYTES} bytes.")));
        }
        Ok(())
    }

    /// The password in clear, for the hash function alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

named_enum! {
    /// What a person is in the account.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Role: code, label {
        /// Reads everything but the secrets of scripts.
        Viewer = "VIEWER", "Viewer";
        /// Decides on delegates, profiles and tokens.
        DelegateManager = "DELEGATE_MANAGER", "Delegate Manager";
        /// Does everything.
        AccountAdministrator = "ACCOUNT_ADMINISTRATOR", "Account Administrator";
    }
}

/// A right that a use case asks for, and that roles include.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See delegates, profiles and tokens.
    View,
    /// Decide on delegates, change profiles, make and revoke tokens, make install files.
    ManageDelegates,
    /// Make people, and give them new passwords.
    ManageUsers,
    /// Look through the audit trail, which also tells who signed in and from where.
    ReadAuditTrail,
}

impl Role {
    /// Whether this role includes a permission.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::View => true,
            Permission::ManageDelegates | Permission::ReadAuditTrail => {
                matches!(self, Self::DelegateManager | Self::AccountAdministrator)
            }
            Permission::ManageUsers => matches!(self, Self::AccountAdministrator),
        }
    }
}

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Stays the same where the address changes.
    pub id: UserId,
    /// The address to sign in with; unique.
    pub email: Email,
    /// Decides what the person may do.
    pub role: Role,
    /// When the user was made.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c25_addresses_that_deceive_are_refused_and_old_ones_can_be_read() {
        for deceit in ["ad\u{200b}a@example.com", "ada\u{202e}@example.com", "\u{feff}ada@example.com", "a\u{ad}da@x"] {
            let error = Email::parse(deceit).unwrap_err().to_string();
            assert!(error.starts_with("The address must not contain characters that cannot be seen"), "{error}");
            assert!(Email::restore(deceit).unwrap().as_str().contains('\u{fffd}'));
        }
    }

    #[test]
    fn addresses_are_lower_case_and_checked() {
        assert_eq!(Email::parse(" Ada@Example.com ").unwrap().as_str(), "ada@example.com");
        for bad in ["", "ada", "@example.com", "ada@", "a@b@c", "a da@example.com", &format!("{}@b", "a".repeat(254))] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn passwords_are_long_enough_and_never_printed() {
        let password = Password::new("correct horse".into());
        assert!(password.check_new().is_ok());
        assert_eq!(format!("{password:?}"), "[redacted]");
        assert!(Password::new("short".into()).check_new().is_err());
        assert!(Password::new("x".repeat(MAX_PASSWORD_BYTES + 1)).check_new().is_err());
    }

    #[test]
    fn a_viewer_manages_nothing() {
        for role in Role::ALL {
            assert!(role.may(Permission::View));
            assert_eq!(role.may(Permission::ManageDelegates), role != Role::Viewer);
            assert_eq!(role.may(Permission::ReadAuditTrail), role != Role::Viewer);
            assert_eq!(role.may(Permission::ManageUsers), role == Role::AccountAdministrator);
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
    }
}
