//! When delegates were connected: what stands in their rows, and in their history.

use muster::{delegate::Delegate, id::ConnectionId, time::Timestamp};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait as _, Set, Value,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};
use uuid::Uuid;

use super::{MAX_ROWS_AT_ONCE, SILENT};
use crate::{
    db::{
        Change,
        entity::{connection, delegate},
        insert::insert_all,
        lock,
    },
    random,
};

/// Notes that a delegate is connected from now on, where it was not.
///
/// # Errors
/// Where the database is out of reach.
pub async fn connect(tx: &Change, delegate: &Delegate, now: Timestamp) -> Result<(), DbErr> {
    connect_all(tx, std::slice::from_ref(delegate), now).await
}

/// Notes that delegates are connected from now on, which were not.
///
/// # Errors
/// Where the database is out of reach.
pub async fn connect_all(tx: &Change, delegates: &[Delegate], now: Timestamp) -> Result<(), DbErr> {
    let rows = delegates.iter().map(|delegate| connection::ActiveModel {
        id: Set(ConnectionId::new(now, &random::bytes()).0),
        account_id: Set(delegate.scope.account.0),
        organization: Set(delegate.scope.organization().to_owned()),
        project: Set(delegate.scope.project().to_owned()),
        delegate_id: Set(delegate.id.0),
        connected_at: Set(now.as_millis()),
        lost_at: Set(None),
        cause: Set(String::new()),
    });
    insert_all(tx, rows.collect()).await
}

/// Notes that delegates, which are locked, were lost: nothing was heard of them until they had been silent for too long.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn lose(tx: &Change, ids: &[Uuid]) -> Result<(), DbErr> {
    // By then each one counted as connected.
    let since = delegate::Entity::find().select_only().column(delegate::Column::ConnectedUntil).filter(
        Expr::col((delegate::Entity, delegate::Column::Id))
            .equals((connection::Entity, connection::Column::DelegateId)),
    );
    let since = SimpleExpr::SubQuery(None, Box::new(since.into_query().into()));
    end(tx, ids, since, SILENT).await
}

/// Notes that the delegates under a condition are no longer connected, and why.
///
/// # Errors
/// Where the database is out of reach.
pub async fn disconnect(tx: &Change, which: Condition, at: Timestamp, cause: &str) -> Result<(), DbErr> {
    let ids = lock::delegates(tx, which.add(delegate::Column::ConnectedUntil.is_not_null())).await?;
    for ids in ids.chunks(MAX_ROWS_AT_ONCE) {
        end(tx, ids, Expr::value(at.as_millis()), cause).await?;
    }
    Ok(())
}

/// Ends the connections of delegates, which are locked.
async fn end(tx: &Change, ids: &[Uuid], at: SimpleExpr, cause: &str) -> Result<(), DbErr> {
    connection::Entity::update_many()
        .col_expr(connection::Column::LostAt, at)
        .col_expr(connection::Column::Cause, Expr::value(cause))
        .filter(connection::Column::LostAt.is_null())
        .filter(connection::Column::DelegateId.is_in(ids.iter().copied()))
        .exec(&**tx)
        .await?;
    delegate::Entity::update_many()
        .col_expr(delegate::Column::ConnectedUntil, Expr::value(Value::BigInt(None)))
        .filter(delegate::Column::Id.is_in(ids.iter().copied()))
        .exec(&**tx)
        .await?;
    Ok(())
}
