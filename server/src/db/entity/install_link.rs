//! Links that hand out install files once, or once to each of several hosts.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "install_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    pub project: String,
    /// The digest of the key in the link: finds the row, and cannot be turned into a link.
    pub digest: String,
    /// The digest of the session that made it, as in table `session`: the one that may see it.
    pub session: String,
    /// The key, sealed, to show the link again to that session.
    pub sealed_key: Vec<u8>,
    /// What the files are made of, as JSON; ids and choices, no token value.
    pub plan: String,
    pub created_by: String,
    pub created_at: i64,
    pub expires_at: i64,
    /// When it was last used.
    pub used_at: Option<i64>,
    /// The address that used it last; empty before.
    pub used_from: String,
    /// How often it works.
    pub max_uses: i32,
    /// How often it was used.
    pub uses: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
