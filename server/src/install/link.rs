//! Links that hand out install files once: their keys, and what their rows hold.
//!
//! A row holds the key's digest, which finds it, and the choices; the value of the token is unsealed when the link is
//! redeemed, and only while the token is good.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{
    escape::shell_word,
    id::InstallLinkId,
    install::{
        Bundle, Choices, InstallFields, InstallKind, Permissions,
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
        let mut payload: Self = serde_json::from_str(&row.plan).map_err(|error| corrupt("install_link", error))?;
        // When nothing meant this, rows could say nothing.
        if payload.fields.permissions.is_empty() {
            Permissions::ClusterAdmin.slug().clone_into(&mut payload.fields.permissions);
        }
        Ok(payload)
    }

    /// The same, where what the delegate may do is said also where that is the default: whatever the default will be by
    /// then, a link hands out what its review showed.
    #[must_use]
    pub fn with_permissions(mut self, permissions: Permissions) -> Self {
        permissions.slug().clone_into(&mut self.fields.permissions);
        self
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn row(plan: &str) -> install_link::Model {
        install_link::Model {
            id: Uuid::nil(),
            account_id: Uuid::nil(),
            organization: String::new(),
            project: String::new(),
            digest: String::new(),
            session: String::new(),
            sealed_key: Vec::new(),
            plan: plan.to_owned(),
            created_by: String::new(),
            created_at: 0,
            expires_at: 0,
            used_at: None,
            used_from: String::new(),
            max_uses: 1,
            uses: 0,
        }
    }

    #[test]
    fn a_link_hands_out_the_permissions_that_its_review_showed() {
        let id = "01900000-0000-7000-8000-000000000000".to_owned();
        let fields = InstallFields { name: "edge".to_owned(), profile: id.clone(), token: id, ..Default::default() };
        let payload =
            LinkPayload { kind: InstallKind::Helm, fields, manager_url: "http://muster.test".to_owned(), hosts: 1 };
        let read = |payload: &LinkPayload| {
            let row = row(&serde_json::to_string(payload).unwrap());
            LinkPayload::read(&row).unwrap().choices().unwrap().permissions
        };
        assert_eq!(read(&payload), Permissions::ClusterAdmin, "as a version before wrote it");
        let chosen = payload.choices().unwrap().permissions;
        assert_eq!(chosen, Permissions::NamespaceAdmin);
        assert_eq!(read(&payload.with_permissions(chosen)), Permissions::NamespaceAdmin);
    }
}
