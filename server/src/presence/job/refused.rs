//! Writing what was turned away.

use sea_orm::{ConnectionTrait as _, DbErr, Statement, Value};
use uuid::Uuid;

use super::{
    super::{MAX_ROWS_AT_ONCE, Presence, Refused, TOO_MANY, refused::CallKey},
    floods,
};
use crate::{
    db::{Change, insert::update_many},
    events::Topic,
    state::State,
};
use muster::id::TokenId;

type Sums = [((Option<TokenId>, &'static str), Refused)];

/// Adds up what was turned away; tells whether there was anything.
///
/// # Errors
/// Where the database is out of reach; what was noted is then written the next time.
pub async fn flush_refused(state: &State) -> Result<bool, DbErr> {
    let refused = &state.presence.refused;
    let (sums, calls) = (Presence::take(&refused.sums), Presence::take(&refused.calls));
    if sums.is_empty() {
        return Ok(false);
    }
    let written = write(state, &sums, &calls).await;
    if written.is_err() {
        Presence::put_back(&refused.sums, sums);
        Presence::put_back(&refused.calls, calls);
    }
    written.map(|()| true)
}

async fn write(state: &State, sums: &Sums, calls: &[(CallKey, Refused)]) -> Result<(), DbErr> {
    let mut change = state.db.write().await?;
    write_sums(&change, sums).await?;
    write_calls(&change, calls).await?;
    for ((token, reason), one) in sums {
        if let Some(token) = token.filter(|_| *reason == TOO_MANY) {
            floods::note(&mut change, token, one).await?;
        }
    }
    change.touches(Topic::Tokens);
    change.commit().await
}

/// By token and reason. After a day without any, it is counted anew.
async fn write_sums(change: &Change, sums: &Sums) -> Result<(), DbErr> {
    for ((token, reason), one) in sums {
        let sql = "INSERT INTO refusal (token_id, reason, count, first_at, last_at, address, name) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (token_id, reason) DO UPDATE SET \
                   count = CASE WHEN excluded.first_at - refusal.last_at > 86400000 THEN 0 ELSE refusal.count END \
                   + excluded.count, \
                   first_at = CASE WHEN excluded.first_at - refusal.last_at > 86400000 THEN excluded.first_at \
                   ELSE refusal.first_at END, \
                   last_at = excluded.last_at, address = excluded.address, name = excluded.name";
        let values: [Value; 7] = [
            token.map_or(Uuid::nil(), |token| token.0).into(),
            (*reason).into(),
            one.count.into(),
            one.first_at.as_millis().into(),
            one.last_at.as_millis().into(),
            one.address.to_string().into(),
            one.name.as_str().into(),
        ];
        change.execute_raw(Statement::from_sql_and_values(change.get_database_backend(), sql, values)).await?;
    }
    Ok(())
}

/// By token, hour, reason and address.
async fn write_calls(change: &Change, calls: &[(CallKey, Refused)]) -> Result<(), DbErr> {
    let sql = "INSERT INTO refused_call (token_id, hour, reason, address, name, count, first_at, last_at) \
               VALUES {rows} ON CONFLICT (token_id, hour, reason, address) DO UPDATE SET \
               count = refused_call.count + excluded.count, last_at = excluded.last_at, name = excluded.name";
    for chunk in calls.chunks(MAX_ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|((token, hour, reason, address), one)| -> [Value; 8] {
            [
                token.0.into(),
                (*hour).into(),
                (*reason).into(),
                address.map(|address| address.to_string()).unwrap_or_default().into(),
                one.name.as_str().into(),
                one.count.into(),
                one.first_at.as_millis().into(),
                one.last_at.as_millis().into(),
            ]
        });
        update_many(&**change, sql, rows).await?;
    }
    Ok(())
}
