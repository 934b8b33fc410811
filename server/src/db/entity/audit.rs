//! The audit trail.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    pub project: String,
    pub at: i64,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub actor_name: String,
    /// Empty for what happened inside the server's machine.
    pub address: String,
    pub action: String,
    pub object_id: Option<Uuid>,
    pub object_name: String,
    /// What a person needs to understand the entry beyond its action: the changes as a phrase; never a secret.
    pub detail: String,
    /// JSON: what changed from what to what, and what else belongs to it; null where there is nothing.
    pub changes: Option<String>,
    /// Its number in the chain; null until it is in it.
    pub seq: Option<i64>,
    /// What binds it to the installation's key: by itself until it is in the chain, then with all before it. Null where a
    /// version wrote it that knew of no chain.
    pub hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
