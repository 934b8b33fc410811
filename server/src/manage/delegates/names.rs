//! The delegates that share a name or a host.

use muster::delegate::{Delegate, KnownKey};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    db::entity::{Scoped, delegate},
    error::Error,
    manage::page::count,
};

/// How many delegates of one host and name are shown.
const MAX_SHOWN: u64 = 10;

/// The others of the same scope on the same host.
fn others(of: &Delegate) -> Condition {
    delegate::Entity::at(&of.scope)
        .add(delegate::Column::HostName.eq(of.facts.host_name.as_str()))
        .add(delegate::Column::Id.ne(of.id.0))
}

/// The other delegates of a delegate's host and name, the newest first: each had another key, or none, or another token.
///
/// # Errors
/// Where the database is out of reach.
pub async fn same_name(db: &impl ConnectionTrait, of: &Delegate) -> Result<Vec<KnownKey>, Error> {
    let rows = delegate::Entity::find()
        .filter(others(of).add(delegate::Column::Name.eq(of.facts.name.as_str())))
        .order_by_desc(delegate::Column::Id)
        .limit(MAX_SHOWN)
        .all(db)
        .await?;
    let known = |row| {
        let delegate = Delegate::try_from(row)?;
        Ok(KnownKey {
            id: delegate.id,
            key: delegate.key,
            status: delegate.status(),
            decision: delegate.decision,
            registered_at: delegate.registered_at,
            last_heartbeat_at: delegate.last_heartbeat_at,
        })
    };
    rows.into_iter().map(known).collect()
}

/// How many other delegates say that they are on a delegate's host.
///
/// # Errors
/// Where the database is out of reach.
pub async fn on_host(db: &impl ConnectionTrait, of: &Delegate) -> Result<u64, Error> {
    Ok(count(db, delegate::Entity::find().filter(others(of))).await?)
}
