//! What delegates tell of the runs of their startup scripts.

use muster::{delegate::Delegate, id::DelegateId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Value, sea_query::Expr};

use super::identity::{ensure_active, lock_approved, take_place};
use crate::{
    caller::Caller,
    db::{Change, entity::delegate},
    error::Error,
    events::Topic,
    scripts::{Recorder, Report, Written, masker},
    state::State,
};

/// Masks a report and writes it; again, where another report of the delegate came in meanwhile.
///
/// # Errors
/// [`Error::NotFound`] where the delegate is not the caller's own; [`Error::Conflict`] where it is not approved, or the
/// run is another delegate's; [`Error::Refused`] where the token was revoked meanwhile; or where the database is out of
/// reach.
pub async fn write(state: &State, caller: &Caller, id: DelegateId, report: &Report) -> Result<(), Error> {
    let _place = take_place(state)?;
    // Whatever this report can hold was handed out before it came: the secrets of now, and those of before.
    let masker = masker(state, &caller.token).await?;
    loop {
        let masked = report.mask(state, &masker, &caller.token.scope, id).await?;
        let mut change = state.db.write().await?;
        ensure_active(&change, caller.token.id).await?;
        let delegate = lock_approved(&change, caller, id).await?;
        let recorder = Recorder { change: &change, delegate: &delegate, now: state.clock.now() };
        match recorder.write(report, &masked).await? {
            Written::Stale => {}
            Written::Known => return Ok(()),
            Written::Yes { begins_or_ends } => {
                change.touches(Topic::Scripts);
                settle_cancelled(&change, &delegate, report).await?;
                if begins_or_ends {
                    change.touches(Topic::Delegates);
                }
                return Ok(change.commit().await?);
            }
        }
    }
}

/// Forgets that a run was cancelled which has ended, or is past.
async fn settle_cancelled(change: &Change, of: &Delegate, report: &Report) -> Result<(), Error> {
    if of.cancelled_run.is_none_or(|run| run == report.run && report.end.is_none()) {
        return Ok(());
    }
    delegate::Entity::update_many()
        .col_expr(delegate::Column::CancelledRun, Expr::value(Value::Uuid(None)))
        .filter(delegate::Column::Id.eq(of.id.0))
        .exec(&**change)
        .await?;
    Ok(())
}
