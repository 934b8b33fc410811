//! Writing the audit trail: in the same transaction as what it tells of.

pub mod hash;

use std::sync::{Mutex, PoisonError};

use muster::{
    audit::{Action, Actor, FactChange, Origin},
    id::AuditId,
    scope::Scope,
    time::Timestamp,
};
use sea_orm::{ActiveModelTrait, DbErr, IntoActiveModel as _};
use uuid::Uuid;

use super::{
    Change,
    entity::audit::{ActiveModel, Model},
    insert::insert_all,
};
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
    /// What changed from what to what, and what else belongs to it; never a secret.
    pub facts: Vec<FactChange>,
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
    row(change, origin, now, &entry)?.insert(&**change).await?;
    change.tells(Line::of(origin, &entry));
    Ok(())
}

/// Writes several entries in one statement. Gives what the log says of each once the change is committed: each of them is
/// somebody else's.
///
/// # Errors
/// Where the database is out of reach.
pub async fn record_all(change: &Change, now: Timestamp, entries: &[(Origin, Entry<'_>)]) -> Result<Vec<Line>, DbErr> {
    let rows = entries.iter().map(|(origin, entry)| row(change, origin, now, entry));
    insert_all(change, rows.collect::<Result<_, _>>()?).await?;
    Ok(entries.iter().map(|(origin, entry)| Line::of(origin, entry)).collect())
}

/// The row of an entry, bound to the installation's key. The chain takes it in once it is committed.
fn row(change: &Change, origin: &Origin, now: Timestamp, entry: &Entry<'_>) -> Result<ActiveModel, DbErr> {
    let json = || serde_json::to_string(&entry.facts).map_err(|error| DbErr::Custom(error.to_string()));
    let mut row = Model {
        id: AuditId::new(now, &random::bytes()).0,
        account_id: entry.scope.account.0,
        organization: entry.scope.organization().to_owned(),
        project: entry.scope.project().to_owned(),
        at: now.as_millis(),
        actor_kind: origin.actor.kind().to_owned(),
        actor_id: actor_id(&origin.actor),
        actor_name: origin.actor.name().to_owned(),
        address: origin.address.map(|address| address.to_string()).unwrap_or_default(),
        action: entry.action.code().to_owned(),
        object_id: entry.object,
        object_name: entry.name.to_owned(),
        detail: FactChange::phrase(&entry.facts),
        changes: (!entry.facts.is_empty()).then(json).transpose()?,
        seq: None,
        hash: None,
    };
    row.hash = Some(change.db.audit_key()?.of_entry(&row).to_vec());
    Ok(row.into_active_model().reset_all())
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
