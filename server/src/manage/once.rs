//! Calls that are made once, whoever repeats them: a program names a call, and who repeats it is told what came of the first
//! (the IETF's draft of an `Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header).
//!
//! That a call begins is committed before it is made, and what came of it after. So a call whose manager was killed in
//! between is not made again: who repeats it is told that nobody knows what came of it.

use std::time::Duration;

use muster::{
    id::{ApiKeyId, OnceCallId},
    time::Timestamp,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Set,
    sea_query::OnConflict,
};

use crate::{
    db::{Change, entity::once_call},
    error::{Conflict, Error},
    random,
    state::State,
};

/// For how long a call is not made a second time.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// What a program asks for, and what it calls that.
#[derive(Clone, Debug)]
pub struct Call {
    /// Whose call it is: names of one key mean nothing to another.
    pub key: ApiKeyId,
    /// What the program calls it.
    pub name: String,
    /// The digest of what is asked for.
    pub digest: String,
}

/// Whether a call is to be made.
#[derive(Debug)]
pub enum Begun {
    /// It is: this is the first.
    First(OnceCallId),
    /// It was, and this was the answer.
    Answered(u16, String),
}

/// The smallest id of a call that counts still.
fn oldest(now: Timestamp) -> OnceCallId {
    OnceCallId::new(now.minus(KEPT), &[0; 10])
}

/// Begins a call, or finds out what came of it.
///
/// # Errors
/// [`Conflict::OtherCall`] where the name was given to another one; [`Conflict::CallUnfinished`] where it is being made, or
/// nobody knows what came of it; [`Conflict::CallAnswered`] where the answer is not told twice; or where the database is out
/// of reach.
pub async fn begin(state: &State, call: &Call) -> Result<Begun, Error> {
    let now = state.clock.now();
    let id = OnceCallId::new(now, &random::bytes());
    let change = state.db.write().await?;
    let of_name = Condition::all()
        .add(once_call::Column::ApiKeyId.eq(call.key.0))
        .add(once_call::Column::Name.eq(call.name.as_str()));
    let old = of_name.clone().add(is_old(now));
    once_call::Entity::delete_many().filter(old).exec(&*change).await?;
    if insert(&change, id, call).await? {
        change.commit().await?;
        return Ok(Begun::First(id));
    }
    let row = once_call::Entity::find().filter(of_name).one(&*change).await?;
    // Of two at once the second was told by the database; should the first have failed by now, it may try again.
    let row = row.ok_or(Conflict::CallUnfinished)?;
    if row.digest != call.digest {
        return Err(Conflict::OtherCall.into());
    }
    match (row.status.and_then(|status| u16::try_from(status).ok()), row.body) {
        (Some(status), Some(body)) => Ok(Begun::Answered(status, body)),
        (Some(_), None) => Err(Conflict::CallAnswered.into()),
        (None, _) => Err(Conflict::CallUnfinished.into()),
    }
}

/// Whether this is the first of its name.
async fn insert(change: &Change, id: OnceCallId, call: &Call) -> Result<bool, DbErr> {
    let row = once_call::ActiveModel {
        id: Set(id.0),
        api_key_id: Set(call.key.0),
        name: Set(call.name.clone()),
        digest: Set(call.digest.clone()),
        status: Set(None),
        body: Set(None),
    };
    let mut known = OnConflict::columns([once_call::Column::ApiKeyId, once_call::Column::Name]);
    let insert = once_call::Entity::insert_many([row]).on_conflict(known.do_nothing().to_owned());
    Ok(insert.exec_without_returning(&**change).await? > 0)
}

/// Keeps what came of a call. Without a body, the answer is not told twice.
///
/// # Errors
/// Where the database is out of reach: then nobody knows what came of it.
pub async fn finish(state: &State, id: OnceCallId, status: u16, body: Option<String>) -> Result<(), Error> {
    let change = state.db.write().await?;
    if let Some(row) = once_call::Entity::find_by_id(id.0).one(&*change).await? {
        let mut row = row.into_active_model();
        row.status = Set(i16::try_from(status).ok());
        row.body = Set(body);
        row.update(&*change).await?;
    }
    Ok(change.commit().await?)
}

/// Forgets a call that changed nothing: it may be made again.
///
/// # Errors
/// Where the database is out of reach.
pub async fn forget(state: &State, id: OnceCallId) -> Result<(), Error> {
    let change = state.db.write().await?;
    once_call::Entity::delete_by_id(id.0).exec(&*change).await?;
    Ok(change.commit().await?)
}

/// The condition of calls that do not count any more.
#[must_use]
pub fn is_old(now: Timestamp) -> Condition {
    Condition::all().add(once_call::Column::Id.lt(oldest(now).0))
}
