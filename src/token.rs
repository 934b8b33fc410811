//! Delegate tokens: the keys that delegates encrypt their credentials with.

mod command;
mod pasted;
mod restrictions;
mod successor;
mod view;

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use self::{
    command::{DEFAULT_DAYS, Expiry, NewToken, ON_A_DATE, Successor, TokenFilter, TokenSettings, TokenSort},
    restrictions::{
        MAX_REGISTRATIONS, NamePattern, Restriction, RestrictionFields, Restrictions, kinds_label, parse_kinds,
    },
    successor::successor_name,
    view::{
        Flood, HandOut, MAX_LISTED, ROTATION_PAGE, RefusedCalls, RotationRow, TokenDetail, TokenRefusal, TokenRotation,
        TokenRow, TokenUse, TokenUser, Turn, listed_label,
    },
};
use crate::{
    id::{ProfileId, TokenId},
    named_enum::named_enum,
    scope::Scope,
    text::{Invalid, line_type},
    time::Timestamp,
};

line_type!(
    /// The name of a token; unique in its scope.
    TokenName, "The token's name", 64
);

/// The longest lifetime of a token, in days.
pub const MAX_LIFETIME_DAYS: u32 = 3650;
/// The name of the token that exists from the start.
pub const DEFAULT_TOKEN: &str = "default_token";

/// A token's value in clear: 16 random bytes, which people and files write as 32 lower-case hexadecimal characters.
///
/// It exists at creation, in an install file and inside the authenticator, nowhere else, and prints as `[redacted]`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct TokenValue([u8; 16]);

impl TokenValue {
    /// A value made of random bytes.
    #[must_use]
    pub const fn from_bytes(random: [u8; 16]) -> Self {
        Self(random)
    }

    /// Reads a value as a config file or an environment variable holds it: 32 hexadecimal characters, or base64 of
    /// those (the form that next-generation install files carry). What pasting brings is overlooked where the value is
    /// unmistakable: quotes around it, white space, upper case, base64 without its `=`.
    ///
    /// # Errors
    /// Says what a value looks like, and what is wrong. What was read is not repeated.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        pasted::read(text).map(Self)
    }

    /// The 16 bytes: the key of AES-128.
    #[must_use]
    pub const fn key(&self) -> &[u8; 16] {
        &self.0
    }

    /// The public name of this key.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        let digest = Sha256::new().chain_update(b"muster delegate token\0").chain_update(self.0).finalize();
        KeyId(URL_SAFE_NO_PAD.encode(&digest[..12]))
    }

    /// The value in clear, as people and files write it.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let mut text = String::with_capacity(32);
        for byte in &self.0 {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        Zeroizing::new(text)
    }
}

/// The public name of a token's value: the first 12 bytes of a SHA-256 digest, in base64url.
///
/// A credential carries it, so that the manager finds the key without trying them all. The value is random, so
/// nothing can be learnt from its digest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// Reads a key id; none where the text cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let alphabet = text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_');
        (text.len() == 16 && alphabet).then(|| Self(text.to_owned()))
    }

    /// The key id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TokenValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

named_enum! {
    /// Whether a token is good.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum TokenStatus: slug, label {
        /// Credentials made with it are accepted.
        Active = "active", "Active";
        /// Cut off by a person, for good.
        Revoked = "revoked", "Revoked";
        /// Its time has run out.
        Expired = "expired", "Expired";
    }
}

impl TokenStatus {
    /// The status of a token at `now`; it expires to the millisecond.
    #[must_use]
    pub fn of(revoked_at: Option<Timestamp>, expires_at: Option<Timestamp>, now: Timestamp) -> Self {
        if revoked_at.is_some() {
            Self::Revoked
        } else if expires_at.is_some_and(|at| at <= now) {
            Self::Expired
        } else {
            Self::Active
        }
    }
}

/// A token, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// By which URLs and other rows name it; UUIDv7, so that newer ones sort behind.
    pub id: TokenId,
    /// Where it belongs; also decides the scope of its delegates.
    pub scope: Scope,
    /// What people call it.
    pub name: TokenName,
    /// Who made it: an email address, or what made it at first start.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused, where that was set.
    pub expires_at: Option<Timestamp>,
    /// The profile of delegates of this token that name none; the account's Primary where not set.
    pub default_profile: Option<ProfileId>,
    /// Whether every delegate that registers with it for the first time waits for approval, whatever profile it names.
    pub requires_approval: bool,
    /// What it is good for.
    pub restrictions: Restrictions,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Its successor, where a person rotates it.
    pub rotation: Option<Rotation>,
    /// The last change of its settings or of its expiry, where there was one.
    pub changed: Option<Changed>,
    /// Counts those changes: one that was made on sight of an older revision is refused.
    pub revision: i32,
}

/// Somebody changed a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// When.
    pub at: Timestamp,
    /// Who: an email address, or what else acted.
    pub by: String,
}

/// A token is being replaced by another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// The token that takes its place.
    pub successor: TokenId,
    /// When that began.
    pub began_at: Timestamp,
}

impl Rotation {
    /// Whether the old token can be revoked without cutting anybody off: nothing connected holds it, and nothing has
    /// used it since the last delegate went over from it to another one, or since the rotation began while none has.
    #[must_use]
    pub fn is_safe_to_revoke(
        &self,
        connected: u64,
        last_used_at: Option<Timestamp>,
        last_step_at: Option<Timestamp>,
    ) -> bool {
        let since = last_step_at.map_or(self.began_at, |at| at.max(self.began_at));
        connected == 0 && last_used_at.is_none_or(|at| at <= since)
    }
}

/// Why a token cannot do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was revoked before.
    #[error("{0} is already revoked.")]
    AlreadyRevoked(TokenName),
    /// Only a revoked or expired token can be deleted.
    #[error("{0} is active. Revoke it first, then delete it.")]
    StillActive(TokenName),
    /// A token that is revoked cannot be rotated.
    #[error("{0} is revoked. Make a new token instead.")]
    NotActive(TokenName),
    /// It is being rotated already.
    #[error("{0} has a successor already.")]
    AlreadyRotated(TokenName),
    /// A token that is revoked is not changed any more.
    #[error("{0} is revoked: it cannot be changed any more.")]
    Revoked(TokenName),
    /// It would not be good for longer than it is.
    #[error("{0} is good for that long already. Choose a later time.")]
    NotLater(TokenName),
    /// Somebody else changed it since the person saw it.
    #[error("{0} was changed while you edited it. What you chose is not saved.")]
    Changed(TokenName),
}

impl Token {
    /// Whether the token is good at `now`; it expires to the millisecond.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> TokenStatus {
        TokenStatus::of(self.revoked_at, self.expires_at, now)
    }

    /// Cuts the token off. An expired one can be revoked too.
    ///
    /// # Errors
    /// [`TokenError::AlreadyRevoked`].
    pub fn revoke(mut self, now: Timestamp) -> Result<Self, TokenError> {
        if self.revoked_at.is_some() {
            return Err(TokenError::AlreadyRevoked(self.name));
        }
        self.revoked_at = Some(now);
        Ok(self)
    }

    /// Lets the token be good for longer: up to a point in the future, or for ever. One that has expired is good again.
    /// `seen` is the revision that this was decided on.
    ///
    /// # Errors
    /// [`TokenError::Revoked`]; [`TokenError::Changed`]; [`TokenError::NotLater`] where it is good for as long already.
    pub fn extend(mut self, until: Option<Timestamp>, seen: i32, change: Changed) -> Result<Self, TokenError> {
        self.check_change(seen)?;
        let is_later = match (self.expires_at, until) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(before), Some(after)) => after > before,
        };
        if !is_later {
            return Err(TokenError::NotLater(self.name));
        }
        self.expires_at = until;
        Ok(self.with_change(change))
    }

    /// Gives the token another name, or has it admit delegates in another way. Delegates that it admitted stay as they
    /// are. `seen` is the revision that was edited. Where nothing is another than before, the token stays as it is.
    ///
    /// # Errors
    /// [`TokenError::Revoked`], or [`TokenError::Changed`].
    pub fn edit(self, settings: TokenSettings, seen: i32, change: Changed) -> Result<Self, TokenError> {
        self.check_change(seen)?;
        if settings == self.settings() {
            return Ok(self);
        }
        let TokenSettings { name, default_profile, requires_approval, restrictions } = settings;
        Ok(Self { name, default_profile, requires_approval, restrictions, ..self }.with_change(change))
    }

    /// What of it can be edited.
    #[must_use]
    pub fn settings(&self) -> TokenSettings {
        TokenSettings {
            name: self.name.clone(),
            default_profile: self.default_profile,
            requires_approval: self.requires_approval,
            restrictions: self.restrictions.clone(),
        }
    }

    fn check_change(&self, seen: i32) -> Result<(), TokenError> {
        if self.revoked_at.is_some() {
            return Err(TokenError::Revoked(self.name.clone()));
        }
        if self.revision != seen {
            return Err(TokenError::Changed(self.name.clone()));
        }
        Ok(())
    }

    fn with_change(self, change: Changed) -> Self {
        Self { changed: Some(change), revision: self.revision + 1, ..self }
    }

    /// Gives the token a successor. An expired one can have one too: then its delegates need it most.
    ///
    /// # Errors
    /// [`TokenError::NotActive`], or [`TokenError::AlreadyRotated`].
    pub fn rotate(mut self, successor: TokenId, now: Timestamp) -> Result<Self, TokenError> {
        if self.status(now) == TokenStatus::Revoked {
            return Err(TokenError::NotActive(self.name));
        }
        if self.rotation.is_some() {
            return Err(TokenError::AlreadyRotated(self.name));
        }
        self.rotation = Some(Rotation { successor, began_at: now });
        Ok(self)
    }

    /// Checks that the token may be deleted.
    ///
    /// # Errors
    /// [`TokenError::StillActive`].
    pub fn check_delete(&self, now: Timestamp) -> Result<(), TokenError> {
        match self.status(now) {
            TokenStatus::Active => Err(TokenError::StillActive(self.name.clone())),
            TokenStatus::Revoked | TokenStatus::Expired => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::id::AccountId;

    fn token() -> Token {
        Token {
            id: TokenId(uuid::Uuid::from_u128(1)),
            scope: Scope::account(AccountId(uuid::Uuid::nil())),
            name: TokenName::parse("edge").unwrap(),
            created_by: "ada@example.com".into(),
            created_at: Timestamp::from_millis(0),
            expires_at: Some(Timestamp::from_millis(1_000)),
            default_profile: None,
            requires_approval: false,
            restrictions: Restrictions::default(),
            revoked_at: None,
            rotation: None,
            changed: None,
            revision: 1,
        }
    }

    fn by(who: &str) -> Changed {
        Changed { at: Timestamp::from_millis(7), by: who.to_owned() }
    }

    #[test]
    fn a_value_is_read_in_both_forms_and_never_printed() {
        let value = TokenValue::from_bytes(*b"0123456789abcdef");
        let hex = value.expose();
        assert_eq!(hex.as_str(), "30313233343536373839616263646566");
        assert_eq!(TokenValue::parse(&hex).unwrap(), value);
        assert_eq!(TokenValue::parse(&STANDARD.encode(hex.as_bytes())).unwrap(), value);
        assert_eq!(format!("{value:?}"), "[redacted]");
        for bad in ["", "xyz", &hex[1..], &hex.replace('3', "g"), "MTIz"] {
            let error = TokenValue::parse(bad).unwrap_err().to_string();
            assert!(bad.is_empty() || !error.contains(bad), "{error}");
        }
    }

    #[test]
    fn expiry_is_exact() {
        let token = token();
        assert_eq!(token.status(Timestamp::from_millis(999)), TokenStatus::Active);
        assert_eq!(token.status(Timestamp::from_millis(1_000)), TokenStatus::Expired);
    }

    #[test]
    fn a_token_is_extended_while_it_is_not_revoked() {
        let at = Timestamp::from_millis;
        let extend = |token: Token, until, seen| token.extend(until, seen, by("ada"));
        assert_eq!(extend(token(), Some(at(2_000)), 1).unwrap().status(at(1_500)), TokenStatus::Active);
        assert_eq!(extend(token(), None, 1).unwrap().expires_at, None);
        for until in [Some(at(1_000)), Some(at(999))] {
            assert!(matches!(extend(token(), until, 1), Err(TokenError::NotLater(_))));
        }
        assert!(matches!(extend(extend(token(), None, 1).unwrap(), None, 2), Err(TokenError::NotLater(_))));
        let revoked = token().revoke(at(5)).unwrap();
        assert!(matches!(extend(revoked.clone(), None, 1), Err(TokenError::Revoked(_))));
        let settings = TokenSettings::parse("other", "", true, &RestrictionFields::default()).unwrap();
        assert!(matches!(revoked.edit(settings.clone(), 1, by("ada")), Err(TokenError::Revoked(_))));
        let edited = token().edit(settings, 1, by("ada")).unwrap();
        assert_eq!((edited.name.as_str(), edited.requires_approval), ("other", true));
    }

    #[test]
    fn of_two_who_change_a_token_at_once_the_second_is_told() {
        let settings = |name| TokenSettings::parse(name, "", false, &RestrictionFields::default()).unwrap();
        let first = token().edit(settings("other"), 1, by("ada")).unwrap();
        assert_eq!((first.revision, first.changed.clone()), (2, Some(by("ada"))));
        let second = first.clone().edit(settings("mine"), 1, by("bob"));
        assert_eq!(second, Err(TokenError::Changed(TokenName::parse("other").unwrap())));
        assert!(matches!(first.clone().extend(None, 1, by("bob")), Err(TokenError::Changed(_))));
        let extended = first.extend(None, 2, by("bob")).unwrap();
        assert_eq!((extended.revision, extended.changed.clone()), (3, Some(by("bob"))));
        assert_eq!(extended.clone().edit(settings("other"), 3, by("eve")).unwrap(), extended, "nothing is changed");
    }

    #[test]
    fn revocation_is_final() {
        let revoked = token().revoke(Timestamp::from_millis(5)).unwrap();
        assert_eq!(revoked.status(Timestamp::from_millis(2_000)), TokenStatus::Revoked);
        assert!(matches!(revoked.revoke(Timestamp::from_millis(6)), Err(TokenError::AlreadyRevoked(_))));
    }

    #[test]
    fn only_what_is_not_active_can_be_deleted() {
        assert!(token().check_delete(Timestamp::from_millis(1)).is_err());
        assert!(token().check_delete(Timestamp::from_millis(1_000)).is_ok());
        assert!(token().revoke(Timestamp::from_millis(1)).unwrap().check_delete(Timestamp::from_millis(1)).is_ok());
    }

    #[test]
    fn a_token_is_rotated_once_while_it_is_good() {
        let (now, next) = (Timestamp::from_millis(5), TokenId(uuid::Uuid::from_u128(9)));
        let rotated = token().rotate(next, now).unwrap();
        assert_eq!(rotated.rotation.as_ref().map(|one| (one.successor, one.began_at)), Some((next, now)));
        assert!(matches!(rotated.rotate(next, now), Err(TokenError::AlreadyRotated(_))));
        let revoked = token().revoke(now).unwrap();
        assert!(matches!(revoked.rotate(next, now), Err(TokenError::NotActive(_))));
    }

    #[test]
    fn a_rotated_token_is_safe_to_revoke_once_nothing_uses_it_any_more() {
        let at = Timestamp::from_millis;
        let rotation = Rotation { successor: TokenId(uuid::Uuid::nil()), began_at: at(10) };
        for (connected, last_used, safe) in
            [(0, None, true), (0, Some(50), true), (0, Some(51), false), (1, Some(40), false)]
        {
            let is_safe = rotation.is_safe_to_revoke(connected, last_used.map(at), Some(at(50)));
            assert_eq!(is_safe, safe, "{connected} {last_used:?}");
        }
        assert!(
            rotation.is_safe_to_revoke(0, Some(at(10)), None) && !rotation.is_safe_to_revoke(0, Some(at(11)), None)
        );
    }
}
