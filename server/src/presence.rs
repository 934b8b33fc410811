//! Heartbeats: kept in memory, written together once a second; and who fell silent.
//!
//! A heartbeat is the most frequent request by far and changes nothing that anyone was promised: what a crash loses of
//! it is a second of "last heartbeat". Changes of state (connected, cut off, stopped) are written at once.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use muster::{
    delegate::Delegate,
    id::{ConnectionId, DelegateId, TokenId},
    time::Timestamp,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, Statement, Value, sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    chance,
    db::{
        Change,
        entity::{connection, delegate},
    },
    events::Topic,
    state::State,
};

/// How often heartbeats are written and silent delegates looked for.
const TICK: Duration = Duration::from_secs(1);
/// Every how many ticks open pages are told of mere heartbeats.
const TICKS_PER_NEWS: u32 = 5;
/// How many rows one statement changes.
const CHUNK: usize = 500;

#[derive(Clone, Copy, Debug)]
struct Beat {
    at: Timestamp,
    until: Timestamp,
}

/// Heartbeats and uses of tokens that are not yet written.
#[derive(Debug, Default)]
pub struct Presence {
    beats: Mutex<HashMap<DelegateId, Beat>>,
    uses: Mutex<HashMap<TokenId, (Timestamp, String)>>,
}

impl Presence {
    /// Notes a heartbeat: the delegate counts as connected until `until` if nothing more is heard.
    pub fn beat(&self, id: DelegateId, at: Timestamp, until: Timestamp) {
        self.beats.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Beat { at, until });
    }

    /// Notes that a delegate used a token.
    pub fn used(&self, token: TokenId, at: Timestamp, by: &str) {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner).insert(token, (at, by.to_owned()));
    }

    /// Notes again what could not be written, but for what is newer already.
    fn put_back<K: Eq + Hash, V>(map: &Mutex<HashMap<K, V>>, rows: Vec<(K, V)>) {
        let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in rows {
            map.entry(key).or_insert(value);
        }
    }

    fn take<K, V>(map: &Mutex<HashMap<K, V>>) -> Vec<(K, V)> {
        std::mem::take(&mut *map.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}

/// Runs until the server stops; then writes what is left.
pub async fn run(state: State) {
    let mut ticks: u32 = 0;
    let mut news = false;
    loop {
        let stopping = tokio::select! {
            () = state.stop.cancelled() => true,
            () = tokio::time::sleep(TICK) => false,
        };
        match flush(&state).await {
            Ok(any) => news |= any,
            Err(error) => tracing::warn!(%error, "heartbeats could not be written"),
        }
        if stopping {
            return;
        }
        if let Err(error) = sweep(&state).await {
            tracing::warn!(%error, "silent delegates could not be looked for");
        }
        ticks = ticks.wrapping_add(1);
        if news && ticks.is_multiple_of(TICKS_PER_NEWS) {
            state.events.publish(Topic::Delegates);
            news = false;
        }
    }
}

/// Writes all noted heartbeats and uses of tokens; tells whether there were any.
///
/// # Errors
/// Where the database is out of reach; what was noted is then written the next time.
pub async fn flush(state: &State) -> Result<bool, DbErr> {
    let beats = Presence::take(&state.presence.beats);
    let uses = Presence::take(&state.presence.uses);
    let any = !beats.is_empty() || !uses.is_empty();
    // Each in a transaction of its own: one that held rows of both tables could wait for a registration that waits
    // for it.
    let written = write_beats(state, &beats).await;
    if written.is_err() {
        Presence::put_back(&state.presence.beats, beats);
    }
    let used = write_uses(state, &uses).await;
    if used.is_err() {
        Presence::put_back(&state.presence.uses, uses);
    }
    written.and(used).map(|()| any)
}

async fn write_beats(state: &State, beats: &[(DelegateId, Beat)]) -> Result<(), DbErr> {
    for chunk in beats.chunks(CHUNK) {
        // Only a connected delegate's time is extended: one that was cut off or stopped meanwhile stays so.
        let rows =
            chunk.iter().map(|(id, beat)| [id.0.into(), beat.at.as_millis().into(), beat.until.as_millis().into()]);
        let sql = "UPDATE delegate SET last_heartbeat_at = v.column2, connected_until = v.column3 \
                   FROM (VALUES {rows}) AS v \
                   WHERE delegate.id = v.column1 AND connected_until IS NOT NULL AND last_heartbeat_at <= v.column2";
        let change = state.db.write().await?;
        if change.get_database_backend() == DbBackend::Postgres {
            // In the order in which everybody holds rows: an update alone would take them as they come.
            let ids = delegate::Entity::find()
                .select_only()
                .column(delegate::Column::Id)
                .filter(delegate::Column::Id.is_in(chunk.iter().map(|(id, _)| id.0)))
                .order_by_asc(delegate::Column::Id)
                .lock_exclusive();
            ids.into_tuple::<Uuid>().all(&*change).await?;
        }
        update_many(&*change, sql, rows).await?;
        change.commit().await?;
    }
    Ok(())
}

async fn write_uses(state: &State, uses: &[(TokenId, (Timestamp, String))]) -> Result<(), DbErr> {
    for chunk in uses.chunks(CHUNK) {
        let rows = chunk.iter().map(|(id, (at, by))| [id.0.into(), at.as_millis().into(), by.as_str().into()]);
        let sql = "UPDATE token SET last_used_at = v.column2, last_used_by = v.column3 \
                   FROM (VALUES {rows}) AS v WHERE token.id = v.column1";
        let change = state.db.write().await?;
        update_many(&*change, sql, rows).await?;
        change.commit().await?;
    }
    Ok(())
}

/// One statement for many rows. Both databases call the columns of `VALUES` column1, column2, …; sea-query has no
/// such statement.
async fn update_many(
    tx: &impl ConnectionTrait,
    sql: &str,
    rows: impl Iterator<Item = [Value; 3]>,
) -> Result<(), DbErr> {
    let mut values = Vec::new();
    let mut places = Vec::new();
    for row in rows {
        let n = values.len();
        places.push(format!("(${}, ${}, ${})", n + 1, n + 2, n + 3));
        values.extend(row);
    }
    let sql = sql.replace("{rows}", &places.join(", "));
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Marks the delegates that fell silent as lost.
///
/// # Errors
/// Where the database is out of reach.
pub async fn sweep(state: &State) -> Result<(), DbErr> {
    let now = state.clock.now();
    let silent = || Condition::all().add(delegate::Column::ConnectedUntil.lte(now.as_millis()));
    let any = delegate::Entity::find().select_only().column(delegate::Column::Id).filter(silent()).limit(1);
    if any.into_tuple::<Uuid>().one(state.db.read()).await?.is_none() {
        return Ok(());
    }
    let mut change = state.db.write().await?;
    let lost = delegate::Entity::find()
        .filter(silent())
        .order_by_asc(delegate::Column::ConnectedUntil)
        .limit(u64::try_from(CHUNK).unwrap_or(u64::MAX))
        .all(&*change)
        .await?;
    for row in lost {
        let at = row.connected_until.map_or(now, Timestamp::from_millis);
        tracing::info!(delegate = row.name, host = row.host_name, "fell silent");
        // Asked again when the row is held: another manager may have heard of it meanwhile.
        disconnect(&change, silent().add(delegate::Column::Id.eq(row.id)), at, "no heartbeat").await?;
    }
    change.touches(Topic::Delegates);
    change.touches(Topic::Tokens);
    change.commit().await
}

/// Notes that a delegate is connected from now on, where it was not.
///
/// # Errors
/// Where the database is out of reach.
pub async fn connect(tx: &Change, delegate: &Delegate, now: Timestamp) -> Result<(), DbErr> {
    connection::ActiveModel {
        id: Set(ConnectionId::new(now, &chance::bytes()).0),
        account_id: Set(delegate.scope.account.0),
        organization: Set(delegate.scope.organization().to_owned()),
        project: Set(delegate.scope.project().to_owned()),
        delegate_id: Set(delegate.id.0),
        connected_at: Set(now.as_millis()),
        lost_at: Set(None),
        cause: Set(String::new()),
    }
    .insert(&**tx)
    .await?;
    Ok(())
}

/// Notes that the delegates under a condition are no longer connected, and why.
///
/// # Errors
/// Where the database is out of reach.
pub async fn disconnect(tx: &Change, which: Condition, at: Timestamp, cause: &str) -> Result<(), DbErr> {
    // Rows are held in the order of their ids: two who disconnect the same ones wait, and do not block each other.
    let ids: Vec<Uuid> = delegate::Entity::find()
        .select_only()
        .column(delegate::Column::Id)
        .filter(which)
        .filter(delegate::Column::ConnectedUntil.is_not_null())
        .order_by_asc(delegate::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(&**tx)
        .await?;
    for ids in ids.chunks(CHUNK) {
        delegate::Entity::update_many()
            .col_expr(delegate::Column::ConnectedUntil, Expr::value(Value::BigInt(None)))
            .filter(delegate::Column::Id.is_in(ids.iter().copied()))
            .exec(&**tx)
            .await?;
        connection::Entity::update_many()
            .col_expr(connection::Column::LostAt, Expr::value(at.as_millis()))
            .col_expr(connection::Column::Cause, Expr::value(cause))
            .filter(connection::Column::LostAt.is_null())
            .filter(connection::Column::DelegateId.is_in(ids.iter().copied()))
            .exec(&**tx)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_beat_of_a_delegate_is_kept() {
        let presence = Presence::default();
        let id = DelegateId(uuid::Uuid::from_u128(1));
        for at in [1, 2] {
            presence.beat(id, Timestamp::from_millis(at), Timestamp::from_millis(at + 10));
        }
        let taken = Presence::take(&presence.beats);
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].1.until, Timestamp::from_millis(12));
        assert!(Presence::take(&presence.beats).is_empty());
    }

    #[test]
    fn columns_exist_that_raw_statements_name() {
        use crate::db::entity::token;
        use sea_orm::Iden as _;
        let delegate = [delegate::Column::LastHeartbeatAt, delegate::Column::ConnectedUntil, delegate::Column::Id];
        assert_eq!(delegate.map(|c| c.unquoted().to_owned()), ["last_heartbeat_at", "connected_until", "id"]);
        let token = [token::Column::LastUsedAt, token::Column::LastUsedBy, token::Column::Id];
        assert_eq!(token.map(|c| c.unquoted().to_owned()), ["last_used_at", "last_used_by", "id"]);
    }
}
