//! Delegates that fell silent.

use muster::{id::DelegateId, time::Timestamp};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::super::{MAX_ROWS_AT_ONCE, SILENT, disconnect, held};
use crate::{
    db::{entity::delegate, lock},
    events::Topic,
    state::State,
};

/// Marks the delegates that fell silent as lost. Who was listened to for less than it may be silent is spared, and who
/// was just heard.
///
/// # Errors
/// Where the database is out of reach.
pub async fn sweep(state: &State) -> Result<(), DbErr> {
    let now = state.clock.now();
    let listening_for = state.presence.listening_for(now, state.db.health().failures());
    let listening_ms = i64::try_from(listening_for.as_millis()).unwrap_or(i64::MAX);
    let silent = || {
        let may_be_silent =
            Expr::col(delegate::Column::ConnectedUntil).sub(Expr::col(delegate::Column::LastHeartbeatAt));
        Condition::all().add(delegate::Column::ConnectedUntil.lte(now.as_millis())).add(may_be_silent.lte(listening_ms))
    };
    let lost = delegate::Entity::find().filter(silent()).order_by_asc(delegate::Column::ConnectedUntil);
    let mut lost = lost.limit(u64::try_from(MAX_ROWS_AT_ONCE).unwrap_or(u64::MAX)).all(state.db.read()).await?;
    {
        let beats = held(&state.presence.beats);
        lost.retain(|row| !beats.contains_key(&DelegateId(row.id)));
    }
    if lost.is_empty() {
        return Ok(());
    }
    lost.sort_unstable_by_key(|row| row.id);
    let mut change = state.db.write().await?;
    // Locked together, in the order of their ids; asked again then: another manager may have heard of one meanwhile.
    let ids = lock::delegates(&change, silent().add(delegate::Column::Id.is_in(lost.iter().map(|row| row.id)))).await?;
    for row in lost.iter().filter(|row| ids.contains(&row.id)) {
        let at = row.connected_until.map_or(now, Timestamp::from_millis);
        disconnect(&change, silent().add(delegate::Column::Id.eq(row.id)), at, SILENT).await?;
    }
    change.touches(Topic::Delegates);
    change.touches(Topic::Tokens);
    change.commit().await?;
    for row in lost.into_iter().filter(|row| ids.contains(&row.id)) {
        tracing::info!(delegate = row.name, host = row.host_name, "fell silent");
    }
    Ok(())
}
