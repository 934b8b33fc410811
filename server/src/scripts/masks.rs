//! What masks the secrets of a scope. It is kept until one of them changes: many reports come while scripts run.

use std::{
    collections::HashSet,
    fmt,
    num::NonZero,
    sync::{Arc, Mutex, PoisonError},
};

use muster::{scope::Scope, secret::SecretValue, token::Token, wire::envelope::Refusal};
use muster_mask::{Masker, Patterns};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::{Semaphore, SemaphorePermit};
use uuid::Uuid;

use crate::{
    db::entity::{Scoped, retired_secret, secret, token},
    error::Error,
    secret_values::{self, RETIRED_FOR},
    state::State,
    token_values,
};

/// What masks the secrets of the scope that was last asked for.
pub struct Masks {
    kept: Mutex<Option<Kept>>,
    /// Which values cannot be opened, as was said.
    unreadable: Mutex<HashSet<Uuid>>,
    /// Who masks now: no more at once than can do so at once, however many scripts run.
    turns: Semaphore,
}

impl Default for Masks {
    fn default() -> Self {
        let turns = Semaphore::new(std::thread::available_parallelism().map_or(2, NonZero::get));
        Self { kept: Mutex::default(), unreadable: Mutex::default(), turns }
    }
}

struct Kept {
    scope: Scope,
    of: Versions,
    patterns: Arc<Patterns>,
}

/// Which values there are: each secret with the time of its value, and those that were replaced or deleted.
#[derive(PartialEq, Eq)]
struct Versions {
    secrets: Vec<(Uuid, i64)>,
    retired: Vec<Uuid>,
}

/// Does not print what it looks for.
impl fmt::Debug for Masks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masks")
    }
}

impl Masks {
    fn kept(&self) -> std::sync::MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is time to mask; for as long as what it gives is kept. None where the program ends.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// Says that a value cannot be opened: once, however often it is asked for.
    pub fn say_unreadable(&self, id: Uuid, name: &str) {
        if self.unreadable.lock().unwrap_or_else(PoisonError::into_inner).insert(id) {
            tracing::error!(
                secret = name,
                "the value of a secret cannot be opened: it was altered, or sealed with another key. It is neither \
                 handed out nor masked. Replace it under Secrets"
            );
        }
    }
}

/// What masks the log of a delegate that holds a token: all secrets of its scope, and the token's own value.
///
/// # Errors
/// Where the database is out of reach, or the token was deleted meanwhile.
pub async fn masker(state: &State, token: &Token) -> Result<Masker, Error> {
    let row = token::Entity::find_by_id(token.id.0).filter(token::Entity::at(&token.scope));
    let row = row.one(state.db.read()).await?.ok_or(Refusal::RevokedToken)?;
    let value = token_values::unseal(&state.encryption, token.id, &row.sealed_value)?;
    let (text, bytes) = (value.expose(), value.key());
    let own = [Patterns::of_texts([text.as_str()]), Patterns::of_bytes([bytes.as_slice()])];
    let own = own.into_iter().collect::<Result<Vec<_>, _>>().map_err(Error::internal)?;
    Ok(Masker::new(own.into_iter().map(Arc::new).chain([of_scope(state, &token.scope).await?])))
}

async fn of_scope(state: &State, scope: &Scope) -> Result<Arc<Patterns>, Error> {
    let db = state.db.read();
    let secrets =
        || secret::Entity::find().filter(secret::Entity::visible_from(scope)).order_by_asc(secret::Column::Id);
    let since = state.clock.now().minus(RETIRED_FOR).as_millis();
    let retired = || {
        retired_secret::Entity::find()
            .filter(retired_secret::Entity::at(scope))
            .filter(retired_secret::Column::RetiredAt.gt(since))
            .order_by_asc(retired_secret::Column::Id)
    };
    let of = Versions {
        secrets: secrets()
            .select_only()
            .columns([secret::Column::Id, secret::Column::UpdatedAt])
            .into_tuple()
            .all(db)
            .await?,
        retired: retired().select_only().column(retired_secret::Column::Id).into_tuple().all(db).await?,
    };
    if let Some(kept) = state.masks.kept().as_ref().filter(|kept| kept.scope == *scope && kept.of == of) {
        return Ok(Arc::clone(&kept.patterns));
    }
    // Perhaps newer than what was just looked at: what is kept is what was read.
    let (secrets, retired) = (secrets().all(db).await?, retired().all(db).await?);
    let of = Versions {
        secrets: secrets.iter().map(|row| (row.id, row.updated_at)).collect(),
        retired: retired.iter().map(|row| row.id).collect(),
    };
    let worker = state.clone();
    let make = move || {
        let current =
            secrets.iter().map(|row| (row.id, row.name.as_str(), secret_values::unseal(&worker.encryption, row)));
        let former =
            retired.iter().map(|row| (row.id, "(replaced)", secret_values::unseal_retired(&worker.encryption, row)));
        // What cannot be opened is not given out either; everything else is masked.
        let open = |(id, name, value): (Uuid, &str, Result<SecretValue, _>)| {
            value.inspect_err(|_| worker.masks.say_unreadable(id, name)).ok()
        };
        let values: Vec<SecretValue> = current.chain(former).filter_map(open).collect();
        Patterns::of_texts(values.iter().map(SecretValue::expose)).map_err(Error::internal)
    };
    let patterns = Arc::new(tokio::task::spawn_blocking(make).await.map_err(Error::internal)??);
    *state.masks.kept() = Some(Kept { scope: scope.clone(), of, patterns: Arc::clone(&patterns) });
    Ok(patterns)
}
