//! The profile that a delegate applies. Who is not approved gets no script.

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use muster::{
    delegate::Admission,
    profile::Profile,
    wire::{
        envelope::Envelope,
        profile::{ProfileParams, ProfileQuery},
    },
};
use sea_orm::EntityTrait;

use super::{AccountQuery, ApiError, Query, authenticate::authenticate, heartbeat::find};
use crate::{db::entity::profile, error::Error, state};

pub async fn profile(
    State(state): State<state::State>,
    Path(id): Path<String>,
    Query(query): Query<AccountQuery>,
    Query(has): Query<ProfileQuery>,
    headers: HeaderMap,
) -> Result<Json<Envelope<ProfileParams>>, ApiError> {
    let id = id.parse().ok();
    let token = authenticate(&state, &headers, &query.account_id, id).await.map_err(Error::from)?;
    let approved = find(&state, &token, id).await?.filter(|delegate| delegate.admission == Admission::Enabled);
    let Some(delegate) = approved else { return Ok(Json(Envelope::new(None))) };
    let row = profile::Entity::find_by_id(delegate.profile_id.0).one(state.db.read()).await?;
    let profile = row.map(Profile::try_from).transpose()?;
    Ok(Json(Envelope::new(profile.and_then(|profile| ProfileParams::newer(&profile, &has)))))
}
