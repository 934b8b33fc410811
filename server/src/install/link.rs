//! Links that hand out install files once: their keys, and what their rows hold.
//!
//! A row holds the key's digest, which finds it, and the choices; the value of the token is unsealed when the link is
//! redeemed, and only while the token is good.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{
    escape::shell_word,
    id::InstallLinkId,
    install::{Bundle, Choices, InstallFields, InstallKind, files::FETCH_PATH},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{
    db::entity::{corrupt, install_link},
    encryption::{EncryptionKey, Unsealable},
    error::Error,
    random,
};

/// What a link hands out, as its row holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LinkPayload {
    /// How to install.
    pub kind: InstallKind,
    /// What a person chose.
    pub fields: InstallFields,
    /// Where that person reached this manager.
    pub manager_url: String,
}

impl LinkPayload {
    /// As a row holds it.
    ///
    /// # Errors
    /// Where the row was changed by hand.
    pub fn read(row: &install_link::Model) -> Result<Self, Error> {
        Ok(serde_json::from_str(&row.plan).map_err(|error| corrupt("install_link", error))?)
    }

    /// The choices.
    ///
    /// # Errors
    /// Where the row was changed by hand.
    pub fn choices(&self) -> Result<Choices, Error> {
        Ok(Choices::parse(self.kind, &self.fields)?)
    }

    /// The line for a shell that redeems the link.
    ///
    /// # Errors
    /// Where the row was changed by hand.
    pub fn line(&self, key: &str) -> Result<String, Error> {
        let file = Bundle::of(&self.choices()?).name();
        let url = Zeroizing::new(format!("{}{FETCH_PATH}?key={key}", self.manager_url));
        Ok(format!("curl -fsS -o {} {}", shell_word(file), shell_word(&url)))
    }
}

/// What makes a link work: random bytes, as its URL holds them.
pub fn new_key() -> Zeroizing<String> {
    Zeroizing::new(URL_SAFE_NO_PAD.encode(*Zeroizing::new(random::bytes::<32>())))
}

/// What stands for a key in the database.
pub fn digest(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(key.as_bytes()))
}

/// For what a key is sealed in its row.
pub fn purpose(id: InstallLinkId) -> String {
    format!("install link {id}")
}

/// The key of a link, for the session that made it.
///
/// # Errors
/// [`Unsealable`].
pub fn unseal(encryption: &EncryptionKey, row: &install_link::Model) -> Result<Zeroizing<String>, Unsealable> {
    let clear = encryption.open(&purpose(InstallLinkId(row.id)), &row.sealed_key)?;
    std::str::from_utf8(&clear).map(|key| Zeroizing::new(key.to_owned())).map_err(|_| Unsealable)
}
