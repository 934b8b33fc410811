//! Heartbeats: kept in memory, written together once a second; and who fell silent.
//!
//! A heartbeat is the most frequent request by far and changes nothing that anyone was promised: what a crash loses of
//! it is a second of "last heartbeat". Changes of state (connected, cut off, stopped) are written at once.

mod heard;
mod write;

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use self::heard::Heard;
pub use self::write::flush;
use crate::{
    chance,
    db::{
        Change,
        entity::{connection, delegate},
        lock,
    },
    events::Topic,
    state::State,
};
use muster::{
    delegate::Delegate,
    id::{ConnectionId, DelegateId, TokenId},
    time::Timestamp,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, Value,
    sea_query::Expr,
};

/// How often heartbeats are written and silent delegates looked for.
const TICK: Duration = Duration::from_secs(1);
/// Every how many ticks open pages are told of mere heartbeats.
const TICKS_PER_NEWS: u32 = 5;
/// With a longer time between two ticks, this process was stopped meanwhile.
const GAP: Duration = Duration::from_secs(10);
/// How many rows one statement changes.
const CHUNK: usize = 500;
/// Why a delegate counts as lost that was not heard to stop.
const SILENT: &str = "no heartbeat";

#[derive(Clone, Copy, Debug)]
struct Beat {
    at: Timestamp,
    until: Timestamp,
}

/// What was turned away, since it was last written.
#[derive(Clone, Debug)]
struct Refused {
    count: i64,
    first_at: Timestamp,
    last_at: Timestamp,
    address: IpAddr,
    name: String,
}

/// What is heard of delegates and not yet written, and since when they are listened to.
#[derive(Debug)]
pub struct Presence {
    beats: Mutex<HashMap<DelegateId, Beat>>,
    uses: Mutex<HashMap<TokenId, (Timestamp, String)>>,
    refused: Mutex<HashMap<(Option<TokenId>, &'static str), Refused>>,
    heard: Mutex<HashMap<DelegateId, Heard>>,
    listening: Mutex<Listening>,
}

/// Since when delegates are listened to without a break.
#[derive(Debug)]
struct Listening {
    since: Timestamp,
    /// How often the database had failed then.
    failures: u64,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Presence {
    /// Listens from now on.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            beats: Mutex::default(),
            uses: Mutex::default(),
            refused: Mutex::default(),
            heard: Mutex::default(),
            listening: Mutex::new(Listening { since: now, failures: 0 }),
        }
    }

    /// Notes a heartbeat: the delegate counts as connected until `until` if nothing more is heard.
    pub fn beat(&self, id: DelegateId, at: Timestamp, until: Timestamp) {
        held(&self.beats).insert(id, Beat { at, until });
    }

    /// Notes that a delegate used a token.
    pub fn used(&self, token: TokenId, at: Timestamp, by: &str) {
        held(&self.uses).insert(token, (at, by.to_owned()));
    }

    /// Notes that a call was turned away, and by which token, where that is known. `name` is what the caller called
    /// itself, where it was read.
    pub fn refused(&self, token: Option<TokenId>, reason: &'static str, at: Timestamp, address: IpAddr, name: &str) {
        let mut refused = held(&self.refused);
        let new = || Refused { count: 0, first_at: at, last_at: at, address, name: String::new() };
        let one = refused.entry((token, reason)).or_insert_with(new);
        one.count += 1;
        (one.last_at, one.address) = (at, address);
        name.clone_into(&mut one.name);
    }

    /// Whether a process's call with this counter was not heard before. This manager's memory: what must not be heard
    /// twice by several, or after a restart, is written down where it is done.
    pub fn is_fresh(&self, id: DelegateId, process: &str, counter: u64) -> bool {
        let mut heard = held(&self.heard);
        let new = || Heard { process: process.to_owned(), largest: counter, before: 0 };
        match heard.entry(id) {
            Entry::Vacant(entry) => {
                entry.insert(new());
                true
            }
            Entry::Occupied(mut entry) if entry.get().process != process => {
                entry.insert(new());
                true
            }
            Entry::Occupied(mut entry) => entry.get_mut().is_new(counter),
        }
    }

    /// For how long delegates have been listened to without a break: the manager's own outage, or the database's, is
    /// no silence of theirs.
    fn listening_for(&self, now: Timestamp, failures: u64) -> Duration {
        let mut listening = held(&self.listening);
        if listening.failures != failures {
            *listening = Listening { since: now, failures };
        }
        now.since(listening.since)
    }

    /// Listens anew: this process was stopped, and heard nothing meanwhile.
    fn listen_anew(&self, now: Timestamp) {
        held(&self.listening).since = now;
    }

    /// Notes again what could not be written, but for what is newer already.
    fn put_back<K: Eq + Hash, V>(map: &Mutex<HashMap<K, V>>, rows: Vec<(K, V)>) {
        let mut map = held(map);
        for (key, value) in rows {
            map.entry(key).or_insert(value);
        }
    }

    fn take<K, V>(map: &Mutex<HashMap<K, V>>) -> Vec<(K, V)> {
        std::mem::take(&mut *held(map)).into_iter().collect()
    }
}

/// Runs until the server stops; then writes what is left.
pub async fn run(state: State) {
    let mut ticks: u32 = 0;
    let mut news = false;
    let mut failing = false;
    let mut last = state.clock.now();
    loop {
        let stopping = tokio::select! {
            () = state.stop.cancelled() => true,
            () = tokio::time::sleep(TICK) => false,
        };
        let now = state.clock.now();
        if now.since(last) > GAP {
            state.presence.listen_anew(now);
        }
        last = now;
        let flushed = flush(&state).await;
        let looked = if stopping || flushed.is_err() { Ok(()) } else { sweep(&state).await };
        match (flushed, looked) {
            (Ok(any), Ok(())) => {
                news |= any;
                failing = false;
            }
            (Err(error), _) | (_, Err(error)) => {
                // Once for each outage.
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(%error, "heartbeats cannot be written");
                }
            }
        }
        if stopping {
            return;
        }
        ticks = ticks.wrapping_add(1);
        if news && ticks.is_multiple_of(TICKS_PER_NEWS) {
            state.events.publish(Topic::Delegates);
            news = false;
        }
    }
}

/// Marks the delegates that fell silent as lost. Who was listened to for less than it may be silent is spared, and who
/// was just heard.
///
/// # Errors
/// Where the database is out of reach.
pub async fn sweep(state: &State) -> Result<(), DbErr> {
    let now = state.clock.now();
    let listening_for = state.presence.listening_for(now, state.db.health().failures());
    let listening_ms = i64::try_from(listening_for.as_millis()).unwrap_or(i64::MAX);
    let silent = || {
        use sea_orm::ExprTrait as _;
        let may_be_silent =
            Expr::col(delegate::Column::ConnectedUntil).sub(Expr::col(delegate::Column::LastHeartbeatAt));
        Condition::all().add(delegate::Column::ConnectedUntil.lte(now.as_millis())).add(may_be_silent.lte(listening_ms))
    };
    let lost = delegate::Entity::find().filter(silent()).order_by_asc(delegate::Column::ConnectedUntil);
    let mut lost = lost.limit(u64::try_from(CHUNK).unwrap_or(u64::MAX)).all(state.db.read()).await?;
    {
        let beats = held(&state.presence.beats);
        lost.retain(|row| !beats.contains_key(&DelegateId(row.id)));
    }
    if lost.is_empty() {
        return Ok(());
    }
    lost.sort_unstable_by_key(|row| row.id);
    let mut change = state.db.write().await?;
    // Locked together, in the order of their ids; asked again then: another manager may have heard of one meanwhile.
    let ids = lock::delegates(&change, silent().add(delegate::Column::Id.is_in(lost.iter().map(|row| row.id)))).await?;
    for row in lost.iter().filter(|row| ids.contains(&row.id)) {
        let at = row.connected_until.map_or(now, Timestamp::from_millis);
        disconnect(&change, silent().add(delegate::Column::Id.eq(row.id)), at, SILENT).await?;
    }
    change.touches(Topic::Delegates);
    change.touches(Topic::Tokens);
    change.commit().await?;
    for row in lost.into_iter().filter(|row| ids.contains(&row.id)) {
        tracing::info!(delegate = row.name, host = row.host_name, "fell silent");
    }
    Ok(())
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
    let ids = lock::delegates(tx, which.add(delegate::Column::ConnectedUntil.is_not_null())).await?;
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
        let presence = Presence::new(Timestamp::from_millis(0));
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
    fn a02_a_proof_counts_once() {
        let presence = Presence::new(Timestamp::from_millis(0));
        let id = DelegateId(uuid::Uuid::from_u128(1));
        let fresh = |process, counter| presence.is_fresh(id, process, counter);
        assert!(fresh("a", 100) && !fresh("a", 100));
        assert!(fresh("a", 103) && fresh("a", 101) && fresh("a", 102) && !fresh("a", 101) && !fresh("a", 100));
        assert!(fresh("a", 167) && !fresh("a", 103) && fresh("a", 104) && !fresh("a", 104));
        assert!(!fresh("a", 102), "older than what is remembered");
        assert!(fresh("a", 1000) && !fresh("a", 900) && fresh("a", 999));
        assert!(fresh("b", 1), "another process counts for itself");
    }

    #[test]
    fn b10_an_outage_of_the_managers_own_is_no_silence_of_delegates() {
        let at = |secs: i64| Timestamp::from_millis(secs * 1000);
        let presence = Presence::new(at(0));
        assert_eq!(presence.listening_for(at(5), 0), Duration::from_secs(5));
        assert_eq!(presence.listening_for(at(15), 0), Duration::from_secs(15));
        assert_eq!(presence.listening_for(at(16), 1), Duration::ZERO, "the database failed");
        assert_eq!(presence.listening_for(at(17), 1), Duration::from_secs(1));
        presence.listen_anew(at(60));
        assert_eq!(presence.listening_for(at(61), 1), Duration::from_secs(1), "the process was stopped");
    }
}
