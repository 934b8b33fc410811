//! The profile that a delegate applies. Who is not approved gets no script and no secret.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, header::CACHE_CONTROL},
};
use muster::{
    delegate::{Admission, Delegate},
    id::DelegateId,
    profile::Profile,
    text::Invalid,
    token::Token,
    wire::{
        envelope::{Envelope, Refusal},
        profile::{ProfileParams, ProfileQuery},
    },
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    AccountQuery, ApiError, Query,
    authenticate::{authenticate, still_good},
    heartbeat::find,
    script::hold,
};
use crate::{
    db::entity::{Scoped, profile, token},
    error::Error,
    events::Topic,
    scripts::not_delivered,
    secrets::expand,
    state,
};

/// Secrets stand in the answer.
const NO_STORE: [(HeaderName, HeaderValue); 1] = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];

pub async fn profile(
    State(state): State<state::State>,
    Path(id): Path<String>,
    Query(query): Query<AccountQuery>,
    Query(has): Query<ProfileQuery>,
    headers: HeaderMap,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Envelope<ProfileParams>>), ApiError> {
    let id = id.parse().ok();
    let token = authenticate(&state, &headers, &query.account_id, id).await.map_err(Error::from)?;
    loop {
        let delegate = approved(&state, &token, id).await?.filter(|delegate| !has.is_current(delegate));
        let Some(delegate) = delegate else { return Ok((NO_STORE, Json(Envelope::new(None)))) };
        let params = params(&state, &delegate).await?;
        // Looked at again once everything is put together: what is handed out is of one version, and the delegate is
        // still to have it.
        let after = approved(&state, &token, id).await?;
        let applies = |delegate: &Delegate| (delegate.profile_id, delegate.script_version);
        if after.as_ref().map(applies) != Some(applies(&delegate)) {
            continue;
        }
        return match params {
            Ok(params) => Ok((NO_STORE, Json(Envelope::new(params)))),
            Err(why) => Err(refuse(&state, &token, &delegate, why).await?.into()),
        };
    }
}

/// The delegate, where it is approved and its token was not revoked since the request began.
async fn approved(state: &state::State, token: &Token, id: Option<DelegateId>) -> Result<Option<Delegate>, Error> {
    let good = token::Entity::find_by_id(token.id.0)
        .filter(token::Entity::within(&token.scope))
        .filter(token::Column::RevokedAt.is_null());
    good.one(state.db.read()).await?.ok_or(Refusal::RevokedToken)?;
    Ok(find(state, token, id).await?.filter(|delegate| delegate.admission == Admission::Enabled))
}

/// What a delegate is to apply, or why it cannot be handed out.
async fn params(state: &state::State, delegate: &Delegate) -> Result<Result<Option<ProfileParams>, Invalid>, Error> {
    let row = profile::Entity::find_by_id(delegate.profile_id.0).filter(profile::Entity::within(&delegate.scope));
    let Some(row) = row.one(state.db.read()).await? else { return Ok(Ok(None)) };
    let profile = Profile::try_from(row)?;
    let script = expand(state, &delegate.scope, &profile.spec.startup_script).await?;
    Ok(script.map(|script_content| {
        Some(ProfileParams {
            name: profile.spec.name.to_string(),
            profile_id: profile.id.to_string(),
            profile_last_updated_at: delegate.script_version,
            script_content,
        })
    }))
}

/// Notes that a script was not handed out, and says why.
async fn refuse(state: &state::State, token: &Token, delegate: &Delegate, why: Invalid) -> Result<Error, Error> {
    let mut change = state.db.write().await?;
    still_good(&change, token).await?;
    let delegate = hold(&change, token, Some(delegate.id)).await?;
    if not_delivered(&change, &delegate, &why, state.clock.now()).await? {
        change.touches(Topic::Scripts);
        change.touches(Topic::Delegates);
        change.commit().await?;
    }
    Ok(Error::Conflict(format!("The startup script was not delivered. {why}")))
}
