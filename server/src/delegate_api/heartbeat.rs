//! Heartbeats, and the end of a delegate.

use std::time::Duration;

use axum::{Json, extract::State};
use muster::{
    audit::Action,
    delegate::{Admission, Delegate, Kinship, silent_after},
    id::DelegateId,
    time::Timestamp,
    wire::{
        envelope::{Envelope, Refusal},
        heartbeat::HeartbeatReply,
        register::{RegisterRequest, UnregisterRequest},
    },
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    AccountQuery, ApiError, Body, Query,
    authenticate::{Denied, authenticate, ensure_active},
    caller::{Caller, Presented, is_own, own, own_process},
    parse,
};
use crate::{
    db::{
        audit::{self, Entry},
        entity::{Scoped, delegate, token},
        failure::{is_crossed, is_taken},
        lock,
    },
    error::Error,
    events::Topic,
    presence, state,
};

/// How often a refused delegate's "last tried" is written.
const REFUSAL_NEWS: Duration = Duration::from_secs(10);

pub async fn heartbeat(
    State(state): State<state::State>,
    Query(query): Query<AccountQuery>,
    presented: Presented,
    Body(body): Body,
) -> Result<Json<Envelope<HeartbeatReply>>, ApiError> {
    let request = parse::<RegisterRequest>(&body);
    let id = request.as_ref().ok().and_then(|request| request.delegate_id.parse().ok());
    let caller = match authenticate(&state, &presented, &query.account_id, id).await {
        Ok(caller) => caller,
        Err(Denied::Refused(refusal, Some(caller))) => {
            if matches!(refusal, Refusal::RevokedToken | Refusal::ExpiredToken) {
                note_refusal(&state, &caller, id).await?;
            }
            return Err(Error::Refused(refusal).into());
        }
        Err(denied) => return Err(Error::from(denied).into()),
    };
    let request = request?;
    let mut found = own(&state, &caller, id).await?;
    let mut still_own = true;
    if let Some((delegate, kinship)) = &mut found
        && delegate.admission != Admission::Rejected
    {
        let interval = request.heartbeat_interval_ms.or(delegate.facts.heartbeat_interval_ms);
        let until = state.clock.now().plus(silent_after(interval.map(|ms| Duration::from_millis(ms.into()))));
        state.presence.used(caller.token.id, state.clock.now(), delegate.facts.name.as_str());
        let is_new = *kinship == Kinship::Later && delegate.conflict.is_none();
        if is_new || delegate.connected_until.is_none() || delegate.token_id != caller.token.id {
            while let Err(error) = come_in(&state, &caller, delegate, until).await {
                match error {
                    Error::Database(error) if is_crossed(&error) => {}
                    // Without a key, its host and name under this token are another delegate's: that one is meant.
                    Error::Database(error) if is_taken(&error) => {
                        still_own = false;
                        break;
                    }
                    error => return Err(error.into()),
                }
            }
        } else {
            state.presence.beat(delegate.id, state.clock.now(), until);
        }
    }
    let delegate = found.filter(|_| still_own).map(|(delegate, _)| delegate);
    Ok(Json(Envelope::new(Some(HeartbeatReply::new(request.delegate_id, delegate.as_ref(), state.clock.now())))))
}

/// Notes at once what a heartbeat changes: the delegate connected, holds another token, or is another process.
async fn come_in(
    state: &state::State,
    caller: &Caller,
    delegate: &mut Delegate,
    until: Timestamp,
) -> Result<(), Error> {
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
    if before.token_id != after.token_id {
        let from = token::Entity::find_by_id(before.token_id.0).one(&*change).await?;
        let from = from.map_or_else(|| "a deleted token".to_owned(), |row| row.name);
        let entry = Entry {
            scope: &after.scope,
            action: Action::TokenSwitched,
            object: Some(after.id.0),
            name: after.facts.name.as_str(),
            detail: format!("{from} → {}", caller.token.name),
        };
        audit::record(&change, &caller.origin(&after), now, entry).await?;
    }
    change.touches(Topic::Delegates);
    change.touches(Topic::Tokens);
    change.commit().await?;
    *delegate = after;
    Ok(())
}

/// Notes a delegate's last word under a token that is good no more.
async fn note_refusal(state: &state::State, caller: &Caller, id: Option<DelegateId>) -> Result<(), Error> {
    let Some(id) = id else { return Ok(()) };
    let (now, db) = (state.clock.now(), state.db.read());
    let row = delegate::Entity::find_by_id(id.0).filter(delegate::Entity::within(&caller.token.scope)).one(db).await?;
    let Some(delegate) = row.map(Delegate::try_from).transpose()? else { return Ok(()) };
    let fresh = delegate.refused_at.is_some_and(|at| now.since(at) < REFUSAL_NEWS);
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
pub async fn unregister(
    State(state): State<state::State>,
    Query(query): Query<AccountQuery>,
    presented: Presented,
    Body(body): Body,
) -> Result<Json<Envelope<()>>, ApiError> {
    let request = parse::<UnregisterRequest>(&body);
    let id = request.as_ref().ok().and_then(|request| request.delegate_id.parse().ok());
    let caller = authenticate(&state, &presented, &query.account_id, id).await.map_err(Error::from)?;
    request?;
    if let Some(delegate) = own_process(&state, &caller, id).await?
        && delegate.connected_until.is_some()
    {
        let mut change = state.db.write().await?;
        let which = Condition::all().add(delegate::Column::Id.eq(delegate.id.0));
        presence::disconnect(&change, which, state.clock.now(), "stopped").await?;
        change.touches(Topic::Delegates);
        change.touches(Topic::Tokens);
        change.commit().await?;
    }
    Ok(Json(Envelope::new(None)))
}
