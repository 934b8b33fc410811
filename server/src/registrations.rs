//! First registrations that come at once, waiting to be made together.

use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use muster::delegate::{Delegate, Registration};
use tokio::sync::oneshot;

use crate::{caller::Caller, db::audit::Told};

/// How many are made in one change. SQLite takes up to 32,766 values in a statement, and a row of a delegate has some
/// fifty.
const MAX_AT_ONCE: usize = 256;

/// Those who wait to be registered.
#[derive(Debug, Default)]
pub struct Queue(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    applicants: Vec<Applicant>,
    /// Whether somebody takes them.
    is_served: bool,
}

/// One of them.
#[derive(Debug)]
pub struct Applicant {
    /// Who calls.
    pub caller: Caller,
    /// What it asks for.
    pub command: Registration,
    /// Who waits to hear of the new delegate, and logs that. Dropped, it has to go alone.
    pub tell: oneshot::Sender<(Delegate, Told)>,
}

impl Queue {
    fn held(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues; tells whether nobody serves the queue.
    pub fn enter(&self, applicant: Applicant) -> bool {
        let mut waiting = self.held();
        waiting.applicants.push(applicant);
        !mem::replace(&mut waiting.is_served, true)
    }

    /// Whether nobody waits; the queue is then served no more.
    pub fn is_over(&self) -> bool {
        let mut waiting = self.held();
        waiting.is_served = !waiting.applicants.is_empty();
        !waiting.is_served
    }

    /// The next ones, who leave the queue.
    pub fn next(&self) -> Vec<Applicant> {
        let mut waiting = self.held();
        let some = waiting.applicants.len().min(MAX_AT_ONCE);
        waiting.applicants.drain(..some).collect()
    }
}
