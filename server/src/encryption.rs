//! The installation's key, which seals what must not lie in the database in clear.

use std::{
    fmt, fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use aes_gcm::{
    Aes256Gcm, Nonce,
    aead::{Aead, KeyInit, Payload},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::random;

const NONCE: usize = 12;

/// Why there is no key to work with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the secret key file {path} cannot be {verb}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What was tried.
        verb: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("the secret key file {0} must hold 32 bytes in base64, as `openssl rand -base64 32` makes them")]
    Malformed(PathBuf),
    /// The database was sealed before, and the key is gone.
    #[error("the secret key file {0} is missing, but the database was sealed with it: put the file back")]
    Missing(PathBuf),
    /// The database was sealed with another key.
    #[error("the secret key file {0} is not the one that the database was sealed with: put the right file back")]
    Wrong(PathBuf),
}

/// Why something sealed could not be opened: it was altered, or sealed for another purpose or with another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be opened: it was altered, or sealed with another key")]
pub struct Unsealable;

/// The installation's key: seals and opens with AES-256-GCM, and makes other keys of itself.
#[derive(Clone)]
pub struct EncryptionKey {
    cipher: Aes256Gcm,
    /// For keys that are made of this one: another than what seals.
    derivation: Zeroizing<[u8; 32]>,
}

impl EncryptionKey {
    /// A encryption over a key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        let derivation = Sha256::new().chain_update(b"muster key derivation v1\0").chain_update(key).finalize();
        Self { cipher: Aes256Gcm::new(key.into()), derivation: Zeroizing::new(derivation.into()) }
    }

    /// Reads the key from its file.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = fs::read_to_string(path).map(Zeroizing::new).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => KeyError::Missing(path.to_owned()),
            _ => KeyError::File { path: path.to_owned(), verb: "read", source },
        })?;
        let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new).ok();
        let key = bytes.as_ref().and_then(|bytes| <&[u8; 32]>::try_from(bytes.as_slice()).ok());
        key.map(Self::new).ok_or_else(|| KeyError::Malformed(path.to_owned()))
    }

    /// Makes a key and writes it to a file that only its owner can read. Never replaces a file.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let key = Zeroizing::new(random::bytes::<32>());
        let text = Zeroizing::new(STANDARD.encode(*key) + "\n");
        let write = || {
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|source| KeyError::File { path: path.to_owned(), verb: "written", source })?;
        Ok(Self::new(&key))
    }

    /// Seals something. `purpose` is bound to it: it opens for the same purpose only.
    #[must_use]
    pub fn seal(&self, purpose: &str, clear: &[u8]) -> Vec<u8> {
        let nonce = random::bytes::<NONCE>();
        let payload = Payload { msg: clear, aad: purpose.as_bytes() };
        // Encryption fails only for more than 64 GiB.
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), payload).unwrap_or_default();
        [&nonce[..], &sealed].concat()
    }

    /// Opens what was sealed for the same purpose.
    ///
    /// # Errors
    /// [`Unsealable`].
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Unsealable)?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        self.cipher.decrypt(&Nonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| Unsealable)
    }

    /// 32 bytes that nobody knows who has not this key: the same for the same purpose.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        // Twice, so that nobody who knows the bytes of one purpose can go on to a longer one.
        let digest = |bytes: &[u8]| Sha256::new().chain_update(*self.derivation).chain_update(bytes).finalize();
        digest(&digest(purpose.as_bytes())).into()
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_derived_is_of_one_key_and_one_purpose() {
        let key = EncryptionKey::new(&[1; 32]);
        assert_eq!(key.derive("a"), EncryptionKey::new(&[1; 32]).derive("a"));
        assert_ne!(key.derive("a"), key.derive("b"));
        assert_ne!(key.derive("a"), EncryptionKey::new(&[2; 32]).derive("a"));
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_for_the_same_purpose_only() {
        let key = EncryptionKey::new(&[1; 32]);
        let mut sealed = key.seal("token 1", b"value");
        assert_eq!(key.open("token 1", &sealed).unwrap().as_slice(), b"value");
        assert_eq!(key.open("token 2", &sealed), Err(Unsealable));
        assert_eq!(EncryptionKey::new(&[2; 32]).open("token 1", &sealed), Err(Unsealable));
        assert_eq!(key.open("token 1", &sealed[..5]), Err(Unsealable));
        *sealed.last_mut().unwrap() ^= 1;
        assert_eq!(key.open("token 1", &sealed), Err(Unsealable));
    }

    #[test]
    fn a_key_file_is_its_owners_alone_and_is_never_replaced() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        assert!(matches!(EncryptionKey::read(&path), Err(KeyError::Missing(_))));
        let sealed = EncryptionKey::create(&path).unwrap().seal("x", b"y");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(EncryptionKey::read(&path).unwrap().open("x", &sealed).is_ok());
        assert!(matches!(EncryptionKey::create(&path), Err(KeyError::File { .. })));
        fs::write(&path, "short").unwrap();
        assert!(matches!(EncryptionKey::read(&path), Err(KeyError::Malformed(_))));
    }
}
