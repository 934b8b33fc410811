//! Links that hand out install files once: their keys, and what their rows hold.
//!
//! A row holds the key's digest, which finds it, and the choices; the value of the token is unsealed when the link is
//! redeemed, and only while the token is good.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{
    escape::shell_word,
    id::InstallLinkId,
    install::{
        Bundle, Choices, InstallFields, InstallKind,
        files::{FETCH_PATH, name_on_host},
    },
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
    /// For how many hosts; of more than one each delegate is called after its own.
    #[serde(default = "one")]
    pub hosts: u32,
}

const fn one() -> u32 {
    1
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

    /// The choices for a host that calls itself so; none where it has no name of which a delegate's can be made.
    ///
    /// # Errors
    /// Where the row was changed by hand.
    pub fn choices_on(&self, host: &str) -> Result<Option<Choices>, Error> {
        if self.hosts <= 1 {
            return self.choices().map(Some);
        }
        let Some(name) = name_on_host(self.fields.name.trim(), host) else { return Ok(None) };
        let fields = InstallFields { name, ..self.fields.clone() };
        Ok(Some(Choices::parse(self.kind, &fields)?))
    }

    /// The line for a shell that redeems the link.
    ///
    /// # Errors
    /// Where the row was changed by hand.
    pub fn line(&self, key: &str) -> Result<String, Error> {
        let file = Bundle::of(&self.choices()?).name();
        let url = Zeroizing::new(format!("{}{FETCH_PATH}?key={key}", self.manager_url));
        // What is refused comes as a sentence, and is shown; it takes no other file's place.
        let (part, file) = (shell_word(&format!("{file}.part")), shell_word(file));
        // Each host puts its own name behind it.
        let host = if self.hosts > 1 { "'&host='\"$(hostname)\"" } else { "" };
        let url = Zeroizing::new(format!("{}{host}", shell_word(&url)));
        let url = url.as_str();
        let fetch = format!("curl -sS --fail-with-body -o {part} {url} && mv {part} {file}");
        Ok(format!("{fetch} || (cat {part}; rm {part}; exit 22)"))
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
