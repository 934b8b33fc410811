//! Who asks with a key.

use std::{net::IpAddr, time::Duration};

use muster::{
    access::{Grant, Principal},
    api_key::{ApiKey, ApiKeyStatus, ApiKeyValue, Owner, ServiceAccount},
    audit::Actor,
    time::Timestamp,
    user::{User, UserStatus},
};
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

use super::called;
use crate::{
    db::entity::{api_key, service_account, user},
    error::Error,
    install::link::digest,
    state::State,
};

/// How many uses are noted at once: where the database is slow, later ones are noted later, and do not pile up.
static NOTING: Semaphore = Semaphore::const_new(4);

/// To what a key's last use is noted: a program that asks all the time writes nothing else.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// Who asks with a key, and what it may do: never more than the key's owner may now. None where the key does not work. It
/// is read anew each time, so that it counts at once where a key is deleted or its owner disabled.
///
/// # Errors
/// Where the database is out of reach.
pub async fn verify(state: &State, value: &ApiKeyValue, address: IpAddr) -> Result<Option<Principal>, Error> {
    if value.account != state.account {
        return Ok(None);
    }
    let db = state.db.read();
    let Some(row) = api_key::Entity::find_by_id(value.key.0).one(db).await? else { return Ok(None) };
    let key = ApiKey::try_from(row.clone())?;
    let now = state.clock.now();
    if !is_right(&row, &key, value, now) {
        return Ok(None);
    }
    let (owner, grants) = match key.owner {
        Owner::User(id) => {
            let row = user::Entity::find_by_id(id.0).one(db).await?;
            let user = row.map(User::try_from).transpose()?.filter(|user| user.status == UserStatus::Active);
            let Some(user) = user else { return Ok(None) };
            (user.email.to_string(), user.grants)
        }
        Owner::ServiceAccount(id) => {
            let row = service_account::Entity::find_by_id(id.0).one(db).await?;
            let Some(account) = row.map(ServiceAccount::try_from).transpose()? else { return Ok(None) };
            (account.name.into(), vec![Grant { role: account.role, scope: account.scope }])
        }
    };
    note_use(state, &row, address, now);
    let own = Grant { role: key.role, scope: key.scope };
    Ok(Some(Principal {
        actor: Actor::ApiKey { id: key.id, name: called(&key.name, &owner) },
        grants: grants.iter().filter_map(|grant| grant.bounded_by(&own)).collect(),
    }))
}

fn is_right(row: &api_key::Model, key: &ApiKey, value: &ApiKeyValue, now: Timestamp) -> bool {
    let given = digest(&value.secret);
    let is = |kept: &str| bool::from(kept.as_bytes().ct_eq(given.as_bytes()));
    let is_previous = row.previous_digest.as_deref().is_some_and(is) && key.takes_previous(now);
    let is_of_kind = value.of_service_account == matches!(key.owner, Owner::ServiceAccount(_));
    (is(&row.digest) || is_previous) && is_of_kind && key.status(now) == ApiKeyStatus::Active
}

/// Notes when a key was last used, and from where. The request does not wait for it, and does not fail where it cannot be
/// noted.
fn note_use(state: &State, row: &api_key::Model, address: IpAddr, now: Timestamp) {
    let from = address.to_string();
    let is_noted = row.used_at.is_some_and(|at| now.since(Timestamp::from_millis(at)) < NOTED_EVERY);
    if is_noted && row.used_from == from {
        return;
    }
    let Ok(permit) = NOTING.try_acquire() else { return };
    let (state, id) = (state.clone(), row.id);
    tokio::spawn(async move {
        let _permit = permit;
        let used = api_key::ActiveModel {
            id: Set(id),
            used_at: Set(Some(now.as_millis())),
            used_from: Set(from),
            ..Default::default()
        };
        let noted = async {
            let change = state.db.write().await?;
            used.update(&*change).await?;
            change.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, "that an API key was used could not be noted");
        }
    });
}
