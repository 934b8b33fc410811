//! Writing what was noted: all of it together, once a second.

use super::super::{Beat, CUT_OFF_NOTED_EVERY, CutOff, MAX_ROWS_AT_ONCE, Presence, SILENT, Use, connect, held};
use crate::{
    db::{
        Change,
        entity::{connection, delegate, token},
        insert::update_many,
        lock,
    },
    events::Topic,
    state::State,
};
use muster::{
    delegate::{Admission, Delegate},
    id::{DelegateId, TokenId},
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Uuid, sea_query::Expr,
};

/// Writes all that was noted of delegates; tells whether there was anything.
///
/// # Errors
/// Where the database is out of reach; what was noted is then written the next time.
pub async fn flush(state: &State) -> Result<bool, DbErr> {
    let mut beats = Presence::take(&state.presence.beats);
    beats.sort_unstable_by_key(|(id, _)| *id);
    let mut uses = Presence::take(&state.presence.uses);
    uses.sort_unstable_by_key(|(id, _)| *id);
    let any = !beats.is_empty() || !uses.is_empty();
    // Each in a transaction of its own: one that held rows of both tables could wait for a registration that waits
    // for it.
    let written = write_beats(state, &beats).await;
    if written.is_err() {
        Presence::put_back(&state.presence.beats, beats);
    }
    let used = write_uses(state, &uses).await;
    if used.is_err() {
        Presence::put_back(&state.presence.uses, uses);
    }
    let noted = write_cut_off(state).await;
    written.and(used).and(noted).map(|noted| any || noted)
}

/// Notes when delegates were last heard that are refused; tells whether there were any. That one is refused from now on is
/// news; that it goes on calling is a sign of life like a heartbeat.
async fn write_cut_off(state: &State) -> Result<bool, DbErr> {
    let mut cut_off: Vec<(DelegateId, CutOff)> = {
        let cut_off = held(&state.presence.cut_off);
        cut_off.iter().filter(|(_, one)| !one.is_written).map(|(id, one)| (*id, *one)).collect()
    };
    cut_off.sort_unstable_by_key(|(id, _)| *id);
    for chunk in cut_off.chunks(MAX_ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|(id, one)| [id.0.into(), one.at.as_millis().into(), one.clock_behind.into()]);
        // Not of one that has come back with another token meanwhile.
        let sql = "UPDATE delegate SET refused_at = v.column2, clock_behind = COALESCE(v.column3, clock_behind) \
                   FROM (VALUES {rows}) AS v WHERE delegate.id = v.column1 AND last_heartbeat_at <= v.column2";
        let mut change = state.db.write().await?;
        let them = Condition::all().add(delegate::Column::Id.is_in(chunk.iter().map(|(id, _)| id.0)));
        lock::delegates_heard(&change, them.clone()).await?;
        let new = delegate::Entity::find().filter(them).filter(delegate::Column::RefusedAt.is_null());
        let is_news =
            new.select_only().column(delegate::Column::Id).into_tuple::<Uuid>().one(&*change).await?.is_some();
        update_many(&*change, sql, rows).await?;
        if is_news {
            change.touches(Topic::Delegates);
        }
        change.commit().await?;
    }
    let (now, any) = (state.clock.now(), !cut_off.is_empty());
    let mut kept = held(&state.presence.cut_off);
    for (id, _) in cut_off {
        if let Some(one) = kept.get_mut(&id) {
            one.is_written = true;
        }
    }
    kept.retain(|_, one| !one.is_written || now.since(one.at) < CUT_OFF_NOTED_EVERY);
    Ok(any)
}

async fn write_beats(state: &State, beats: &[(DelegateId, Beat)]) -> Result<(), DbErr> {
    for chunk in beats.chunks(MAX_ROWS_AT_ONCE) {
        let mut change = state.db.write().await?;
        let ids = delegate::Column::Id.is_in(chunk.iter().map(|(id, _)| id.0));
        // In the order in which everybody locks rows: an update alone would take them as they come.
        lock::delegates_heard(&change, Condition::all().add(ids)).await?;
        revive(&mut change, chunk).await?;
        // Only a connected delegate's time is extended: one that was cut off or stopped meanwhile stays so.
        let rows =
            chunk.iter().map(|(id, beat)| [id.0.into(), beat.at.as_millis().into(), beat.until.as_millis().into()]);
        let sql = "UPDATE delegate SET last_heartbeat_at = v.column2, connected_until = v.column3 \
                   FROM (VALUES {rows}) AS v \
                   WHERE delegate.id = v.column1 AND connected_until IS NOT NULL AND last_heartbeat_at <= v.column2";
        update_many(&*change, sql, rows).await?;
        change.commit().await?;
    }
    Ok(())
}

/// Connects again those that were taken for silent while their heartbeat waited to be written.
async fn revive(change: &mut Change, beats: &[(DelegateId, Beat)]) -> Result<(), DbErr> {
    let barred = Admission::ALL.into_iter().filter(|admission| admission.is_barred()).map(Admission::code);
    let lost = delegate::Entity::find()
        .filter(delegate::Column::Id.is_in(beats.iter().map(|(id, _)| id.0)))
        .filter(delegate::Column::ConnectedUntil.is_null())
        .filter(delegate::Column::Admission.is_not_in(barred));
    for row in lost.all(&**change).await? {
        let last = connection::Entity::find().filter(connection::Column::DelegateId.eq(row.id));
        let last = last.order_by_desc(connection::Column::Id).one(&**change).await?;
        let Some(beat) = beats.iter().find(|(id, _)| id.0 == row.id).map(|(_, beat)| beat) else { continue };
        let silent = |last: &connection::Model| last.cause == SILENT;
        if !last.is_some_and(|last| silent(&last)) {
            continue;
        }
        // Locked before; this time because what every call asks of it changes.
        lock::delegates(change, Condition::all().add(delegate::Column::Id.eq(row.id))).await?;
        delegate::Entity::update_many()
            .col_expr(delegate::Column::ConnectedUntil, Expr::value(beat.until.as_millis()))
            .filter(delegate::Column::Id.eq(row.id))
            .exec(&**change)
            .await?;
        connect(change, &Delegate::try_from(row)?, beat.at).await?;
        change.touches(Topic::Delegates);
        change.touches(Topic::Tokens);
    }
    Ok(())
}

async fn write_uses(state: &State, uses: &[(TokenId, Use)]) -> Result<(), DbErr> {
    for chunk in uses.chunks(MAX_ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|(id, Use { at, by, from })| {
            [id.0.into(), at.as_millis().into(), by.1.as_str().into(), from.to_string().into(), by.0.0.into()]
        });
        let sql = "UPDATE token SET last_used_at = v.column2, last_used_by = v.column3, last_used_from = v.column4, \
                   last_used_by_id = v.column5 \
                   FROM (VALUES {rows}) AS v \
                   WHERE token.id = v.column1 AND (last_used_at IS NULL OR last_used_at < v.column2)";
        let change = state.db.write().await?;
        let ids = token::Column::Id.is_in(chunk.iter().map(|(id, _)| id.0));
        lock::tokens_used(&change, Condition::all().add(ids)).await?;
        update_many(&*change, sql, rows).await?;
        change.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_exist_that_raw_statements_name() {
        use sea_orm::Iden as _;
        let delegate = [delegate::Column::LastHeartbeatAt, delegate::Column::ConnectedUntil, delegate::Column::Id];
        assert_eq!(delegate.map(|c| c.unquoted().to_owned()), ["last_heartbeat_at", "connected_until", "id"]);
        let token = [token::Column::LastUsedBy, token::Column::LastUsedFrom, token::Column::LastUsedById];
        assert_eq!(token.map(|c| c.unquoted().to_owned()), ["last_used_by", "last_used_from", "last_used_by_id"]);
    }
}
