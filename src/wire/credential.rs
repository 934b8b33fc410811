//! The delegate's credential: a compact JWE (RFC 7516), `alg` dir, `enc` A128GCM, under the delegate token.
//!
//! The token itself is never sent: who can encrypt with it has it.

use std::{fmt, time::Duration};

use aes_gcm::{
    Aes128Gcm, Nonce,
    aead::{Aead, KeyInit, Payload},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    time::Timestamp,
    token::{KeyId, TokenValue},
};

/// The scheme of the `Authorization` header.
pub const SCHEME: &str = "Delegate";
/// How long a credential of ours is good.
pub const LIFETIME: Duration = Duration::from_secs(20 * 60);
/// How far the clocks of delegate and manager may differ.
pub const LEEWAY: Duration = Duration::from_secs(60);
/// The longest credential that is looked at, in bytes; real ones have about 400.
pub const MAX_LENGTH: usize = 8 * 1024;

const IV: usize = 12;
const TAG: usize = 16;

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    enc: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
}

/// What a credential claims (RFC 7519). Times are seconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The account.
    pub sub: String,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// For whom it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aud: Option<Audience>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// From when on it is too old.
    pub exp: i64,
    /// Before when it is not yet good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// A name of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
}

/// One audience or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// Why a credential is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// It is no compact JWE with `dir` and `A128GCM`.
    #[error("the credential is not a compact JWE with alg dir and enc A128GCM")]
    Malformed,
    /// It was not made with this token, or was altered.
    #[error("the credential was not made with this token")]
    WrongKey,
    /// It is too old.
    #[error("the credential has expired")]
    Expired,
    /// It is not yet good: the clocks of delegate and manager differ.
    #[error("the credential is not valid yet; the delegate's clock is ahead")]
    NotYetValid,
    /// It is another account's.
    #[error("the credential is not of this account")]
    WrongAccount,
}

impl Claims {
    /// The claims of a credential that our own delegate makes.
    #[must_use]
    pub fn new(account: &str, issuer: &str, audience: &str, jti: String, now: Timestamp) -> Self {
        Self {
            sub: account.to_owned(),
            iss: Some(issuer.to_owned()),
            aud: Some(Audience::One(audience.to_owned())),
            iat: Some(now.as_seconds()),
            exp: now.plus(LIFETIME).as_seconds(),
            nbf: None,
            jti: Some(jti),
        }
    }

    /// Checks the times and the account.
    ///
    /// # Errors
    /// Says which of them is wrong.
    pub fn check(&self, account: &str, now: Timestamp) -> Result<(), CredentialError> {
        if self.sub != account {
            return Err(CredentialError::WrongAccount);
        }
        if self.exp <= now.minus(LEEWAY).as_seconds() {
            return Err(CredentialError::Expired);
        }
        if self.nbf.is_some_and(|nbf| nbf > now.plus(LEEWAY).as_seconds()) {
            return Err(CredentialError::NotYetValid);
        }
        Ok(())
    }
}

/// Makes a credential, with the token's [`KeyId`] as `kid`, so that the manager finds the key at once. `iv` has to be
/// fresh for each one: with AES-GCM a repeated one betrays the key's stream.
#[must_use]
pub fn seal(token: &TokenValue, claims: &Claims, iv: [u8; IV]) -> String {
    let header = Header { alg: "dir".into(), enc: "A128GCM".into(), kid: Some(token.key_id().to_string()) };
    let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).unwrap_or_default());
    let plain = serde_json::to_vec(claims).unwrap_or_default();
    let payload = Payload { msg: &plain, aad: header.as_bytes() };
    // Encryption fails only for more than 64 GiB of text.
    let sealed = Aes128Gcm::new(token.key().into()).encrypt(&Nonce::from(iv), payload).unwrap_or_default();
    let (text, tag) = sealed.split_at(sealed.len().saturating_sub(TAG));
    let (iv, text, tag) = (URL_SAFE_NO_PAD.encode(iv), URL_SAFE_NO_PAD.encode(text), URL_SAFE_NO_PAD.encode(tag));
    format!("{header}..{iv}.{text}.{tag}")
}

/// A credential as it came, taken apart but not yet opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    header: String,
    kid: Option<KeyId>,
    iv: [u8; IV],
    sealed: Vec<u8>,
}

impl Credential {
    /// Takes a compact JWE apart.
    ///
    /// # Errors
    /// [`CredentialError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, CredentialError> {
        Self::take_apart(text).ok_or(CredentialError::Malformed)
    }

    fn take_apart(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let mut parts = text.split('.');
        let (header, key, iv, sealed, tag) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let fields: Header = serde_json::from_slice(&decode(header)?).ok()?;
        let tag = decode(tag)?;
        let direct = key.is_empty() && fields.alg == "dir" && fields.enc == "A128GCM";
        if !direct || parts.next().is_some() || tag.len() != TAG {
            return None;
        }
        let mut sealed = decode(sealed)?;
        sealed.extend(tag);
        Some(Self {
            header: header.to_owned(),
            // A client may put a name of its own here: what is no key id is no hint.
            kid: fields.kid.and_then(|kid| KeyId::parse(&kid)),
            iv: decode(iv)?.try_into().ok()?,
            sealed,
        })
    }

    /// The token it says it was made with: a hint to find the key, proven by opening it.
    #[must_use]
    pub const fn kid(&self) -> Option<&KeyId> {
        self.kid.as_ref()
    }

    /// Opens it with a token. The claims still have to be checked.
    ///
    /// # Errors
    /// [`CredentialError::WrongKey`], or [`CredentialError::Malformed`] where what is inside are no claims.
    pub fn open(&self, token: &TokenValue) -> Result<Claims, CredentialError> {
        let payload = Payload { msg: &self.sealed, aad: self.header.as_bytes() };
        let plain = Aes128Gcm::new(token.key().into())
            .decrypt(&Nonce::from(self.iv), payload)
            .map_err(|_| CredentialError::WrongKey)?;
        serde_json::from_slice(&plain).map_err(|_| CredentialError::Malformed)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("kid", &self.kid).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn token() -> TokenValue {
        TokenValue::from_bytes([7; 16])
    }

    fn claims() -> Claims {
        Claims::new("account", "host", "manager", "id".into(), NOW)
    }

    #[test]
    fn what_is_sealed_with_a_token_opens_with_it_alone() {
        let credential = Credential::parse(&seal(&token(), &claims(), [1; 12])).unwrap();
        assert_eq!(credential.kid(), Some(&token().key_id()));
        assert_eq!(credential.open(&token()), Ok(claims()));
        assert_eq!(credential.open(&TokenValue::from_bytes([8; 16])), Err(CredentialError::WrongKey));
    }

    #[test]
    fn a_credential_is_good_for_its_time_and_its_account() {
        let claims = claims();
        let after = |seconds| NOW.plus(Duration::from_secs(seconds));
        assert_eq!(claims.check("account", NOW), Ok(()));
        assert_eq!(claims.check("other", NOW), Err(CredentialError::WrongAccount));
        assert_eq!(claims.check("account", after(20 * 60 + 59)), Ok(()));
        assert_eq!(claims.check("account", after(20 * 60 + 60)), Err(CredentialError::Expired));
        let ahead = Claims { nbf: Some(after(61).as_seconds()), ..claims };
        assert_eq!(ahead.check("account", NOW), Err(CredentialError::NotYetValid));
    }

    #[test]
    fn what_other_clients_make_is_read() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"dir","enc":"A128GCM","kid":"mine"}"#);
        let plain = br#"{"sub":"account","aud":["a","b"],"exp":1790000100,"extra":true}"#;
        let sealed = Aes128Gcm::new(token().key().into())
            .encrypt(&Nonce::from([3; 12]), Payload { msg: plain, aad: header.as_bytes() })
            .unwrap();
        let (text, tag) = sealed.split_at(sealed.len() - 16);
        let [iv, text, tag] = [&[3; 12][..], text, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
        let credential = Credential::parse(&format!("{header}..{iv}.{text}.{tag}")).unwrap();
        assert_eq!(credential.kid(), None);
        assert_eq!(credential.open(&token()).unwrap().check("account", NOW), Ok(()));
    }

    #[test]
    fn other_algorithms_are_refused() {
        let good = seal(&token(), &claims(), [1; 12]);
        let rest = good.split_once('.').unwrap().1;
        for header in [r#"{"alg":"none","enc":"A128GCM"}"#, r#"{"alg":"dir","enc":"A256GCM"}"#, "{}", "[]", ""] {
            let text = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(Credential::parse(&text), Err(CredentialError::Malformed), "{header}");
        }
    }

    proptest! {
        #[test]
        fn an_altered_credential_never_opens(at in 0usize..300, to in "[A-Za-z0-9_.-]") {
            let good = seal(&token(), &claims(), [1; 12]);
            let mut bad = good.clone();
            let at = at % bad.len();
            bad.replace_range(at..=at, &to);
            // The last character of a base64url part can carry unused bits, which a strict decoder refuses.
            prop_assume!(bad != good);
            let opened = Credential::parse(&bad).and_then(|credential| credential.open(&token()));
            prop_assert!(opened.is_err(), "{opened:?}");
        }

        #[test]
        fn whatever_comes_never_panics(text in "\\PC{0,400}") {
            let _ = Credential::parse(&text);
        }
    }
}
