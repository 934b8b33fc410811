//! Where the chain of an account's audit trail ends, and what is put behind its end.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel as _};
use uuid::Uuid;

use super::hash::{AuditKey, Hash, Source};
use crate::db::{
    Change,
    entity::{audit::Model as Row, audit_chain},
};

/// What says where the chain of an account ends, as it stands there.
///
/// # Errors
/// Where the database is out of reach.
pub async fn find(db: &impl ConnectionTrait, account: Uuid) -> Result<Option<audit_chain::Model>, DbErr> {
    audit_chain::Entity::find_by_id(account).one(db).await
}

/// Writes where it ends now, bound to the key.
///
/// # Errors
/// Where the database is out of reach.
pub async fn save(change: &Change, key: &AuditKey, mut head: audit_chain::Model) -> Result<(), DbErr> {
    head.mac = key.of_head(&head).to_vec();
    audit_chain::Entity::update(head.into_active_model().reset_all()).exec(&**change).await.map(drop)
}

/// The end of a chain, which entries are put behind one after the other.
pub struct End<'a> {
    key: &'a AuditKey,
    head: audit_chain::Model,
    last: Hash,
}

impl<'a> End<'a> {
    /// The end that a head tells; none where the head is not what was written with the key: nothing is bound to that.
    #[must_use]
    pub fn of(key: &'a AuditKey, head: audit_chain::Model) -> Option<Self> {
        let last = Hash::try_from(head.hash.as_slice()).ok().filter(|_| key.is_of(&head))?;
        Some(Self { key, head, last })
    }

    /// Puts an entry behind the end; gives its number and its hash.
    pub fn append(&mut self, source: Source, entry: &Row) -> (i64, Hash) {
        self.head.seq += 1;
        self.last = self.key.of_link(&self.last, self.head.seq, source, entry);
        (self.head.seq, self.last)
    }

    /// What says where the chain ends now.
    #[must_use]
    pub fn into_head(mut self) -> audit_chain::Model {
        self.head.hash = self.last.to_vec();
        self.head
    }
}
