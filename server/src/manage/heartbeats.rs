//! Heartbeats, and the end of a delegate.

use std::time::Duration;

use muster::{
    delegate::{Admission, Delegate, Kinship, silent_after},
    id::DelegateId,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Expr};

use super::identity::{Caller, ensure_active, is_own, own, own_process};
use crate::{
    db::{
        entity::{Scoped, delegate},
        failure::{is_crossed, is_taken},
        lock,
    },
    error::Error,
    events::Topic,
    presence,
    state::State,
};

/// How often a refused delegate's "last tried" is written.
const REFUSAL_NOTED_EVERY: Duration = Duration::from_secs(10);

/// Notes that a delegate lives, and what that changes. Gives the delegate, where it is the caller's own; `interval_ms` is
/// how often it says it will call.
///
/// # Errors
/// [`Error::Refused`] where its token was revoked meanwhile; [`Error::Replayed`]; or where the database is out of reach.
pub async fn beat(
    state: &State,
    caller: &Caller,
    id: Option<DelegateId>,
    interval_ms: Option<u32>,
) -> Result<Option<Delegate>, Error> {
    let Some((mut delegate, kinship)) = own(state, caller, id).await? else { return Ok(None) };
    if delegate.admission == Admission::Rejected {
        return Ok(Some(delegate));
    }
    let interval = interval_ms.or(delegate.facts.heartbeat_interval_ms);
    let now = state.clock.now();
    let until = now.plus(silent_after(interval.map(|ms| Duration::from_millis(ms.into()))));
    state.presence.used(caller.token.id, now, delegate.facts.name.as_str());
    let is_new = kinship == Kinship::Later && delegate.conflict.is_none();
    if !is_new && delegate.connected_until.is_some() && delegate.token_id == caller.token.id {
        state.presence.beat(delegate.id, now, until);
        return Ok(Some(delegate));
    }
    while let Err(error) = reconnect(state, caller, &mut delegate, until).await {
        match error {
            Error::Database(error) if is_crossed(&error) => {}
            // Without a key, its host and name under this token are another delegate's: that one is meant.
            Error::Database(error) if is_taken(&error) => return Ok(None),
            error => return Err(error),
        }
    }
    Ok(Some(delegate))
}

/// Notes at once what a heartbeat changes: the delegate connected, holds another token, or is another process.
async fn reconnect(state: &State, caller: &Caller, delegate: &mut Delegate, until: Timestamp) -> Result<(), Error> {
    let now = state.clock.now();
    let mut change = state.db.write().await?;
    ensure_active(&change, caller.token.id).await?;
    // Looked at again under the lock: somebody may have cut it off, deleted it or connected it meanwhile.
    let Some(row) = lock::delegate(&change, &delegate.scope, delegate.id).await? else { return Ok(()) };
    let before = Delegate::try_from(row)?;
    let kinship = before.kinship(caller.instance().as_ref());
    if before.admission == Admission::Rejected || kinship == Kinship::Copy || !is_own(&*change, caller, &before).await?
    {
        return Ok(());
    }
    let mut after = before.clone().switch_token(caller.token.id, now);
    if kinship == Kinship::Later && before.conflict.is_none() {
        after.take_over(caller.instance().as_ref(), &caller.address.to_string());
    }
    after.last_heartbeat_at = now;
    after.connected_until = Some(until);
    after.refused_at = None;
    delegate::Entity::update(delegate::ActiveModel::from(&after)).exec(&*change).await?;
    if before.connected_until.is_none() {
        presence::connect(&change, &after, now).await?;
    }
    caller.record_token_switch(&change, &before, &after, now).await?;
    change.touches(Topic::Delegates);
    change.touches(Topic::Tokens);
    change.commit().await?;
    *delegate = after;
    Ok(())
}

/// Notes a delegate's last word under a token that is good no more.
///
/// # Errors
/// Where the database is out of reach.
pub async fn note_refusal(state: &State, caller: &Caller, id: Option<DelegateId>) -> Result<(), Error> {
    let Some(id) = id else { return Ok(()) };
    let (now, db) = (state.clock.now(), state.db.read());
    let row = delegate::Entity::find_by_id(id.0).filter(delegate::Entity::under(&caller.token.scope)).one(db).await?;
    let Some(delegate) = row.map(Delegate::try_from).transpose()? else { return Ok(()) };
    let fresh = delegate.refused_at.is_some_and(|at| now.since(at) < REFUSAL_NOTED_EVERY);
    if fresh || delegate.token_id != caller.token.id || !is_own(db, caller, &delegate).await? {
        return Ok(());
    }
    let mut change = state.db.write().await?;
    delegate::Entity::update_many()
        .col_expr(delegate::Column::RefusedAt, Expr::value(now.as_millis()))
        .col_expr(delegate::Column::ClockBehind, Expr::value(caller.clock_behind(now).or(delegate.clock_behind)))
        .filter(delegate::Column::Id.eq(id.0))
        .exec(&*change)
        .await?;
    let (name, host) = (delegate.facts.name.as_str(), delegate.facts.host_name.as_str());
    tracing::info!(delegate = name, host, "refused: its token is not good any more");
    change.touches(Topic::Delegates);
    Ok(change.commit().await?)
}

/// A delegate stops: it is not connected from now on.
///
/// # Errors
/// [`Error::Replayed`]; or where the database is out of reach.
pub async fn unregister(state: &State, caller: &Caller, id: Option<DelegateId>) -> Result<(), Error> {
    let Some(delegate) = own_process(state, caller, id).await? else { return Ok(()) };
    if delegate.connected_until.is_none() {
        return Ok(());
    }
    let mut change = state.db.write().await?;
    let which = Condition::all().add(delegate::Column::Id.eq(delegate.id.0));
    presence::disconnect(&change, which, state.clock.now(), "stopped").await?;
    change.touches(Topic::Delegates);
    change.touches(Topic::Tokens);
    Ok(change.commit().await?)
}
