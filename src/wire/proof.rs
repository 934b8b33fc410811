//! The proof that a call comes from the delegate it speaks of: a JWT in the shape of DPoP (RFC 9449), beside the
//! credential, signed with the delegate's own key.
//!
//! Two claims are Muster's. `ins` names the process that signs, anew at each start. `ctr` counts its calls, and begins
//! at each start above all that the key has counted before: so a manager sees that a process is older than another one
//! of the same key, which only a copy of the key can be.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    delegate::{DelegateKey, DelegateSecretKey, Instance},
    time::Timestamp,
};

/// The header that holds it.
pub const HEADER: &str = "dpop";
/// The longest proof that is looked at, in bytes; ours have about 600.
const MAX_LENGTH: usize = 4 * 1024;
/// The longest name of a process, in characters.
const MAX_INSTANCE: usize = 64;
/// Numbers in JSON are exact up to here (RFC 8259, section 6).
const MAX_COUNTER: u64 = (1 << 53) - 1;
/// How many calls a start may count before it would reach into the next: a start's counter begins at its number
/// shifted by so many bits.
pub const COUNTER_BITS: u32 = 20;

const TYPE: &str = "dpop+jwt";
const ALGORITHM: &str = "EdDSA";

#[derive(Serialize, Deserialize)]
struct Header {
    typ: String,
    alg: String,
    jwk: Jwk,
}

#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: DelegateKey,
}

/// What a proof claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// A name of its own.
    pub jti: String,
    /// The call's method.
    pub htm: String,
    /// The call's address, without the query.
    pub htu: String,
    /// When it was made, in seconds since the Unix epoch, by the delegate's clock.
    pub iat: i64,
    /// SHA-256 of the credential that it stands beside, in base64url.
    pub ath: String,
    /// The process that signs.
    pub ins: String,
    /// Counts the calls of a key.
    pub ctr: u64,
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It is no JWT of this kind.
    #[error("the proof is not a JWT of type dpop+jwt with alg EdDSA and an Ed25519 key")]
    Malformed,
    /// The signature is not of the key that it names.
    #[error("the proof is not signed with the key that it names")]
    Unsigned,
    /// It was made for another call, or beside another credential.
    #[error("the proof was made for another call or another credential")]
    OtherCall,
}

/// A proof whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The key that signed.
    pub key: DelegateKey,
    /// What it claims.
    pub claims: Claims,
}

/// The digest that ties a proof to a credential.
#[must_use]
pub fn credential_digest(credential: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(credential))
}

/// Makes a proof.
#[must_use]
pub fn sign(key: &DelegateSecretKey, claims: &Claims) -> String {
    let jwk = Jwk { kty: "OKP".into(), crv: "Ed25519".into(), x: key.public() };
    let header = Header { typ: TYPE.into(), alg: ALGORITHM.into(), jwk };
    let encode = |json: serde_json::Result<Vec<u8>>| URL_SAFE_NO_PAD.encode(json.unwrap_or_default());
    let signed = format!("{}.{}", encode(serde_json::to_vec(&header)), encode(serde_json::to_vec(claims)));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

impl Proof {
    /// Reads a proof, and checks its signature and that it was made for this call. `path` is the path that the manager
    /// sees; a proxy may have taken away what stood before it. `credential` is the one that the call brings.
    ///
    /// # Errors
    /// See [`ProofError`].
    pub fn read(text: &str, method: &str, path: &str, credential: &str) -> Result<Self, ProofError> {
        let (signed, key, claims, signature) = Self::take_apart(text).ok_or(ProofError::Malformed)?;
        if !key.verifies(signed.as_bytes(), &signature) {
            return Err(ProofError::Unsigned);
        }
        if claims.htm != method || !leads_to(&claims.htu, path) || claims.ath != credential_digest(credential) {
            return Err(ProofError::OtherCall);
        }
        Ok(Self { key, claims })
    }

    fn take_apart(text: &str) -> Option<(&str, DelegateKey, Claims, Vec<u8>)> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let header: Header = serde_json::from_slice(&decode(header)?).ok()?;
        let claims: Claims = serde_json::from_slice(&decode(claims)?).ok()?;
        let fits =
            header.typ == TYPE && header.alg == ALGORITHM && header.jwk.kty == "OKP" && header.jwk.crv == "Ed25519";
        let names = |text: &str| text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_');
        let plain = !claims.ins.is_empty() && claims.ins.len() <= MAX_INSTANCE && names(&claims.ins);
        (fits && plain && claims.ctr <= MAX_COUNTER).then_some(())?;
        Some((signed, header.jwk.x, claims, decode(signature)?))
    }

    /// The process that signed.
    #[must_use]
    pub fn instance(&self) -> Instance {
        Instance { name: self.claims.ins.clone(), start: self.claims.ctr >> COUNTER_BITS }
    }
}

/// The counter with which the process begins that starts as number `start`.
#[must_use]
pub const fn first_counter(start: u64) -> u64 {
    start << COUNTER_BITS
}

/// The number of a start at `now`, where the one before had this number: the time in seconds, so that it grows also
/// where the number before is lost, as it is in a container; and above the one before where a clock was set back.
#[must_use]
pub fn next_start(before: Option<u64>, now: Timestamp) -> u64 {
    let now = u64::try_from(now.as_seconds()).unwrap_or(0);
    let most = MAX_COUNTER >> COUNTER_BITS;
    now.max(before.map_or(0, |before| before.saturating_add(1))).min(most)
}

/// Whether an address leads to a path, without its query and whatever stands before that path.
fn leads_to(address: &str, path: &str) -> bool {
    let (_, rest) = address.split_once("://").unwrap_or_default();
    let from = rest.find('/').unwrap_or(rest.len());
    rest[from..].ends_with(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> DelegateSecretKey {
        DelegateSecretKey::from_bytes(&[7; 32])
    }

    fn claims() -> Claims {
        Claims {
            jti: "name".into(),
            htm: "POST".into(),
            htu: "https://muster.example.com/base/api/x".into(),
            iat: 1_790_000_000,
            ath: credential_digest("credential"),
            ins: "process".into(),
            ctr: first_counter(9) + 3,
        }
    }

    #[test]
    fn a_proof_is_of_its_key_its_call_and_its_credential() {
        let text = sign(&key(), &claims());
        let proof = Proof::read(&text, "POST", "/api/x", "credential").unwrap();
        assert_eq!((proof.key, &proof.claims), (key().public(), &claims()));
        assert_eq!(proof.instance(), Instance { name: "process".into(), start: 9 });
        for (method, path, credential) in
            [("GET", "/api/x", "credential"), ("POST", "/api/y", "credential"), ("POST", "/api/x", "other")]
        {
            assert_eq!(Proof::read(&text, method, path, credential), Err(ProofError::OtherCall));
        }
    }

    #[test]
    fn another_key_cannot_be_named() {
        let (mine, other) = (sign(&key(), &claims()), sign(&DelegateSecretKey::from_bytes(&[8; 32]), &claims()));
        let (head, _) = other.split_once('.').unwrap();
        let (_, tail) = mine.split_once('.').unwrap();
        let swapped = format!("{head}.{tail}");
        assert_eq!(Proof::read(&swapped, "POST", "/api/x", "credential"), Err(ProofError::Unsigned));
    }

    #[test]
    fn what_is_no_proof_is_refused() {
        let bad = [
            Claims { ins: String::new(), ..claims() },
            Claims { ins: "a b".into(), ..claims() },
            Claims { ctr: MAX_COUNTER + 1, ..claims() },
        ];
        for bad in bad {
            let text = sign(&key(), &bad);
            assert_eq!(Proof::read(&text, "POST", "/api/x", "credential"), Err(ProofError::Malformed), "{bad:?}");
        }
    }

    #[test]
    fn each_start_counts_above_the_one_before() {
        let now = Timestamp::from_millis(1_790_000_000_000);
        assert_eq!(next_start(None, now), 1_790_000_000);
        assert_eq!(next_start(Some(1_790_000_000), now), 1_790_000_001);
        assert_eq!(next_start(Some(5), now), 1_790_000_000);
        assert!(first_counter(next_start(Some(u64::MAX), now)) <= MAX_COUNTER);
    }

    proptest! {
        #[test]
        fn whatever_comes_never_panics_and_never_holds(text in "\\PC{0,400}") {
            prop_assert!(Proof::read(&text, "POST", "/", "").is_err());
        }

        #[test]
        fn an_altered_proof_never_holds(at in 0usize..700, to in "[A-Za-z0-9_.-]") {
            let good = sign(&key(), &claims());
            let mut bad = good.clone();
            let at = at % bad.len();
            bad.replace_range(at..=at, &to);
            prop_assume!(bad != good);
            prop_assert!(Proof::read(&bad, "POST", "/api/x", "credential").is_err());
        }
    }
}
