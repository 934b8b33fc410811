//! What masks the secrets of a scope. It is kept until one of them changes: many reports come while scripts run.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use muster::{scope::Scope, secret::SecretValue, token::Token, wire::envelope::Refusal};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    db::entity::{Scoped, retired_secret, secret, token},
    error::Error,
    mask::{Masker, Needles},
    secrets::{self, RETIRED_FOR},
    state::State,
    tokens,
};

/// What masks the secrets of the scope that was last asked for.
#[derive(Default)]
pub struct Masks(Mutex<Option<Kept>>);

struct Kept {
    scope: Scope,
    of: Versions,
    needles: Arc<Needles>,
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What masks the log of a delegate that holds a token: all secrets of its scope, and the token's own value.
///
/// # Errors
/// Where the database is out of reach, or the token was deleted meanwhile.
pub async fn masker(state: &State, token: &Token) -> Result<Masker, Error> {
    let row = token::Entity::find_by_id(token.id.0).filter(token::Entity::within(&token.scope));
    let row = row.one(state.db.read()).await?.ok_or(Refusal::RevokedToken)?;
    let own = Needles::of_token(&tokens::unseal(&state.keyring, &row)?).map_err(std::io::Error::other)?;
    Ok(Masker::new(own.map(Arc::new).into_iter().chain([of_scope(state, &token.scope).await?])))
}

async fn of_scope(state: &State, scope: &Scope) -> Result<Arc<Needles>, Error> {
    let db = state.db.read();
    let secrets = || secret::Entity::find().filter(secret::Entity::within(scope)).order_by_asc(secret::Column::Id);
    let since = state.clock.now().minus(RETIRED_FOR).as_millis();
    let retired = || {
        retired_secret::Entity::find()
            .filter(retired_secret::Entity::within(scope))
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
        return Ok(Arc::clone(&kept.needles));
    }
    // Perhaps newer than what was just looked at: what is kept is what was read.
    let (secrets, retired) = (secrets().all(db).await?, retired().all(db).await?);
    let of = Versions {
        secrets: secrets.iter().map(|row| (row.id, row.updated_at)).collect(),
        retired: retired.iter().map(|row| row.id).collect(),
    };
    let keyring = state.keyring.clone();
    let make = move || {
        let current = secrets.iter().map(|row| secrets::unseal(&keyring, row));
        let values: Vec<SecretValue> = current
            .chain(retired.iter().map(|row| secrets::unseal_retired(&keyring, row)))
            // What cannot be unsealed is not given out either.
            .filter_map(|value| value.inspect_err(|error| tracing::error!(%error, "a secret is not masked")).ok())
            .collect();
        Needles::of_secrets(values.iter().map(SecretValue::expose)).map_err(std::io::Error::other)
    };
    let needles = Arc::new(tokio::task::spawn_blocking(make).await.map_err(std::io::Error::other)??);
    *state.masks.kept() = Some(Kept { scope: scope.clone(), of, needles: Arc::clone(&needles) });
    Ok(needles)
}
