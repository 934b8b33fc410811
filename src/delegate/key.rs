//! A delegate's own key, by which it is known: Ed25519 (RFC 8032). The manager has the public half only.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Thumbprint;
use crate::text::Invalid;

/// The public half of a delegate's key. A key of small order, with which a signature would prove nothing, is none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DelegateKey([u8; 32]);

impl DelegateKey {
    /// Reads a key as a JWK holds it in `x` (RFC 8037): base64url of its 32 bytes.
    ///
    /// # Errors
    /// Says what a key looks like.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let good = |bytes: &[u8; 32]| VerifyingKey::from_bytes(bytes).is_ok_and(|key| !key.is_weak());
        bytes
            .filter(good)
            .map(Self)
            .ok_or_else(|| Invalid::new("The key must be an Ed25519 key of 32 bytes in base64url."))
    }

    /// What people compare and documents show: the JWK's thumbprint (RFC 7638), SHA-256 of its required members.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{self}"}}"#);
        Thumbprint::of_digest(Sha256::digest(members).into())
    }

    /// Whether a signature of these bytes was made with the other half of the key.
    #[must_use]
    pub fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        let key = VerifyingKey::from_bytes(&self.0);
        let signature = Signature::from_slice(signature);
        key.is_ok_and(|key| signature.is_ok_and(|signature| key.verify_strict(signed, &signature).is_ok()))
    }
}

impl fmt::Display for DelegateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for DelegateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for DelegateKey {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<DelegateKey> for String {
    fn from(key: DelegateKey) -> Self {
        key.to_string()
    }
}

/// The secret half of a delegate's key. It never leaves the delegate, and does not print.
pub struct DelegateSecretKey(SigningKey);

impl DelegateSecretKey {
    /// The key of 32 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(bytes))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> DelegateKey {
        DelegateKey(self.0.verifying_key().to_bytes())
    }

    /// Signs.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

impl fmt::Debug for DelegateSecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037() {
        // RFC 8037, appendices A.1 and A.3.
        let key = DelegateKey::parse("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        assert_eq!(key.thumbprint().as_str(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_signature_is_of_one_key_and_one_text() {
        let key = DelegateSecretKey::from_bytes(&[7; 32]);
        let signature = key.sign(b"text");
        assert!(key.public().verifies(b"text", &signature));
        assert!(!key.public().verifies(b"other", &signature));
        assert!(!key.public().verifies(b"text", &signature[..63]));
        assert!(!DelegateSecretKey::from_bytes(&[8; 32]).public().verifies(b"text", &signature));
        assert_eq!(format!("{key:?}"), "[redacted]");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        // The last are points of small order: zero, and one.
        for bad in ["", "x", &URL_SAFE_NO_PAD.encode([0; 32]), &URL_SAFE_NO_PAD.encode([&[1][..], &[0; 31]].concat())] {
            assert!(DelegateKey::parse(bad).is_err(), "{bad}");
        }
    }
}
