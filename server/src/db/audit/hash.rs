//! What binds entries of the audit trail to the installation's key, and to one another: HMAC-SHA256 (RFC 2104) over fields
//! that each have their length before them, so that no two entries are the same bytes.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{
    db::entity::{audit::Model, audit_chain},
    encryption::EncryptionKey,
};

/// A hash of the chain.
pub type Hash = [u8; 32];

/// To which the first entry is bound.
pub const GENESIS: Hash = [0; 32];

const PURPOSE: &str = "audit chain";

/// What an entry in the chain is known for. It is a part of the hash, so that nobody without the key can say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It had a hash of its own from the moment it was written.
    Muster,
    /// An older version wrote it, before there was a chain.
    Older,
    /// It has no hash that was made with the key.
    Stranger,
}

impl Source {
    const ALL: [Self; 3] = [Self::Muster, Self::Older, Self::Stranger];

    const fn label(self) -> &'static [u8] {
        match self {
            Self::Muster => b"link",
            Self::Older => b"older link",
            Self::Stranger => b"strange link",
        }
    }
}

/// The key of the audit trail's hashes. Clones are the same.
#[derive(Clone, Debug)]
pub struct AuditKey(Hmac<Sha256>);

impl AuditKey {
    /// The key of an installation.
    #[must_use]
    pub fn of(encryption: &EncryptionKey) -> Self {
        // HMAC fills a key up with zeros to the length of a block.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&encryption.derive(PURPOSE));
        Self(Hmac::new(&block.into()))
    }

    /// What an entry has by itself, from the moment it is written.
    #[must_use]
    pub fn of_entry(&self, entry: &Model) -> Hash {
        self.begin(b"entry").entry(entry).finish()
    }

    /// What binds an entry at a place of the chain to the hash before it.
    #[must_use]
    pub fn of_link(&self, before: &Hash, seq: i64, source: Source, entry: &Model) -> Hash {
        self.begin(source.label()).bytes(before).number(seq).entry(entry).finish()
    }

    /// What binds the ends of a chain to the key.
    #[must_use]
    pub fn of_head(&self, head: &audit_chain::Model) -> Hash {
        let ends = self.begin(b"head").bytes(head.account_id.as_bytes()).number(head.seq).bytes(&head.hash);
        let ends = ends.number(head.removed_seq).bytes(&head.removed_hash);
        ends.number(head.began_at).number(i64::from(head.adopts)).finish()
    }

    /// Whether the ends of a chain are what was written with the key.
    #[must_use]
    pub fn is_of(&self, head: &audit_chain::Model) -> bool {
        head.mac == self.of_head(head)
    }

    /// What an entry that stands at a place of the chain is known for; none where it is not what was put there.
    #[must_use]
    pub fn source(&self, before: &Hash, seq: i64, entry: &Model) -> Option<Source> {
        let is = |source: &Source| entry.hash.as_deref() == Some(&self.of_link(before, seq, *source, entry)[..]);
        Source::ALL.into_iter().find(is)
    }

    /// Whether an entry that is not in the chain yet is as it was written.
    #[must_use]
    pub fn wrote(&self, entry: &Model) -> bool {
        entry.hash.as_deref() == Some(&self.of_entry(entry)[..])
    }

    fn begin(&self, label: &[u8]) -> Bytes {
        Bytes(self.0.clone()).bytes(label)
    }
}

/// What is hashed.
struct Bytes(Hmac<Sha256>);

impl Bytes {
    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    fn number(self, number: i64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    fn optional(self, bytes: Option<&[u8]>) -> Self {
        match bytes {
            Some(bytes) => self.bytes(b"some").bytes(bytes),
            None => self.bytes(b"none"),
        }
    }

    /// All that an entry tells.
    fn entry(self, entry: &Model) -> Self {
        let Model { id, account_id, organization, project, at, actor_kind, actor_id, actor_name, address, .. } = entry;
        let Model { action, object_id, object_name, detail, changes, .. } = entry;
        self.bytes(id.as_bytes())
            .bytes(account_id.as_bytes())
            .bytes(organization.as_bytes())
            .bytes(project.as_bytes())
            .number(*at)
            .bytes(actor_kind.as_bytes())
            .optional(actor_id.as_ref().map(|id| &id.as_bytes()[..]))
            .bytes(actor_name.as_bytes())
            .bytes(address.as_bytes())
            .bytes(action.as_bytes())
            .optional(object_id.as_ref().map(|id| &id.as_bytes()[..]))
            .bytes(object_name.as_bytes())
            .bytes(detail.as_bytes())
            .optional(changes.as_ref().map(String::as_bytes))
    }

    fn finish(self) -> Hash {
        self.0.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn entry() -> Model {
        Model {
            id: Uuid::from_u128(1),
            account_id: Uuid::from_u128(2),
            organization: String::new(),
            project: String::new(),
            at: 3,
            actor_kind: "USER".to_owned(),
            actor_id: None,
            actor_name: "ada".to_owned(),
            address: String::new(),
            action: "SIGNED_IN".to_owned(),
            object_id: None,
            object_name: String::new(),
            detail: String::new(),
            changes: None,
            seq: None,
            hash: None,
        }
    }

    #[test]
    fn every_field_is_bound_and_so_is_its_place() {
        let key = AuditKey::of(&EncryptionKey::new(&[1; 32]));
        let before = key.of_entry(&entry());
        let changes: [fn(&mut Model); 14] = [
            |e| e.id = Uuid::nil(),
            |e| e.account_id = Uuid::nil(),
            |e| e.organization.push('x'),
            |e| e.project.push('x'),
            |e| e.at = 4,
            |e| e.actor_kind.push('x'),
            |e| e.actor_id = Some(Uuid::nil()),
            |e| e.actor_name.push('x'),
            |e| e.address.push('x'),
            |e| e.action.push('x'),
            |e| e.object_id = Some(Uuid::nil()),
            |e| e.object_name.push('x'),
            |e| e.detail.push('x'),
            |e| e.changes = Some(String::new()),
        ];
        for change in changes {
            let mut changed = entry();
            change(&mut changed);
            assert_ne!(key.of_entry(&changed), before, "{changed:?}");
        }
        let mut moved = entry();
        (moved.actor_kind, moved.actor_name) = ("USERada".to_owned(), String::new());
        assert_ne!(key.of_entry(&moved), before, "what moves from one field to the next is another entry");

        let link = |before, seq, source| key.of_link(before, seq, source, &entry());
        let first = link(&GENESIS, 1, Source::Muster);
        assert_ne!(first, before);
        assert_ne!(first, link(&GENESIS, 2, Source::Muster));
        assert_ne!(first, link(&first, 1, Source::Muster));
        assert_ne!(first, link(&GENESIS, 1, Source::Older));
        assert_ne!(AuditKey::of(&EncryptionKey::new(&[2; 32])).of_entry(&entry()), before, "another key");
    }
}
