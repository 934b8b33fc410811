//! Writing the audit trail: in the same transaction as what it tells of.

use std::sync::{Mutex, PoisonError};

use muster::{
    audit::{Action, Actor, FactChange, Origin},
    id::AuditId,
    scope::Scope,
    time::Timestamp,
};
use sea_orm::{ActiveModelTrait, DbErr, Set};
use uuid::Uuid;

use super::{Change, entity::audit::ActiveModel, insert::insert_all};
use crate::random;

/// What an entry tells, beyond who and when.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Where the object belongs.
    pub scope: &'a Scope,
    /// What was done.
    pub action: Action,
    /// To which object.
    pub object: Option<Uuid>,
    /// What the object is called.
    pub name: &'a str,
    /// What else a person needs to understand it; never a secret.
    pub detail: String,
}

/// By what an actor is found again, where it has an id.
#[must_use]
pub fn actor_id(actor: &Actor) -> Option<Uuid> {
    match actor {
        Actor::User { id, .. } => Some(id.0),
        Actor::Delegate { id, .. } => id.map(|id| id.0),
        Actor::InstallLink { id, .. } => Some(id.0),
        Actor::ApiKey { id, .. } => Some(id.0),
        Actor::Stranger { .. } | Actor::CommandLine | Actor::Installation => None,
    }
}

/// Writes an entry.
///
/// # Errors
/// Where the database is out of reach.
pub async fn record(change: &Change, origin: &Origin, now: Timestamp, entry: Entry<'_>) -> Result<(), DbErr> {
    record_changes(change, origin, now, entry, &[]).await
}

/// Writes an entry, and what changed from what to what.
///
/// # Errors
/// Where the database is out of reach.
pub async fn record_changes(
    change: &Change,
    origin: &Origin,
    now: Timestamp,
    entry: Entry<'_>,
    changes: &[FactChange],
) -> Result<(), DbErr> {
    let json = || serde_json::to_string(changes).map_err(|error| DbErr::Custom(error.to_string()));
    let changes = (!changes.is_empty()).then(json).transpose()?;
    ActiveModel { changes: Set(changes), ..row(origin, now, &entry) }.insert(&**change).await?;
    change.tells(Line::of(origin, &entry));
    Ok(())
}

/// Writes an entry of something that goes on. Gives its id, by which more is told of it later.
///
/// # Errors
/// Where the database is out of reach.
pub async fn record_first(
    change: &Change,
    origin: &Origin,
    now: Timestamp,
    entry: Entry<'_>,
) -> Result<AuditId, DbErr> {
    let id = AuditId::new(now, &random::bytes());
    ActiveModel { id: Set(id.0), ..row(origin, now, &entry) }.insert(&**change).await?;
    change.tells(Line::of(origin, &entry));
    Ok(id)
}

/// Writes several entries in one statement. Gives what the log says of each once the change is committed: each of them is
/// somebody else's.
///
/// # Errors
/// Where the database is out of reach.
pub async fn record_all(change: &Change, now: Timestamp, entries: &[(Origin, Entry<'_>)]) -> Result<Vec<Line>, DbErr> {
    insert_all(change, entries.iter().map(|(origin, entry)| row(origin, now, entry)).collect()).await?;
    Ok(entries.iter().map(|(origin, entry)| Line::of(origin, entry)).collect())
}

fn row(origin: &Origin, now: Timestamp, entry: &Entry<'_>) -> ActiveModel {
    ActiveModel {
        id: Set(AuditId::new(now, &random::bytes()).0),
        account_id: Set(entry.scope.account.0),
        organization: Set(entry.scope.organization().to_owned()),
        project: Set(entry.scope.project().to_owned()),
        at: Set(now.as_millis()),
        actor_kind: Set(origin.actor.kind().to_owned()),
        actor_id: Set(actor_id(&origin.actor)),
        actor_name: Set(origin.actor.name().to_owned()),
        address: Set(origin.address.map(|address| address.to_string()).unwrap_or_default()),
        action: Set(entry.action.code().to_owned()),
        object_id: Set(entry.object),
        object_name: Set(entry.name.to_owned()),
        detail: Set(entry.detail.clone()),
        changes: Set(None),
    }
}

/// What the log says of an entry.
#[derive(Debug)]
pub struct Line {
    action: Action,
    object: String,
    by: String,
}

/// Lines that wait for their change to be committed.
#[derive(Debug, Default)]
pub(super) struct Lines(Mutex<Vec<Line>>);

impl Line {
    /// Its change is committed.
    #[must_use]
    pub fn told(self) -> Told {
        Told(vec![self])
    }

    fn of(origin: &Origin, entry: &Entry<'_>) -> Self {
        Self { action: entry.action, object: entry.name.to_owned(), by: origin.actor.name().to_owned() }
    }
}

impl Lines {
    pub(super) fn add(&self, line: Line) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// Their change is committed.
    pub(super) fn told(self) -> Told {
        Told(self.0.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Lines of a change that was committed. They are logged where this is dropped: by who made the change, or, where that
/// one has gone, by who committed it.
#[derive(Debug)]
pub struct Told(Vec<Line>);

impl Drop for Told {
    fn drop(&mut self) {
        for Line { action, object, by } in self.0.drain(..) {
            tracing::info!(action = action.code(), object, by, "audit");
        }
    }
}
