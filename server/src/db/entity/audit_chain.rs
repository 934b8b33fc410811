//! The chain of an account's audit trail: where it ends, and where what is kept of it begins. A row for each account, kept
//! apart from the entries, so that what is missing at either end is noticed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_chain")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    /// The number of the last entry that is in it.
    pub seq: i64,
    /// That entry's hash.
    pub hash: Vec<u8>,
    /// The number of the last entry that was removed for its age; 0 where none was.
    pub removed_seq: i64,
    /// That entry's hash, to which the first one that is kept is bound.
    pub removed_hash: Vec<u8>,
    pub began_at: i64,
    /// Whether entries without a hash are still taken for those of an older version.
    pub adopts: bool,
    /// Binds all of it to the installation's key.
    pub mac: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
