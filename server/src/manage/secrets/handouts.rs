//! To whom secrets were handed out: noted where a script with them is, and nowhere else.

use std::collections::HashMap;

use muster::{
    delegate::Standing,
    id::{DelegateId, SecretId},
    secret::Handout,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{
    db::{Change, entity::secret_handout},
    random,
};

/// Notes that a delegate was handed a script with secrets in it.
///
/// # Errors
/// Where the database is out of reach.
pub async fn note(change: &Change, delegate: &Standing, secrets: &[SecretId], now: Timestamp) -> Result<(), DbErr> {
    // Of two such changes at once, both write the rows of a delegate in this order.
    let mut secrets = secrets.to_vec();
    secrets.sort_unstable();
    let row = |secret: &SecretId| secret_handout::ActiveModel {
        id: Set(SecretId::new(now, &random::bytes()).0),
        secret_id: Set(secret.0),
        delegate_id: Set(delegate.id.0),
        delegate_name: Set(delegate.name.to_string()),
        at: Set(now.as_millis()),
    };
    let known = OnConflict::columns([secret_handout::Column::SecretId, secret_handout::Column::DelegateId])
        .update_columns([secret_handout::Column::DelegateName, secret_handout::Column::At])
        .to_owned();
    secret_handout::Entity::insert_many(secrets.iter().map(row))
        .on_conflict(known)
        .exec_without_returning(&**change)
        .await?;
    Ok(())
}

/// The delegates that a secret was handed out to, the last one first.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn of(db: &impl ConnectionTrait, id: SecretId, most: u64) -> Result<Vec<Handout>, DbErr> {
    let rows = secret_handout::Entity::find()
        .filter(secret_handout::Column::SecretId.eq(id.0))
        .order_by_desc(secret_handout::Column::At)
        .limit(most);
    let shown = |row: secret_handout::Model| Handout {
        delegate: DelegateId(row.delegate_id),
        name: row.delegate_name,
        at: Timestamp::from_millis(row.at),
    };
    Ok(rows.all(db).await?.into_iter().map(shown).collect())
}

/// When each of some secrets was last handed out.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn last(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Timestamp>, DbErr> {
    let rows: Vec<(Uuid, i64)> = secret_handout::Entity::find()
        .select_only()
        .column(secret_handout::Column::SecretId)
        .column_as(secret_handout::Column::At.max(), "last")
        .filter(secret_handout::Column::SecretId.is_in(ids))
        .group_by(secret_handout::Column::SecretId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, at)| (id, Timestamp::from_millis(at))).collect())
}

/// Forgets to whom a secret was handed out, once it is deleted.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn forget(change: &Change, id: SecretId) -> Result<(), DbErr> {
    let rows = secret_handout::Entity::delete_many().filter(secret_handout::Column::SecretId.eq(id.0));
    rows.exec(&**change).await.map(drop)
}
