//! Delegates that fell silent.

use std::time::Duration;

use muster::{id::DelegateId, time::Timestamp};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use super::super::{MAX_ROWS_AT_ONCE, held, lose};
use crate::{
    db::{entity::delegate, lock},
    events::Topic,
    state::State,
};

/// How many delegates of a chunk the log names.
const MAX_NAMED: usize = 20;

/// Marks the delegates that fell silent as lost. Who was listened to for less than it may be silent is spared, and who
/// was just heard.
///
/// # Errors
/// Where the database is out of reach.
pub async fn sweep(state: &State) -> Result<(), DbErr> {
    let now = state.clock.now();
    let listening_for = state.presence.listening_for(now, state.db.health().failures());
    // Each chunk is a change of its own: others have their turn between them.
    while sweep_some(state, now, listening_for).await? == MAX_ROWS_AT_ONCE {}
    Ok(())
}

/// Marks up to [`MAX_ROWS_AT_ONCE`] of them; gives how many.
async fn sweep_some(state: &State, now: Timestamp, listening_for: Duration) -> Result<usize, DbErr> {
    let listening_ms = i64::try_from(listening_for.as_millis()).unwrap_or(i64::MAX);
    let silent = || {
        let may_be_silent =
            Expr::col(delegate::Column::ConnectedUntil).sub(Expr::col(delegate::Column::LastHeartbeatAt));
        Condition::all().add(delegate::Column::ConnectedUntil.lte(now.as_millis())).add(may_be_silent.lte(listening_ms))
    };
    let lost = delegate::Entity::find()
        .select_only()
        .columns([delegate::Column::Id, delegate::Column::Name, delegate::Column::HostName])
        .filter(silent())
        .order_by_asc(delegate::Column::ConnectedUntil)
        .limit(u64::try_from(MAX_ROWS_AT_ONCE).unwrap_or(u64::MAX));
    let mut lost: Vec<(Uuid, String, String)> = lost.into_tuple().all(state.db.read()).await?;
    {
        let beats = held(&state.presence.beats);
        lost.retain(|(id, ..)| !beats.contains_key(&DelegateId(*id)));
    }
    if lost.is_empty() {
        return Ok(0);
    }
    let mut change = state.db.write().await?;
    // Locked together, in the order of their ids; asked again then: another manager may have heard of one meanwhile.
    let ids = delegate::Column::Id.is_in(lost.iter().map(|(id, ..)| *id));
    let ids = lock::delegates(&change, silent().add(ids)).await?;
    lose(&change, &ids).await?;
    change.touches(Topic::Delegates);
    change.touches(Topic::Tokens);
    change.commit().await?;
    lost.retain(|(id, ..)| ids.contains(id));
    for (_, delegate, host) in lost.iter().take(MAX_NAMED) {
        tracing::info!(delegate, host, "fell silent");
    }
    if lost.len() > MAX_NAMED {
        tracing::info!("{} more delegates fell silent", lost.len() - MAX_NAMED);
    }
    Ok(lost.len())
}
