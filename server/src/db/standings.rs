//! Reading what is known of delegates: all that is asked for at the same time in one statement.
//!
//! When everybody comes back after a restart, nothing is in memory. Read one by one, each would wait for a connection,
//! and pages with them; so one reads for all who wait by then, on one connection.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use muster::{
    delegate::{Delegate, Standing},
    id::DelegateId,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{Db, entity::delegate, failure};

/// How many are read in one statement: so few that a page that is asked for meanwhile does not wait long behind their
/// answers, at each of its own statements.
const MAX_AT_ONCE: usize = 16;

/// Who is told of a delegate. Dropped, the database is away.
type Tell = oneshot::Sender<Result<Option<Arc<Standing>>, DbErr>>;

/// Who waits for what.
#[derive(Debug, Default)]
pub(super) struct Asked(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    all: Vec<(Uuid, Tell)>,
    /// Whether somebody reads for them.
    is_served: bool,
}

impl Asked {
    fn held(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks; tells whether nobody reads.
    fn ask(&self, id: Uuid, tell: Tell) -> bool {
        let mut waiting = self.held();
        waiting.all.push((id, tell));
        !mem::replace(&mut waiting.is_served, true)
    }

    /// The next ones; none where nobody waits, and nobody reads any more.
    fn next(&self) -> Option<Vec<(Uuid, Tell)>> {
        let mut waiting = self.held();
        waiting.is_served = !waiting.all.is_empty();
        let some = waiting.all.len().min(MAX_AT_ONCE);
        waiting.is_served.then(|| waiting.all.drain(..some).collect())
    }
}

impl Db {
    /// Reads what of a delegate decides on its calls. The statement begins after this was asked for.
    pub(super) async fn read_standing(&self, id: DelegateId) -> Result<Option<Arc<Standing>>, DbErr> {
        let (tell, hear) = oneshot::channel();
        if self.known.asked().ask(id.0, tell) {
            tokio::spawn(serve(self.clone()));
        }
        hear.await.unwrap_or_else(|_| Err(failure::away()))
    }
}

/// Reads until nobody waits.
async fn serve(db: Db) {
    while let Some(asked) = db.known.asked().next() {
        // In a task of its own: whatever happens to it, the others are read.
        if let Err(error) = tokio::spawn(read(db.clone(), asked)).await {
            tracing::error!(%error, "delegates could not be read");
        }
    }
}

async fn read(db: Db, asked: Vec<(Uuid, Tell)>) {
    let ids = asked.iter().map(|(id, _)| *id);
    let rows = match delegate::Entity::find().filter(delegate::Column::Id.is_in(ids)).all(db.read()).await {
        Ok(rows) => rows,
        Err(error) => return tracing::debug!(%error, "delegates could not be read"),
    };
    let mut found: HashMap<Uuid, delegate::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut known: HashMap<Uuid, Arc<Standing>> = HashMap::new();
    for (id, tell) in asked {
        let standing = match (known.get(&id), found.remove(&id)) {
            (Some(standing), _) => Ok(Some(standing.clone())),
            (None, Some(row)) => Delegate::try_from(row).map(|delegate| Some(Arc::new(Standing::from(&delegate)))),
            (None, None) => Ok(None),
        };
        if let Ok(Some(standing)) = &standing {
            known.insert(id, standing.clone());
        }
        // Who does not listen any more needs nothing.
        let _ = tell.send(standing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reads_for_all_who_wait() {
        let asked = Asked::default();
        let mut heard = Vec::new();
        for number in 0..MAX_AT_ONCE + 1 {
            let (tell, hear) = oneshot::channel();
            assert_eq!(asked.ask(Uuid::from_u128(number as u128), tell), number == 0);
            heard.push(hear);
        }
        assert_eq!(asked.next().map(|some| some.len()), Some(MAX_AT_ONCE));
        assert_eq!(asked.next().map(|some| some.len()), Some(1));
        assert!(asked.next().is_none());
        let (tell, _hear) = oneshot::channel();
        assert!(asked.ask(Uuid::nil(), tell), "nobody reads any more");
    }
}
