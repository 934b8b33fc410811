//! Every lock of a row, and the one order in which they are taken: **accounts, then people, organizations and
//! projects, names of delegates, secrets, tokens, profiles, delegates, and the chain of the audit trail; of each the smaller id first**. Two changes that take
//! them in this order wait for one another, and never for each other. Rows that belong to a delegate (its connections, its script's runs) are written under its
//! lock, and have none of their own; so are those that wait for one session alone ([`reveal()`]).
//!
//! A row that a change will write is locked for that from the start: two that first share a lock and then both want to
//! write would wait for ever.
//!
//! On SQLite, where each change is alone, these only read.
//!
//! What is kept in memory of a token or a delegate (`db/known.rs`) is forgotten by the change that locks its row: so a
//! change of either can forget nothing that it should not have. Those that write only what is not kept say so
//! ([`delegates_heard`], [`tokens_used`], [`token_counted`]).
//!
//! # Errors
//! Each fails where the database is out of reach.

use std::collections::{BTreeSet, HashMap};

use muster::{
    id::{AccountId, DelegateId, ProfileId, SecretId, TokenId, UserId},
    scope::Scope,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, PrimaryKeyTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement, Value,
    sea_query::{ArrayType, LockBehavior, LockType},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    Change,
    entity::{Scoped, account, audit_chain, delegate, profile, reveal, scope, secret, token, user},
};

/// How a row is locked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    /// Nobody else locks it.
    Exclusive,
    /// Others may share it, and nobody writes.
    Shared,
}

async fn one<E>(change: &Change, id: Uuid, which: Condition, lock: Lock) -> Result<Option<E::Model>, DbErr>
where
    E: EntityTrait<PrimaryKey: PrimaryKeyTrait<ValueType = Uuid>>,
{
    let row = E::find_by_id(id).filter(which);
    let row = if lock == Lock::Shared { row.lock_shared() } else { row.lock_exclusive() };
    row.one(&**change).await
}

/// The account, for what only one change at a time may do.
pub async fn account(change: &Change, id: AccountId) -> Result<(), DbErr> {
    one::<account::Entity>(change, id.0, Condition::all(), Lock::Exclusive).await.map(drop)
}

/// An organization or a project, for a change of it. Whoever makes or deletes one takes the account first.
pub async fn scope(change: &Change, which: &Scope) -> Result<Option<scope::Model>, DbErr> {
    scope::Entity::find().filter(scope::Entity::at(which)).lock_exclusive().one(&**change).await
}

/// The same, which must not be deleted meanwhile: for what is made in it.
pub async fn scope_shared(change: &Change, which: &Scope) -> Result<Option<scope::Model>, DbErr> {
    scope::Entity::find().filter(scope::Entity::at(which)).lock_shared().one(&**change).await
}

/// A person of the account, for a change of it. What the last administrator must not lose takes the account first.
pub async fn user(change: &Change, account: AccountId, id: UserId) -> Result<Option<user::Model>, DbErr> {
    let own = Condition::all().add(user::Column::AccountId.eq(account.0));
    one::<user::Entity>(change, id.0, own, Lock::Exclusive).await
}

/// Hosts and names of delegates in a scope that may be new: of two that register under one at once, the later sees the
/// earlier. There are no rows to lock yet, so these are locks of PostgreSQL that mean what the program says.
pub async fn names<'a>(
    change: &Change,
    scope: &Scope,
    names: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<(), DbErr> {
    if change.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let keys: BTreeSet<i64> = names.map(|(host, name)| name_key(scope, host, name)).collect();
    let keys = Value::Array(ArrayType::BigInt, Some(Box::new(keys.into_iter().map(Value::from).collect())));
    let sql = "SELECT count(pg_advisory_xact_lock(k)) FROM unnest($1) AS names(k)";
    change.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [keys])).await.map(drop)
}

fn name_key(scope: &Scope, host: &str, name: &str) -> i64 {
    let mut digest = Sha256::new();
    digest.update(scope.account.0);
    for part in [scope.organization(), scope.project(), host, name] {
        digest.update(part);
        // In none of them.
        digest.update([0]);
    }
    let [a, b, c, d, e, f, g, h, ..] = digest.finalize().0;
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// A secret in or under a scope, for a change of it.
pub async fn secret(change: &Change, scope: &Scope, id: SecretId) -> Result<Option<secret::Model>, DbErr> {
    one::<secret::Entity>(change, id.0, secret::Entity::under(scope), Lock::Exclusive).await
}

/// The secrets of these names that exist, which nobody deletes or limits meanwhile.
pub async fn secrets_shared(change: &Change, scope: &Scope, names: Vec<String>) -> Result<Vec<secret::Model>, DbErr> {
    let rows = secret::Entity::find().filter(secret::Entity::visible_from(scope));
    let rows = rows.filter(secret::Column::Name.is_in(names)).order_by_asc(secret::Column::Id);
    rows.lock_shared().all(&**change).await
}

/// Profiles in or under a scope, for a change of them.
pub async fn profiles(change: &Change, which: Condition) -> Result<Vec<profile::Model>, DbErr> {
    profile::Entity::find().filter(which).order_by_asc(profile::Column::Id).lock_exclusive().all(&**change).await
}

/// A token in or under a scope, for a change of it.
pub async fn token(change: &Change, scope: &Scope, id: TokenId) -> Result<Option<token::Model>, DbErr> {
    change.locked.tokens(&[id.0]);
    one::<token::Entity>(change, id.0, token::Entity::under(scope), Lock::Exclusive).await
}

/// A token that must not change meanwhile: who use it do not wait for each other, but a revocation waits for them, and
/// they for it.
pub async fn token_shared(change: &Change, id: TokenId) -> Result<Option<token::Model>, DbErr> {
    one::<token::Entity>(change, id.0, Condition::all(), Lock::Shared).await
}

/// The same, to count a delegate that registers with it: those who are counted wait for each other.
pub async fn token_counted(change: &Change, id: TokenId) -> Result<Option<token::Model>, DbErr> {
    one::<token::Entity>(change, id.0, Condition::all(), Lock::Exclusive).await
}

/// Those of these tokens that are not revoked, and must not be meanwhile, with their revisions: see [`token_shared`].
pub async fn good_tokens_shared(change: &Change, ids: BTreeSet<Uuid>) -> Result<HashMap<Uuid, i32>, DbErr> {
    let rows = token::Entity::find().select_only().columns([token::Column::Id, token::Column::Revision]);
    let rows = rows.filter(token::Column::Id.is_in(ids)).filter(token::Column::RevokedAt.is_null());
    let rows = rows.order_by_asc(token::Column::Id).lock_shared().into_tuple().all(&**change).await?;
    Ok(rows.into_iter().collect())
}

/// The tokens under a condition, for a change of them.
pub async fn tokens(change: &Change, which: Condition) -> Result<Vec<Uuid>, DbErr> {
    let ids = tokens_used(change, which).await?;
    change.locked.tokens(&ids);
    Ok(ids)
}

/// The tokens under a condition, to note that they were used.
pub async fn tokens_used(change: &Change, which: Condition) -> Result<Vec<Uuid>, DbErr> {
    let rows = token::Entity::find().select_only().column(token::Column::Id).filter(which);
    rows.order_by_asc(token::Column::Id).lock_exclusive().into_tuple().all(&**change).await
}

/// What waits to be revealed of an object.
pub async fn reveal(change: &Change, object: Uuid, which: Condition) -> Result<Option<reveal::Model>, DbErr> {
    one::<reveal::Entity>(change, object, which, Lock::Exclusive).await
}

/// A profile in or under a scope, for a change of it.
pub async fn profile(change: &Change, scope: &Scope, id: ProfileId) -> Result<Option<profile::Model>, DbErr> {
    one::<profile::Entity>(change, id.0, profile::Entity::under(scope), Lock::Exclusive).await
}

/// A profile that can be used in a scope, and must not change meanwhile.
pub async fn profile_shared(change: &Change, scope: &Scope, id: ProfileId) -> Result<Option<profile::Model>, DbErr> {
    one::<profile::Entity>(change, id.0, profile::Entity::visible_from(scope), Lock::Shared).await
}

/// A delegate in or under a scope, for a change of it.
pub async fn delegate(change: &Change, scope: &Scope, id: DelegateId) -> Result<Option<delegate::Model>, DbErr> {
    change.locked.delegates(&[id.0]);
    one::<delegate::Entity>(change, id.0, delegate::Entity::under(scope), Lock::Exclusive).await
}

/// The delegates under a condition, for a change of them.
pub async fn delegates(change: &Change, which: Condition) -> Result<Vec<Uuid>, DbErr> {
    let ids = delegates_heard(change, which).await?;
    change.locked.delegates(&ids);
    Ok(ids)
}

/// The delegates under a condition, to note when they were heard or refused.
pub async fn delegates_heard(change: &Change, which: Condition) -> Result<Vec<Uuid>, DbErr> {
    let rows = delegate::Entity::find().select_only().column(delegate::Column::Id).filter(which);
    rows.order_by_asc(delegate::Column::Id).lock_exclusive().into_tuple().all(&**change).await
}

/// The ends of the audit trail's chain, for what lengthens or shortens it; none also where another manager does that.
pub async fn audit_chain(change: &Change, account: AccountId) -> Result<Option<audit_chain::Model>, DbErr> {
    let head = audit_chain::Entity::find_by_id(account.0);
    head.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).one(&**change).await
}
