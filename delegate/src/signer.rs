//! Proves that calls are this delegate's: signs each with its key, and counts them.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{
    delegate::{DelegateKey, DelegateSecretKey},
    time::Timestamp,
    wire::{
        credential::SCHEME,
        proof::{Claims, credential_digest, first_counter, sign},
    },
};

/// Signs calls. One for each start of the delegate.
#[derive(Debug)]
pub(crate) struct Signer {
    key: DelegateSecretKey,
    instance: String,
    counter: AtomicU64,
}

impl Signer {
    /// Signs with the key of these 32 bytes, in the start of this number; `name` are random bytes.
    pub(crate) fn new(key: &[u8; 32], start: u64, name: &[u8; 16]) -> Self {
        Self {
            key: DelegateSecretKey::from_bytes(key),
            instance: URL_SAFE_NO_PAD.encode(name),
            counter: AtomicU64::new(first_counter(start)),
        }
    }

    /// The public half of the key.
    pub(crate) fn key(&self) -> DelegateKey {
        self.key.public()
    }

    /// The proof for one call. `authorization` is the header that it stands beside.
    pub(crate) fn sign(&self, method: &str, address: &str, authorization: &str, now: Timestamp) -> String {
        let credential = authorization.strip_prefix(SCHEME).unwrap_or(authorization).trim();
        let ctr = self.counter.fetch_add(1, Ordering::Relaxed);
        let claims = Claims {
            jti: format!("{}.{ctr}", self.instance),
            htm: method.to_owned(),
            htu: address.to_owned(),
            iat: now.as_seconds(),
            ath: credential_digest(credential),
            ins: self.instance.clone(),
            ctr,
        };
        sign(&self.key, &claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster::wire::proof::Proof;

    #[test]
    fn a02_each_call_is_signed_and_counted() {
        let signer = Signer::new(&[7; 32], 5, &[1; 16]);
        let now = Timestamp::from_millis(1_790_000_000_000);
        let read = || {
            let text = signer.sign("GET", "http://muster.example/api/x", "Delegate credential", now);
            Proof::read(&text, "GET", "/api/x", "credential").unwrap()
        };
        let (first, second) = (read(), read());
        assert_eq!(first.key, signer.key());
        assert_eq!((first.instance(), first.instance().start), (second.instance(), 5));
        assert_eq!(second.claims.ctr, first.claims.ctr + 1);
    }
}
