//! Tasks that wait for a delegate. There are none yet: this version hands out no work.

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use muster::wire::tasks::TaskEvents;

use super::{AccountQuery, ApiError, Query, authenticate::authenticate};
use crate::{error::Error, state};

pub async fn task_events(
    State(state): State<state::State>,
    Path(id): Path<String>,
    Query(query): Query<AccountQuery>,
    headers: HeaderMap,
) -> Result<Json<TaskEvents>, ApiError> {
    authenticate(&state, &headers, &query.account_id, id.parse().ok()).await.map_err(Error::from)?;
    Ok(Json(TaskEvents::default()))
}

pub async fn no_task_events(
    state: State<state::State>,
    query: Query<AccountQuery>,
    headers: HeaderMap,
) -> Result<Json<TaskEvents>, ApiError> {
    task_events(state, Path(String::new()), query, headers).await
}
