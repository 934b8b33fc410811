//! Tasks that wait for a delegate. There are none yet: this version hands out no work.

use axum::{Json, extract::State};
use muster::wire::tasks::TaskEvents;

use super::{ApiError, authenticated::Authenticated};
use crate::{manage::identity::own_process, state};

pub async fn task_events(
    State(state): State<state::State>,
    Authenticated { caller, delegate }: Authenticated,
) -> Result<Json<TaskEvents>, ApiError> {
    // Asked for also while there is nothing to hand out: a copy of a delegate's key is found out by any call.
    own_process(&state, &caller, delegate).await?;
    Ok(Json(TaskEvents::default()))
}
