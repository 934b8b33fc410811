//! API keys, of people and of service accounts. Of a key the database holds a digest alone; that of a random secret of 256
//! bits needs no slow hash.

pub mod service_accounts;
mod verify;

use muster::{
    access::{Grant, role_in},
    api_key::{ApiKey, ApiKeyName, ApiKeyRow, ApiKeyValue, MAX_KEYS, NewApiKey, Overlap, Owner},
    audit::{Action, Actor, FactChange},
    id::ApiKeyId,
    scope::Scope,
    text::Invalid,
    time::Timestamp,
    user::{Permission, User},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, Set,
};
use zeroize::Zeroizing;

pub use self::verify::verify;
use super::{Context, scopes};
use crate::{
    db::{
        Change,
        audit::Entry,
        entity::{Scoped, api_key},
        lock,
    },
    error::{Conflict, Error, Limit, Object},
    events::Topic,
    install::link::{digest, new_key},
    random,
};

/// A key that was made, and its value, which nobody sees again.
pub struct CreatedKey {
    /// The key.
    pub key: ApiKey,
    /// The whole value.
    pub value: Zeroizing<String>,
}

/// Who asks, as the owner of keys: a person. A key makes no keys.
///
/// # Errors
/// [`Error::Forbidden`] for who is no person.
pub fn own(cx: &Context) -> Result<Owner, Error> {
    match cx.principal.actor {
        Actor::User { id, .. } => Ok(Owner::User(id)),
        _ => Err(Error::Forbidden),
    }
}

/// The keys of an owner, the newest first.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn list(cx: &Context, owner: Owner) -> Result<Vec<ApiKeyRow>, Error> {
    authorize(cx, owner)?;
    let rows = api_key::Entity::find().filter(of(cx, owner)).order_by_desc(api_key::Column::Id);
    rows.all(cx.state.db.read()).await?.into_iter().map(|row| shown(cx, row)).collect()
}

fn shown(cx: &Context, row: api_key::Model) -> Result<ApiKeyRow, Error> {
    let (used_at, used_from) = (row.used_at.map(Timestamp::from_millis), row.used_from.clone());
    let key = ApiKey::try_from(row)?;
    Ok(ApiKeyRow { status: key.status(cx.now()), key, used_at, used_from })
}

/// Makes a key, as a part of a change.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] where it would do more than its owner, or its time is none;
/// [`Error::NameTaken`]; [`Error::Conflict`] where there are too many; or where the database is out of reach.
pub async fn create(cx: &Context, change: &mut Change, owner: Owner, command: NewApiKey) -> Result<CreatedKey, Error> {
    authorize(cx, owner)?;
    let NewApiKey { name, role, scope, expiry } = command;
    let held = held(cx, change, owner).await?;
    scopes::hold(change, &scope).await?;
    let Some(most) = role_in(&held.grants, &scope) else {
        return Err(Error::field("scope", Invalid::new("The key's owner has no role there.")));
    };
    if role.at_most(most) != role {
        let sentence = format!("The key can do no more than its owner: {} at most.", most.label());
        return Err(Error::field("role", Invalid::new(sentence)));
    }
    let now = cx.now();
    let expires_at = expiry.from(now)?;
    let all = || api_key::Entity::find().filter(of(cx, owner));
    if all().filter(api_key::Column::Name.eq(name.as_str())).count(&**change).await? > 0 {
        return Err(Error::NameTaken { object: Object::ApiKey, field: "name", name: name.into() });
    }
    if all().count(&**change).await? >= MAX_KEYS {
        return Err(Conflict::Full(Limit::ApiKeys, MAX_KEYS).into());
    }
    let id = ApiKeyId::new(now, &random::bytes());
    let key = ApiKey { id, scope, owner, name, role, created_at: now, expires_at, previous_until: None };
    let secret = new_key();
    insert(cx, change, &key, digest(&secret)).await?;
    let mut changes = vec![FactChange::fact("role", role.label())];
    let place = key.scope.identifiers();
    changes.extend((!place.is_empty()).then(|| FactChange::fact("scope", place)));
    changes.extend(expires_at.map(|at| FactChange::fact("expires", at.to_string())));
    record(cx, change, Action::ApiKeyCreated, &key, &held.name, &changes).await?;
    Ok(CreatedKey { value: whole(cx, &key, secret), key })
}

/// Gives a key a new secret, as a part of a change. The old one works beside it for a while, so that programs can be told.
///
/// # Errors
/// As for [`delete`].
pub async fn rotate(
    cx: &Context,
    change: &mut Change,
    owner: Owner,
    id: ApiKeyId,
    overlap: Overlap,
) -> Result<CreatedKey, Error> {
    authorize(cx, owner)?;
    let held = held(cx, change, owner).await?;
    let row = find(cx, &**change, owner, id).await?;
    let now = cx.now();
    let until = (!overlap.0.is_zero()).then(|| now.plus(overlap.0));
    let secret = new_key();
    let mut next = row.clone().into_active_model();
    next.previous_digest = Set(until.map(|_| row.digest));
    next.previous_until = Set(until.map(Timestamp::as_millis));
    next.digest = Set(digest(&secret));
    let key = ApiKey::try_from(next.update(&**change).await?)?;
    let old = until.map_or_else(|| "at once".to_owned(), |until| until.to_string());
    record(cx, change, Action::ApiKeyRotated, &key, &held.name, &[FactChange::fact("old value ends", old)]).await?;
    Ok(CreatedKey { value: whole(cx, &key, secret), key })
}

/// Deletes a key: the next request with it is refused.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; or where the database is out of reach.
pub async fn delete(cx: &Context, owner: Owner, id: ApiKeyId) -> Result<(), Error> {
    authorize(cx, owner)?;
    let mut change = cx.state.db.write().await?;
    let held = held(cx, &change, owner).await?;
    let row = find(cx, &*change, owner, id).await?;
    let key = ApiKey::try_from(row)?;
    api_key::Entity::delete_by_id(id.0).exec(&*change).await?;
    record(cx, &mut change, Action::ApiKeyDeleted, &key, &held.name, &[]).await?;
    Ok(change.commit().await?)
}

/// One key of an owner.
///
/// # Errors
/// As for [`delete`].
pub async fn get(cx: &Context, owner: Owner, id: ApiKeyId) -> Result<ApiKeyRow, Error> {
    authorize(cx, owner)?;
    shown(cx, find(cx, cx.state.db.read(), owner, id).await?)
}

async fn find(cx: &Context, db: &impl ConnectionTrait, owner: Owner, id: ApiKeyId) -> Result<api_key::Model, Error> {
    let row = api_key::Entity::find_by_id(id.0).filter(of(cx, owner)).one(db).await?;
    row.ok_or(Error::NotFound(Object::ApiKey))
}

/// An owner, as its keys need it.
struct Held {
    /// What the record calls it.
    name: String,
    grants: Vec<Grant>,
}

/// The owner, locked: of two changes of its keys the second sees what the first one left.
async fn held(cx: &Context, change: &Change, owner: Owner) -> Result<Held, Error> {
    match owner {
        Owner::User(id) => {
            let row = lock::user(change, cx.state.account, id).await?.ok_or(Error::NotFound(Object::User))?;
            let user = User::try_from(row)?;
            Ok(Held { name: user.email.into(), grants: user.grants })
        }
        Owner::ServiceAccount(id) => {
            let account = service_accounts::locked(cx, change, id).await?;
            let grants = vec![Grant { role: account.role, scope: account.scope }];
            Ok(Held { name: account.name.into(), grants })
        }
    }
}

/// A person's keys are the person's own; those of service accounts belong to who decides who may use Muster.
fn authorize(cx: &Context, owner: Owner) -> Result<(), Error> {
    match owner {
        // Whoever has the server's machine has everything.
        Owner::User(_) if cx.principal.actor == Actor::CommandLine => Ok(()),
        Owner::User(_) if own(cx)? == owner => Ok(()),
        Owner::User(_) => Err(Error::Forbidden),
        Owner::ServiceAccount(_) => cx.authorize(Permission::ManageUsers, &Scope::account(cx.state.account)),
    }
}

fn of(cx: &Context, owner: Owner) -> Condition {
    let own = match owner {
        Owner::User(id) => api_key::Column::UserId.eq(id.0),
        Owner::ServiceAccount(id) => api_key::Column::ServiceAccountId.eq(id.0),
    };
    api_key::Entity::under(&Scope::account(cx.state.account)).add(own)
}

async fn insert(cx: &Context, change: &Change, key: &ApiKey, digest: String) -> Result<(), Error> {
    let (user, service_account) = match key.owner {
        Owner::User(id) => (Some(id.0), None),
        Owner::ServiceAccount(id) => (None, Some(id.0)),
    };
    api_key::ActiveModel {
        id: Set(key.id.0),
        account_id: Set(key.scope.account.0),
        organization: Set(key.scope.organization().to_owned()),
        project: Set(key.scope.project().to_owned()),
        user_id: Set(user),
        service_account_id: Set(service_account),
        name: Set(key.name.to_string()),
        role: Set(key.role.code().to_owned()),
        digest: Set(digest),
        previous_digest: Set(None),
        previous_until: Set(None),
        created_by: Set(cx.name().to_owned()),
        created_at: Set(key.created_at.as_millis()),
        expires_at: Set(key.expires_at.map(Timestamp::as_millis)),
        used_at: Set(None),
        used_from: Set(String::new()),
    }
    .insert(&**change)
    .await?;
    Ok(())
}

fn whole(cx: &Context, key: &ApiKey, secret: Zeroizing<String>) -> Zeroizing<String> {
    ApiKeyValue::new(key.owner, cx.state.account, key.id, secret).reveal()
}

/// What the record calls a key: of whom it is, nobody has to look up.
fn called(name: &ApiKeyName, owner: &str) -> String {
    format!("{name} of {owner}")
}

async fn record(
    cx: &Context,
    change: &mut Change,
    action: Action,
    key: &ApiKey,
    owner: &str,
    changes: &[FactChange],
) -> Result<(), Error> {
    let name = called(&key.name, owner);
    let entry = Entry { scope: &key.scope, action, object: Some(key.id.0), name: &name, facts: changes.to_vec() };
    cx.record(change, entry).await?;
    change.touches(Topic::Users);
    Ok(())
}
