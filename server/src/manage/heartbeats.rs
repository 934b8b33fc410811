//! Heartbeats, and the end of a delegate.

use std::{sync::Arc, time::Duration};

use muster::{
    delegate::{Delegate, Kinship, Standing, silent_after},
    id::DelegateId,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait};

use super::identity::{ensure_active, is_own, known_own, own, own_process, take_place};
use crate::{
    caller::Caller,
    db::{
        entity::delegate,
        failure::{is_crossed, is_taken},
        lock,
    },
    error::Error,
    events::Topic,
    presence,
    state::State,
};

/// Notes that a delegate lives, and what that changes. Gives what is known of it, where it is the caller's own;
/// `interval_ms` is how often it says it will call.
///
/// # Errors
/// [`Error::Refused`] where its token was revoked meanwhile; [`Error::Replayed`]; [`Error::Busy`]; or where the database
/// is out of reach.
pub async fn beat(
    state: &State,
    caller: &Caller,
    id: Option<DelegateId>,
    interval_ms: Option<u32>,
) -> Result<Option<Arc<Standing>>, Error> {
    let Some((delegate, kinship)) = own(state, caller, id).await? else { return Ok(None) };
    if delegate.admission.is_barred() {
        let now = state.clock.now();
        state.presence.cut_off(delegate.id, now, caller.clock_behind(now));
        return Ok(Some(delegate));
    }
    let interval = interval_ms.map(|ms| Duration::from_millis(ms.into())).or(delegate.heartbeat_interval);
    let now = state.clock.now();
    let until = now.plus(silent_after(interval));
    state.presence.used(caller.token.id, now, delegate.id, delegate.name.as_str(), caller.address);
    let is_new = kinship == Kinship::Later && !delegate.has_conflict;
    if !is_new && delegate.is_connected && delegate.token_id == caller.token.id {
        state.presence.beat(delegate.id, now, until);
        return Ok(Some(delegate));
    }
    let _place = take_place(state)?;
    loop {
        match reconnect(state, caller, &delegate, until).await {
            Ok(after) => return Ok(Some(after.map_or(delegate, Arc::new))),
            Err(Error::Database(error)) if is_crossed(&error) => {}
            // Without a key, its host and name under this token are another delegate's: that one is meant.
            Err(Error::Database(error)) if is_taken(&error) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

/// Notes at once what a heartbeat changes: the delegate connected, holds another token, or is another process. Gives what
/// is known of it then, where anything changed.
async fn reconnect(
    state: &State,
    caller: &Caller,
    known: &Standing,
    until: Timestamp,
) -> Result<Option<Standing>, Error> {
    let now = state.clock.now();
    let mut change = state.db.write().await?;
    ensure_active(&change, caller.token.id).await?;
    // Looked at again under the lock: somebody may have cut it off, deleted it or connected it meanwhile.
    let Some(row) = lock::delegate(&change, &known.scope, known.id).await? else { return Ok(None) };
    let before = Delegate::try_from(row)?;
    let standing = Standing::from(&before);
    let kinship = standing.kinship(caller.instance().as_ref());
    if before.admission.is_barred() || kinship == Kinship::Copy || !is_own(&*change, caller, &standing).await? {
        return Ok(None);
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
    Ok(Some(Standing::from(&after)))
}

/// Notes a delegate's last word under a token that is good no more.
///
/// # Errors
/// Where the database is out of reach.
pub async fn note_refusal(state: &State, caller: &Caller, id: Option<DelegateId>) -> Result<(), Error> {
    let Some(delegate) = known_own(state, caller, id).await? else { return Ok(()) };
    if delegate.token_id != caller.token.id {
        return Ok(());
    }
    let now = state.clock.now();
    if state.presence.cut_off(delegate.id, now, caller.clock_behind(now)) {
        tracing::info!(delegate = delegate.name.as_str(), "refused: its token is not good any more");
    }
    Ok(())
}

/// A delegate stops: it is not connected from now on.
///
/// # Errors
/// [`Error::Replayed`]; or where the database is out of reach.
pub async fn unregister(state: &State, caller: &Caller, id: Option<DelegateId>) -> Result<(), Error> {
    let Some(delegate) = own_process(state, caller, id).await? else { return Ok(()) };
    if !delegate.is_connected {
        return Ok(());
    }
    let _place = take_place(state)?;
    let mut change = state.db.write().await?;
    let which = Condition::all().add(delegate::Column::Id.eq(delegate.id.0));
    presence::disconnect(&change, which, state.clock.now(), "stopped").await?;
    change.touches(Topic::Delegates);
    change.touches(Topic::Tokens);
    Ok(change.commit().await?)
}
