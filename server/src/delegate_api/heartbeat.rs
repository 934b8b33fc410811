//! Heartbeats, and the end of a delegate.

use axum::{Json, extract::State};
use muster::wire::{
    envelope::{Envelope, Refusal},
    heartbeat::HeartbeatReply,
    register::{RegisterRequest, UnregisterRequest},
};

use super::{
    ApiError,
    authenticate::Denied,
    authenticated::{AuthenticatedBody, RefusedCall},
};
use crate::{error::Error, manage::heartbeats, state};

pub async fn heartbeat(
    State(state): State<state::State>,
    call: Result<AuthenticatedBody<RegisterRequest>, RefusedCall>,
) -> Result<Json<Envelope<HeartbeatReply>>, ApiError> {
    let AuthenticatedBody { caller, delegate, body } = match call {
        Ok(call) => call,
        Err(RefusedCall { denied, delegate }) => {
            if let Denied::Refused(Refusal::RevokedToken | Refusal::ExpiredToken, Some(caller)) = &denied {
                heartbeats::note_refusal(&state, caller, delegate).await?;
            }
            return Err(Error::from(denied).into());
        }
    };
    let delegate = heartbeats::beat(&state, &caller, delegate, body.heartbeat_interval_ms).await?;
    state.metrics.heartbeats.inc();
    let reply = HeartbeatReply::new(body.delegate_id, delegate.as_deref(), state.clock.now());
    Ok(Json(Envelope::new(Some(reply))))
}

pub async fn unregister(
    State(state): State<state::State>,
    call: Result<AuthenticatedBody<UnregisterRequest>, RefusedCall>,
) -> Result<Json<Envelope<()>>, ApiError> {
    let AuthenticatedBody { caller, delegate, .. } = call.map_err(|refused| Error::from(refused.denied))?;
    heartbeats::unregister(&state, &caller, delegate).await?;
    Ok(Json(Envelope::new(None)))
}
