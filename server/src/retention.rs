//! What happened is kept for a time, and not for ever: the audit trail, when delegates were connected, and how scripts
//! ran. Of several managers one clears away at a time.

use std::time::Duration;

use muster::{
    id::{AuditId, ConnectionId},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, Order, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use crate::{
    db::{
        Db,
        entity::{connection, once_call, refused_call, script_run, secret_handout},
    },
    manage::{
        audit::chain::{self, ChainError},
        once,
    },
    state::State,
};

/// How many rows one change removes: others who write wait no longer than for these.
const CHUNK: u64 = 1000;
/// How many changes follow one another before the rest waits for the next time.
const MAX_CHUNKS: usize = 200;
/// How many connections of one delegate are kept: one that comes and goes every second has 86,400 a day.
pub const MAX_CONNECTIONS: u64 = 1000;
/// For how many days it is told who was turned away with a token.
pub const REFUSED_DAYS: u32 = 7;
/// How many delegates with more than these are looked at each time.
const MAX_DELEGATES: u64 = 100;

fn before(now: Timestamp, days: u32) -> Timestamp {
    now.minus(Duration::from_secs(u64::from(days) * 24 * 60 * 60))
}

/// Removes what is older than it has to be, in small changes.
///
/// # Errors
/// Where the database is out of reach; what was removed by then is gone.
pub async fn tidy(state: &State) -> Result<(), ChainError> {
    let (db, now) = (&state.db, state.clock.now());

    // Ids hold the time at which they were made, so the primary key finds the rows.
    let since = before(now, state.retention.connection_days);
    let oldest = ConnectionId::new(since, &[0; 10]).0;
    let ended = Condition::all()
        .add(connection::Column::Id.lt(oldest))
        .add(connection::Column::LostAt.is_not_null())
        .add(connection::Column::LostAt.lt(since.as_millis()));
    remove::<connection::Entity>(db, connection::Column::Id, ended).await?;
    for delegate in restless(db).await? {
        let of = || connection::Entity::find().filter(connection::Column::DelegateId.eq(delegate));
        let newest = of().order_by_desc(connection::Column::Id).offset(MAX_CONNECTIONS - 1).limit(1);
        let Some(oldest_kept) = newest.one(db.read()).await? else { continue };
        let surplus = Condition::all()
            .add(connection::Column::DelegateId.eq(delegate))
            .add(connection::Column::LostAt.is_not_null())
            .add(connection::Column::Id.lt(oldest_kept.id));
        remove::<connection::Entity>(db, connection::Column::Id, surplus).await?;
    }
    let hours = refused_call::Column::Hour.lt(before(now, REFUSED_DAYS).as_millis());
    let old = refused_call::Entity::find().filter(hours.clone()).limit(1);
    if old.one(db.read()).await?.is_some() {
        let change = db.write().await?;
        if change.takes_job().await? {
            refused_call::Entity::delete_many().filter(hours).exec(&*change).await?;
            change.commit().await?;
        }
    }
    let since = before(now, state.retention.script_days);
    let ended = Condition::all().add(script_run::Column::EndedAt.lt(since.as_millis()));
    remove::<script_run::Entity>(db, script_run::Column::Id, ended).await?;
    let old = secret_handout::Column::At.lt(since.as_millis());
    remove::<secret_handout::Entity>(db, secret_handout::Column::Id, old.into()).await?;

    remove::<once_call::Entity>(db, once_call::Column::Id, once::is_old(now)).await?;

    // Last: where somebody has tampered with the chain, this alone is left undone.
    let oldest = AuditId::new(before(now, state.retention.audit_days), &[0; 10]).0;
    chain::link(state).await?;
    chain::expire(state, oldest, CHUNK, MAX_CHUNKS).await
}

/// Delegates that were connected more often than is kept.
async fn restless(db: &Db) -> Result<Vec<Uuid>, DbErr> {
    connection::Entity::find()
        .select_only()
        .column(connection::Column::DelegateId)
        .group_by(connection::Column::DelegateId)
        .having(connection::Column::Id.count().gt(i64::try_from(MAX_CONNECTIONS).unwrap_or(i64::MAX)))
        .limit(MAX_DELEGATES)
        .into_tuple()
        .all(db.read())
        .await
}

/// Removes the rows under a condition, the oldest first.
async fn remove<E>(db: &Db, id: E::Column, which: Condition) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: FromQueryResult + Send + Sync,
{
    for _ in 0..MAX_CHUNKS {
        let ids = E::find().select_only().column(id).filter(which.clone()).order_by(id, Order::Asc).limit(CHUNK);
        let ids: Vec<Uuid> = ids.into_tuple().all(db.read()).await?;
        if ids.is_empty() {
            return Ok(());
        }
        let some = ids.len();
        let change = db.write().await?;
        if !change.takes_job().await? {
            return Ok(());
        }
        E::delete_many().filter(Expr::col(id).is_in(ids)).exec(&*change).await?;
        change.commit().await?;
        if u64::try_from(some).is_ok_and(|some| some < CHUNK) {
            return Ok(());
        }
    }
    Ok(())
}
