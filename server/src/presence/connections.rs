//! When delegates were connected: what stands in their rows, and in their history.

use muster::{delegate::Delegate, id::ConnectionId, time::Timestamp};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, Set, Value, sea_query::Expr};

use super::MAX_ROWS_AT_ONCE;
use crate::{
    db::{
        Change,
        entity::{connection, delegate},
        lock,
    },
    random,
};

/// Notes that a delegate is connected from now on, where it was not.
///
/// # Errors
/// Where the database is out of reach.
pub async fn connect(tx: &Change, delegate: &Delegate, now: Timestamp) -> Result<(), DbErr> {
    connection::ActiveModel {
        id: Set(ConnectionId::new(now, &random::bytes()).0),
        account_id: Set(delegate.scope.account.0),
        organization: Set(delegate.scope.organization().to_owned()),
        project: Set(delegate.scope.project().to_owned()),
        delegate_id: Set(delegate.id.0),
        connected_at: Set(now.as_millis()),
        lost_at: Set(None),
        cause: Set(String::new()),
    }
    .insert(&**tx)
    .await?;
    Ok(())
}

/// Notes that the delegates under a condition are no longer connected, and why.
///
/// # Errors
/// Where the database is out of reach.
pub async fn disconnect(tx: &Change, which: Condition, at: Timestamp, cause: &str) -> Result<(), DbErr> {
    let ids = lock::delegates(tx, which.add(delegate::Column::ConnectedUntil.is_not_null())).await?;
    for ids in ids.chunks(MAX_ROWS_AT_ONCE) {
        delegate::Entity::update_many()
            .col_expr(delegate::Column::ConnectedUntil, Expr::value(Value::BigInt(None)))
            .filter(delegate::Column::Id.is_in(ids.iter().copied()))
            .exec(&**tx)
            .await?;
        connection::Entity::update_many()
            .col_expr(connection::Column::LostAt, Expr::value(at.as_millis()))
            .col_expr(connection::Column::Cause, Expr::value(cause))
            .filter(connection::Column::LostAt.is_null())
            .filter(connection::Column::DelegateId.is_in(ids.iter().copied()))
            .exec(&**tx)
            .await?;
    }
    Ok(())
}
