//! Writing the audit trail: in the same transaction as what it tells of.
//!
//! On SQLite an entry gets its place in the chain as it is written: one change writes at a time, whichever program makes it,
//! and a change that is undone takes the end of the chain back with it. On PostgreSQL all changes would wait for one another
//! behind that end, so there a job takes in what is committed (`manage/audit/chain.rs`). It does so here, too, with what
//! was not chained when it was written.

pub mod hash;
pub mod head;

use std::sync::{Mutex, PoisonError};

use muster::{
    audit::{Action, Actor, FactChange, Origin},
    id::AuditId,
    scope::Scope,
    time::Timestamp,
};
use sea_orm::{ActiveModelTrait, DbErr, IntoActiveModel as _};
use uuid::Uuid;

use self::{
    hash::{AuditKey, Source},
    head::End,
};
use super::{
    Change,
    entity::audit::{ActiveModel, Model},
    failure,
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
    write(change, vec![row(origin, now, &entry)?]).await?;
    change.tells(Line::of(origin, &entry));
    Ok(())
}

/// Writes several entries in one statement. Gives what the log says of each once the change is committed: each of them is
/// somebody else's.
///
/// # Errors
/// Where the database is out of reach.
pub async fn record_all(change: &Change, now: Timestamp, entries: &[(Origin, Entry<'_>)]) -> Result<Vec<Line>, DbErr> {
    let rows = entries.iter().map(|(origin, entry)| row(origin, now, entry));
    write(change, rows.collect::<Result<_, _>>()?).await?;
    Ok(entries.iter().map(|(origin, entry)| Line::of(origin, entry)).collect())
}

/// Writes entries, each bound to the installation's key: in the chain where it can be, else by itself until the chain takes
/// it in.
async fn write(change: &Change, rows: Vec<Model>) -> Result<(), DbErr> {
    let key = change.db.audit_key()?;
    if let Some(end) = end(change, key, &rows).await? {
        match write_behind(change, key, end, rows.clone()).await {
            // Somebody has put an entry of his own there. That is found for ever, and stops nobody.
            Err(error) if failure::is_taken(&error) => {}
            written => return written,
        }
    }
    let alone = rows.into_iter().map(|row| Model { hash: Some(key.of_entry(&row).to_vec()), ..row });
    insert_all(change, alone.map(all_columns).collect()).await
}

/// The end of the chain that entries can be put behind now: where changes are made one after the other, and the chain has
/// begun.
async fn end<'a>(change: &Change, key: &'a AuditKey, rows: &[Model]) -> Result<Option<End<'a>>, DbErr> {
    let Some(first) = rows.first().filter(|_| !change.db.is_postgres()) else { return Ok(None) };
    if rows.iter().any(|row| row.account_id != first.account_id) {
        return Ok(None);
    }
    Ok(head::find(&**change, first.account_id).await?.and_then(|head| End::of(key, head)))
}

async fn write_behind(change: &Change, key: &AuditKey, mut end: End<'_>, mut rows: Vec<Model>) -> Result<(), DbErr> {
    for row in &mut rows {
        let (seq, hash) = end.append(Source::Muster, row);
        (row.seq, row.hash) = (Some(seq), Some(hash.to_vec()));
    }
    insert_all(change, rows.into_iter().map(all_columns).collect()).await?;
    head::save(change, key, end.into_head()).await
}

fn all_columns(row: Model) -> ActiveModel {
    row.into_active_model().reset_all()
}

/// The row of an entry, which is bound to nothing yet.
fn row(origin: &Origin, now: Timestamp, entry: &Entry<'_>) -> Result<Model, DbErr> {
    let json = || serde_json::to_string(&entry.facts).map_err(|error| DbErr::Custom(error.to_string()));
    Ok(Model {
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
    })
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
