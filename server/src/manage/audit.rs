//! The audit trail: what use cases write into it, and what is shown of it.

pub mod chain;
mod trail;
mod verify;

use muster::{
    audit::{Action, AuditRow},
    page::{Cursor, Page},
    scope::Scope,
    time::Timestamp,
    user::Permission,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use self::{trail::trail, verify::verify};
use super::{Context, page::page};
use crate::{
    db::{
        Change,
        audit::{self, Entry},
        entity::{Scoped, audit as table},
    },
    error::Error,
};

/// What was last done to an object by who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastAct {
    /// What was done.
    pub action: Action,
    /// By the manager's clock.
    pub at: Timestamp,
    /// What the object was called then.
    pub name: String,
}

/// What was last done to an object by who asks; none where it has done nothing to it.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn last_act(cx: &Context, object: Uuid) -> Result<Option<LastAct>, Error> {
    cx.authorize_anywhere(Permission::View)?;
    let Some(actor) = audit::actor_id(&cx.principal.actor) else { return Ok(None) };
    let row = table::Entity::find()
        .filter(table::Entity::under(&Scope::account(cx.state.account)))
        .filter(table::Column::ObjectId.eq(object))
        .filter(table::Column::ActorId.eq(actor))
        .order_by_desc(table::Column::Id)
        .one(cx.state.db.read())
        .await?;
    Ok(row.and_then(|row| {
        let action = Action::from_code(&row.action)?;
        Some(LastAct { action, at: Timestamp::from_millis(row.at), name: row.object_name })
    }))
}

/// The newest entries about an object.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn of_object(
    db: &impl ConnectionTrait,
    scope: &Scope,
    object: Uuid,
    most: u64,
) -> Result<Vec<AuditRow>, DbErr> {
    let rows = table::Entity::find()
        .filter(table::Entity::at(scope))
        .filter(table::Column::ObjectId.eq(object))
        .order_by_desc(table::Column::Id)
        .limit(most);
    Ok(rows.all(db).await?.into_iter().filter_map(shown).collect())
}

/// One page of the entries about an object, the newest first.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn page_of_object(
    db: &impl ConnectionTrait,
    scope: &Scope,
    object: Uuid,
    cursor: &Cursor,
) -> Result<Page<AuditRow>, DbErr> {
    let rows = table::Entity::find().filter(table::Entity::at(scope)).filter(table::Column::ObjectId.eq(object));
    let (rows, page) = page(db, rows, table::Column::Id, |row| row.id, cursor).await?;
    Ok(page.with(rows.into_iter().filter_map(shown).collect()))
}

/// An entry as it is shown; none where a later version wrote it.
fn shown(row: table::Model) -> Option<AuditRow> {
    let changes = row.changes.as_deref().and_then(|json| serde_json::from_str(json).ok());
    Some(AuditRow {
        at: Timestamp::from_millis(row.at),
        actor: row.actor_name,
        address: row.address,
        action: Action::from_code(&row.action)?,
        detail: row.detail,
        changes: changes.unwrap_or_default(),
    })
}

/// How many delegates, in the record's words.
pub(super) fn count_of_delegates(count: u64) -> String {
    if count == 1 { "1 delegate".to_owned() } else { format!("{count} delegates") }
}

impl Context {
    /// Writes into the audit trail what is done, as a part of the change that does it.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub(super) async fn record(&self, change: &Change, entry: Entry<'_>) -> Result<(), DbErr> {
        audit::record(change, &self.origin(), self.now(), entry).await
    }
}
