//! Registration.

use axum::{Json, extract::State};
use muster::wire::{
    envelope::Envelope,
    heartbeat::barred,
    register::{RegisterReply, RegisterRequest, SELF_DESTRUCT},
};

use super::{
    ApiError,
    authenticated::{AuthenticatedBody, RefusedCall},
};
use crate::{
    error::Error,
    manage::registration::{self, Registered},
    state,
};

pub async fn register(
    State(state): State<state::State>,
    call: Result<AuthenticatedBody<RegisterRequest>, RefusedCall>,
) -> Result<Json<Envelope<RegisterReply>>, ApiError> {
    let AuthenticatedBody { caller, body, .. } = call.map_err(|refused| Error::from(refused.denied))?;
    let command = body.registration(&caller.address.to_string()).map_err(|error| error.of_field("body"))?;
    let Registered { delegate, keeps_profile } = registration::register(&state, &caller, &command).await?;
    state.metrics.registrations.inc();
    let reason = barred(delegate.admission);
    Ok(Json(Envelope::new(Some(RegisterReply {
        delegate_id: if reason.is_some() { String::new() } else { delegate.id.to_string() },
        action: reason.is_some().then(|| SELF_DESTRUCT.to_owned()),
        reason,
        keeps_profile,
        ..RegisterReply::default()
    }))))
}
