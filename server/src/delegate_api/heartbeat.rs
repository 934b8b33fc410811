//! Heartbeats, and the end of a delegate.

use std::time::Duration;

use axum::{Json, extract::State, http::HeaderMap};
use muster::{
    delegate::{Admission, Delegate, silent_after},
    id::{DelegateId, TokenId},
    time::Timestamp,
    token::Token,
    wire::{
        envelope::{Envelope, Refusal},
        heartbeat::HeartbeatReply,
        register::{RegisterRequest, UnregisterRequest},
    },
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};

use super::{
    AccountQuery, ApiError, Body, Query,
    authenticate::{Denied, authenticate, still_good},
    parse,
};
use crate::{
    console::rotation_step,
    db::entity::{Scoped, delegate},
    error::Error,
    events::Topic,
    presence, state,
};

/// How often a refused delegate's "last tried" is written.
const REFUSAL_NEWS: Duration = Duration::from_secs(10);

pub async fn heartbeat(
    State(state): State<state::State>,
    Query(query): Query<AccountQuery>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Json<Envelope<HeartbeatReply>>, ApiError> {
    let request = parse::<RegisterRequest>(&body);
    let id = request.as_ref().ok().and_then(|request| request.delegate_id.parse().ok());
    let token = match authenticate(&state, &headers, &query.account_id, id).await {
        Ok(token) => token,
        Err(Denied::Refused(Refusal::RevokedToken, Some(token))) => {
            note_refusal(&state, id, token).await?;
            return Err(Error::Refused(Refusal::RevokedToken).into());
        }
        Err(denied) => return Err(Error::from(denied).into()),
    };
    let request = request?;
    let found = find(&state, &token, id).await?;
    if let Some(delegate) = &found
        && delegate.admission != Admission::Rejected
    {
        let interval = request.heartbeat_interval_ms.or(delegate.facts.heartbeat_interval_ms);
        take_in(&state, &token, delegate, interval).await?;
    }
    Ok(Json(Envelope::new(Some(HeartbeatReply::new(request.delegate_id, found.as_ref())))))
}

/// The delegate of this id, in the token's scope.
pub async fn find(state: &state::State, token: &Token, id: Option<DelegateId>) -> Result<Option<Delegate>, Error> {
    let Some(id) = id else { return Ok(None) };
    let row =
        delegate::Entity::find_by_id(id.0).filter(delegate::Entity::within(&token.scope)).one(state.db.read()).await?;
    Ok(row.map(Delegate::try_from).transpose()?)
}

/// Notes that a delegate is alive: in memory where nothing else changed, at once where it connected or changed its
/// token.
async fn take_in(
    state: &state::State,
    token: &Token,
    delegate: &Delegate,
    interval_ms: Option<u32>,
) -> Result<(), Error> {
    let now = state.clock.now();
    let until = now.plus(silent_after(interval_ms.map(|ms| Duration::from_millis(ms.into()))));
    state.presence.used(token.id, now, delegate.facts.name.as_str());
    if delegate.connected_until.is_some() && delegate.token_id == token.id {
        state.presence.beat(delegate.id, now, until);
        return Ok(());
    }
    let mut change = state.db.write().await?;
    still_good(&change, token).await?;
    // Looked at again under the lock: somebody may have cut it off, deleted it or connected it meanwhile.
    let which = Condition::all()
        .add(delegate::Column::Id.eq(delegate.id.0))
        .add(delegate::Column::Admission.ne(Admission::Rejected.code()));
    let row = delegate::Entity::find().filter(which.clone()).lock_exclusive().one(&*change).await?;
    let Some(row) = row else { return Ok(()) };
    // Another token is something that a person decides by.
    let revision = row.revision + i32::from(row.token_id != token.id.0);
    delegate::Entity::update_many()
        .col_expr(delegate::Column::Revision, Expr::value(revision))
        .col_expr(delegate::Column::TokenId, Expr::value(token.id.0))
        .col_expr(delegate::Column::LastHeartbeatAt, Expr::value(now.as_millis()))
        .col_expr(delegate::Column::ConnectedUntil, Expr::value(until.as_millis()))
        .col_expr(delegate::Column::RefusedAt, Expr::value(sea_orm::Value::BigInt(None)))
        .filter(which)
        .exec(&*change)
        .await?;
    if row.token_id != token.id.0 {
        rotation_step(&change, TokenId(row.token_id), now).await?;
    }
    if row.connected_until.is_none() {
        presence::connect(&change, delegate, now).await?;
    }
    change.touches(Topic::Delegates);
    change.touches(Topic::Tokens);
    Ok(change.commit().await?)
}

/// Notes a delegate's last word under a revoked token: the credential was made with it, so it is that delegate's.
async fn note_refusal(state: &state::State, id: Option<DelegateId>, token: TokenId) -> Result<(), Error> {
    let Some(id) = id else { return Ok(()) };
    let now = state.clock.now();
    let row =
        delegate::Entity::find_by_id(id.0).filter(delegate::Column::TokenId.eq(token.0)).one(state.db.read()).await?;
    let fresh = |at: i64| now.since(Timestamp::from_millis(at)) < REFUSAL_NEWS;
    let Some(row) = row.filter(|row| !row.refused_at.is_some_and(fresh)) else { return Ok(()) };
    let mut change = state.db.write().await?;
    delegate::Entity::update_many()
        .col_expr(delegate::Column::RefusedAt, Expr::value(now.as_millis()))
        .filter(delegate::Column::Id.eq(row.id))
        .exec(&*change)
        .await?;
    tracing::info!(delegate = row.name, host = row.host_name, "refused: its token is revoked");
    change.touches(Topic::Delegates);
    Ok(change.commit().await?)
}

/// A delegate stops: it is not connected from now on.
pub async fn unregister(
    State(state): State<state::State>,
    Query(query): Query<AccountQuery>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Json<Envelope<()>>, ApiError> {
    let request = parse::<UnregisterRequest>(&body);
    let id = request.as_ref().ok().and_then(|request| request.delegate_id.parse().ok());
    let token = authenticate(&state, &headers, &query.account_id, id).await.map_err(Error::from)?;
    request?;
    if let Some(delegate) = find(&state, &token, id).await?
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
