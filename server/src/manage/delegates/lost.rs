//! Delegates that are gone for good.

use std::time::Duration;

use muster::{
    audit::{Action, Actor, FactChange},
    delegate::{Admission, Delegate, DelegateType},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{super::Context, record};
use crate::{
    db::{entity::delegate, lock},
    error::Error,
    events::Topic,
    state::State,
};

/// How many lost delegates one change removes.
const MAX_LOST_AT_ONCE: u64 = 200;

/// Removes approved delegates in containers that were lost for longer than the setting says: whoever replaces them has
/// other ones. Nobody is removed before this manager has listened for as long itself. Rejected ones stay, since they would
/// come back as new ones, and so do those that wait for a person.
///
/// # Errors
/// Where the database is out of reach; who was removed by then is gone.
pub async fn remove_lost(state: &State) -> Result<(), Error> {
    let hours = state.retention.lost_hours;
    let (now, period) = (state.clock.now(), Duration::from_secs(u64::from(hours) * 60 * 60));
    if hours == 0 || state.presence.listening_for(now, state.db.health().failures()) < period {
        return Ok(());
    }
    let kinds = [DelegateType::Kubernetes, DelegateType::Ecs, DelegateType::Helm].map(DelegateType::code);
    let lost = Condition::all()
        .add(delegate::Column::ConnectedUntil.is_null())
        .add(delegate::Column::LastHeartbeatAt.lt(now.minus(period).as_millis()))
        .add(delegate::Column::Admission.eq(Admission::Enabled.code()))
        .add(delegate::Column::Kind.is_in(kinds));
    let cx = Context::system(state.clone(), Actor::Installation);
    loop {
        let ids = delegate::Entity::find().select_only().column(delegate::Column::Id).filter(lost.clone());
        let ids: Vec<Uuid> = ids.limit(MAX_LOST_AT_ONCE).into_tuple().all(state.db.read()).await?;
        if ids.is_empty() {
            return Ok(());
        }
        let mut change = state.db.write().await?;
        if !change.takes_job().await? {
            return Ok(());
        }
        // Asked again under the lock: one may have come back.
        let ids = lock::delegates(&change, lost.clone().add(delegate::Column::Id.is_in(ids))).await?;
        let rows =
            delegate::Entity::find().filter(delegate::Column::Id.is_in(ids.iter().copied())).all(&*change).await?;
        for row in rows {
            let delegate = Delegate::try_from(row)?;
            let host = FactChange::fact("host", delegate.facts.host_name.as_str());
            let facts = vec![host, FactChange::fact("lost for more than", format!("{hours} h"))];
            record(&cx, &change, &delegate, Action::DelegateDeleted, facts).await?;
        }
        delegate::Entity::delete_many().filter(delegate::Column::Id.is_in(ids)).exec(&*change).await?;
        Topic::ALL.into_iter().for_each(|topic| change.touches(topic));
        change.commit().await?;
    }
}
