//! Every lock of a row, and the one order in which they are taken: **secrets, then tokens, then profiles, then
//! delegates; of each the smaller id first**. Two changes that take them in this order wait for one another, and never
//! for each other. Rows that belong to a delegate (its connections, its script's runs) are written under its lock, and
//! have none of their own.
//!
//! A row that a change will write is locked for that from the start: two that first share a lock and then both want to
//! write would wait for ever.
//!
//! On SQLite, where each change is alone, these only read.

use muster::{
    id::{DelegateId, ProfileId, TokenId},
    scope::Scope,
};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    Change,
    entity::{Scoped, delegate, profile, secret, token},
};

/// A token, for a change of it.
///
/// # Errors
/// Where the database is out of reach.
pub async fn token(change: &Change, scope: &Scope, id: TokenId) -> Result<Option<token::Model>, DbErr> {
    let row = token::Entity::find_by_id(id.0).filter(token::Entity::within(scope)).lock_exclusive();
    row.one(&**change).await
}

/// A token that must not change meanwhile: who use it do not wait for each other, but a revocation waits for them, and
/// they for it.
///
/// # Errors
/// Where the database is out of reach.
pub async fn token_shared(change: &Change, id: TokenId) -> Result<Option<token::Model>, DbErr> {
    token::Entity::find_by_id(id.0).lock_shared().one(&**change).await
}

/// The tokens under a condition, for a change of them.
///
/// # Errors
/// Where the database is out of reach.
pub async fn tokens(change: &Change, which: Condition) -> Result<Vec<Uuid>, DbErr> {
    let rows = token::Entity::find().select_only().column(token::Column::Id).filter(which);
    rows.order_by_asc(token::Column::Id).lock_exclusive().into_tuple().all(&**change).await
}

/// A profile, for a change of it.
///
/// # Errors
/// Where the database is out of reach.
pub async fn profile(change: &Change, scope: &Scope, id: ProfileId) -> Result<Option<profile::Model>, DbErr> {
    let row = profile::Entity::find_by_id(id.0).filter(profile::Entity::within(scope)).lock_exclusive();
    row.one(&**change).await
}

/// A profile that must not change meanwhile.
///
/// # Errors
/// Where the database is out of reach.
pub async fn profile_shared(change: &Change, scope: &Scope, id: ProfileId) -> Result<Option<profile::Model>, DbErr> {
    let row = profile::Entity::find_by_id(id.0).filter(profile::Entity::within(scope)).lock_shared();
    row.one(&**change).await
}

/// A delegate, for a change of it.
///
/// # Errors
/// Where the database is out of reach.
pub async fn delegate(change: &Change, scope: &Scope, id: DelegateId) -> Result<Option<delegate::Model>, DbErr> {
    let row = delegate::Entity::find_by_id(id.0).filter(delegate::Entity::within(scope)).lock_exclusive();
    row.one(&**change).await
}

/// The delegates under a condition, for a change of them.
///
/// # Errors
/// Where the database is out of reach.
pub async fn delegates(change: &Change, which: Condition) -> Result<Vec<Uuid>, DbErr> {
    let rows = delegate::Entity::find().select_only().column(delegate::Column::Id).filter(which);
    rows.order_by_asc(delegate::Column::Id).lock_exclusive().into_tuple().all(&**change).await
}

/// The secrets of these names that exist, which nobody deletes meanwhile.
///
/// # Errors
/// Where the database is out of reach.
pub async fn secrets_shared(change: &Change, scope: &Scope, names: Vec<String>) -> Result<Vec<String>, DbErr> {
    let rows = secret::Entity::find().select_only().column(secret::Column::Name).filter(secret::Entity::within(scope));
    let rows = rows.filter(secret::Column::Name.is_in(names)).order_by_asc(secret::Column::Id);
    rows.lock_shared().into_tuple().all(&**change).await
}
