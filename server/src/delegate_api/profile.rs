//! The profile that a delegate applies.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, header::CACHE_CONTROL},
};
use muster::wire::{
    envelope::Envelope,
    profile::{ProfileParams, ProfileQuery},
};

use super::{ApiError, authenticated::Authenticated, extract::Query};
use crate::{
    manage::delivery::{Delivery, deliver},
    state,
};

/// Secrets stand in the answer.
const NO_STORE: [(HeaderName, HeaderValue); 1] = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];

pub async fn profile(
    State(state): State<state::State>,
    Authenticated { caller, delegate }: Authenticated,
    Query(has): Query<ProfileQuery>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Envelope<ProfileParams>>), ApiError> {
    let delivery = deliver(&state, &caller, delegate, &has).await?;
    let params = delivery.map(|Delivery { profile, version, script, .. }| ProfileParams {
        name: profile.spec.name.to_string(),
        profile_id: profile.id.to_string(),
        profile_last_updated_at: version,
        script_content: script,
    });
    Ok((NO_STORE, Json(Envelope::new(params))))
}
