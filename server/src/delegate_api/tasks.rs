//! Tasks that wait for a delegate. There are none yet: this version hands out no work.

use axum::{
    Json,
    extract::{Path, State},
};
use muster::wire::tasks::TaskEvents;

use super::{
    AccountQuery, ApiError, Query,
    authenticate::authenticate,
    caller::{Presented, own_process},
};
use crate::{error::Error, state};

pub async fn task_events(
    State(state): State<state::State>,
    Path(id): Path<String>,
    Query(query): Query<AccountQuery>,
    presented: Presented,
) -> Result<Json<TaskEvents>, ApiError> {
    let id = id.parse().ok();
    let caller = authenticate(&state, &presented, &query.account_id, id).await.map_err(Error::from)?;
    // Asked for also while there is nothing to hand out: a copy of a delegate's key is found out by any call.
    own_process(&state, &caller, id).await?;
    Ok(Json(TaskEvents::default()))
}

pub async fn no_task_events(
    state: State<state::State>,
    query: Query<AccountQuery>,
    presented: Presented,
) -> Result<Json<TaskEvents>, ApiError> {
    task_events(state, Path(String::new()), query, presented).await
}
