//! Who uses a token: read off an index by status and by time, so that a token of a million delegates is as quick.

use std::{cmp::Reverse, collections::HashMap};

use muster::{
    delegate::{Delegate, Status},
    id::TokenId,
    page::MAX_COUNT,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait as _,
    Select,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    db::entity::{
        delegate,
        delegate_listing::{Column, Entity, HEARD_NOW, status as number},
        token,
    },
    manage::page,
};

/// When a delegate was heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Whenever that was.
    Whenever,
    /// At this time or later.
    Since(i64),
    /// It is connected: it is heard of all the time.
    Now,
    /// It is not connected.
    Before,
}

fn of(token: TokenId, status: Status, heard: Heard) -> Select<Entity> {
    let users = Entity::find().filter(Column::TokenId.eq(token.0)).filter(Column::Status.eq(number(status)));
    match heard {
        Heard::Whenever => users,
        Heard::Since(time) => users.filter(Column::HeardAt.gte(time)),
        Heard::Now => users.filter(Column::HeardAt.eq(HEARD_NOW)),
        Heard::Before => users.filter(Column::HeardAt.lt(HEARD_NOW)),
    }
}

/// All delegates that last registered with a token.
pub fn all(token: TokenId) -> Condition {
    // The index is the listing's; the delegate's own row is what is true under a lock.
    let listed = Entity::find().select_only().column(Column::DelegateId).filter(Column::TokenId.eq(token.0));
    let is_listed = delegate::Column::Id.in_subquery(listed.into_query());
    Condition::all().add(delegate::Column::TokenId.eq(token.0)).add(is_listed)
}

/// How many delegates of a status last registered with a token.
///
/// # Errors
/// Where the database is out of reach.
pub async fn count(db: &impl ConnectionTrait, token: TokenId, status: Status, heard: Heard) -> Result<u64, DbErr> {
    page::count(db, of(token, status, heard)).await
}

/// How many of those that are not connected call and are refused. Looks at as many as are counted.
///
/// # Errors
/// Where the database is out of reach.
pub async fn count_refused(db: &impl ConnectionTrait, token: TokenId) -> Result<u64, DbErr> {
    let away = of(token, Status::NotConnected, Heard::Whenever).select_only().column(Column::DelegateId);
    let away = away.order_by_desc(Column::HeardAt).limit(MAX_COUNT + 1).into_query();
    let refused = delegate::Entity::find().filter(delegate::Column::RefusedAt.is_not_null());
    page::count(db, refused.filter(delegate::Column::Id.in_subquery(away))).await
}

/// How many delegates last registered with each of some tokens: how many are connected, and how many there are, each counted
/// up to one more than `most`. One statement counts for all tokens of a page.
///
/// # Errors
/// Where the database is out of reach.
pub async fn counts(
    db: &impl ConnectionTrait,
    tokens: impl IntoIterator<Item = Uuid>,
    most: u64,
) -> Result<HashMap<Uuid, (u64, u64)>, DbErr> {
    let own =
        Entity::find().filter(Expr::col((Entity, Column::TokenId)).eq(Expr::col((token::Entity, token::Column::Id))));
    let connected = own.clone().filter(Column::Status.eq(number(Status::Connected)));
    let counted = |which: Select<Entity>| SimpleExpr::SubQuery(None, Box::new(page::counting(which, most).into()));
    let query = token::Entity::find()
        .select_only()
        .column(token::Column::Id)
        .expr(counted(connected))
        .expr(counted(own))
        .filter(token::Column::Id.is_in(tokens));
    let rows: Vec<(Uuid, i64, i64)> = query.into_tuple().all(db).await?;
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok(rows.into_iter().map(|(id, connected, all)| (id, (count(connected), count(all)))).collect())
}

/// Those that were heard of last, the newest registration first where that is the same.
///
/// # Errors
/// Where the database is out of reach.
pub async fn newest(
    db: &impl ConnectionTrait,
    token: TokenId,
    status: Status,
    heard: Heard,
    most: u64,
) -> Result<Vec<Delegate>, DbErr> {
    newest_after(db, token, status, heard, 0, most).await
}

/// The same without so many of the first.
///
/// # Errors
/// Where the database is out of reach.
pub async fn newest_after(
    db: &impl ConnectionTrait,
    token: TokenId,
    status: Status,
    heard: Heard,
    skip: u64,
    most: u64,
) -> Result<Vec<Delegate>, DbErr> {
    let ids = of(token, status, heard).select_only().column(Column::DelegateId);
    let ids = ids.order_by_desc(Column::HeardAt).order_by_desc(Column::N).offset(skip).limit(most);
    in_order(db, ids.into_tuple().all(db).await?).await
}

/// Those of any status that were heard of last.
///
/// # Errors
/// Where the database is out of reach.
pub async fn heard_last(db: &impl ConnectionTrait, token: TokenId, most: u64) -> Result<Vec<Delegate>, DbErr> {
    let mut last = Vec::new();
    for status in Status::ALL {
        last.extend(newest(db, token, status, Heard::Whenever, most).await?);
    }
    last.sort_by_key(|delegate| Reverse(delegate.last_heartbeat_at));
    last.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(last)
}

/// Delegates in the order of their ids here.
async fn in_order(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Delegate>, DbErr> {
    let rows = delegate::Entity::find().filter(delegate::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let mut delegates = rows.into_iter().map(Delegate::try_from).collect::<Result<Vec<_>, _>>()?;
    delegates.sort_by_key(|delegate| ids.iter().position(|id| *id == delegate.id.0));
    Ok(delegates)
}
