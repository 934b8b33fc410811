//! Service accounts: what programs are that are nobody's.

use std::collections::HashMap;

use muster::{
    api_key::{NewServiceAccount, Owner, ServiceAccount, ServiceAccountDetail, ServiceAccountRow},
    audit::{Action, FactChange},
    id::ServiceAccountId,
    scope::Scope,
    time::Timestamp,
    user::Permission,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
};
use uuid::Uuid;

use super::super::{Context, scopes};
use crate::{
    db::{
        Change,
        audit::Entry,
        entity::{Scoped, api_key, service_account},
        lock,
    },
    error::{Conflict, Error, Limit, Object},
    events::Topic,
    random,
};

/// The most service accounts: they stand on one page.
const MAX_SERVICE_ACCOUNTS: u64 = 200;

fn authorize(cx: &Context) -> Result<Scope, Error> {
    let scope = Scope::account(cx.state.account);
    cx.authorize(Permission::ManageUsers, &scope)?;
    Ok(scope)
}

/// All of them, by name.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn list(cx: &Context) -> Result<Vec<ServiceAccountRow>, Error> {
    let scope = authorize(cx)?;
    let db = cx.state.db.read();
    let found = service_account::Entity::find().filter(service_account::Entity::under(&scope));
    let found = found.order_by_asc(service_account::Column::Name).all(db).await?;
    let keys: Vec<(Uuid, i64, Option<i64>)> = api_key::Entity::find()
        .select_only()
        .column(api_key::Column::ServiceAccountId)
        .column_as(api_key::Column::Id.count(), "keys")
        .column_as(api_key::Column::UsedAt.max(), "used_at")
        .filter(api_key::Column::ServiceAccountId.is_in(found.iter().map(|row| row.id)))
        .group_by(api_key::Column::ServiceAccountId)
        .into_tuple()
        .all(db)
        .await?;
    let keys: HashMap<Uuid, (i64, Option<i64>)> = keys.into_iter().map(|(id, keys, used)| (id, (keys, used))).collect();
    let row = |row: service_account::Model| {
        let (keys, used_at) = keys.get(&row.id).copied().unwrap_or_default();
        Ok(ServiceAccountRow {
            account: ServiceAccount::try_from(row)?,
            keys: u64::try_from(keys).unwrap_or(0),
            used_at: used_at.map(Timestamp::from_millis),
        })
    };
    found.into_iter().map(row).collect()
}

/// Everything about one.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; or where the database is out of reach.
pub async fn get(cx: &Context, id: ServiceAccountId) -> Result<ServiceAccountDetail, Error> {
    authorize(cx)?;
    let account = find(cx, cx.state.db.read(), id).await?;
    Ok(ServiceAccountDetail { account, keys: super::list(cx, Owner::ServiceAccount(id)).await? })
}

async fn find(cx: &Context, db: &impl ConnectionTrait, id: ServiceAccountId) -> Result<ServiceAccount, Error> {
    let own = service_account::Entity::under(&Scope::account(cx.state.account));
    let row = service_account::Entity::find_by_id(id.0).filter(own).one(db).await?;
    Ok(ServiceAccount::try_from(row.ok_or(Error::NotFound(Object::ServiceAccount))?)?)
}

/// One that stays until the end of a change: they come and go under the lock of the account.
pub(super) async fn locked(cx: &Context, change: &Change, id: ServiceAccountId) -> Result<ServiceAccount, Error> {
    lock::account(change, cx.state.account).await?;
    find(cx, &**change, id).await
}

/// Makes one.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NameTaken`]; [`Error::Conflict`] where there are too many; or where the database is out of
/// reach.
pub async fn create(cx: &Context, command: NewServiceAccount) -> Result<ServiceAccountId, Error> {
    let own = authorize(cx)?;
    let NewServiceAccount { name, role, scope } = command;
    let mut change = cx.begin(Permission::ManageUsers).await?;
    lock::account(&change, cx.state.account).await?;
    scopes::hold(&change, &scope).await?;
    let all = || service_account::Entity::find().filter(service_account::Entity::under(&own));
    if all().filter(service_account::Column::Name.eq(name.as_str())).count(&*change).await? > 0 {
        return Err(Error::NameTaken { object: Object::ServiceAccount, field: "name", name: name.into() });
    }
    if all().count(&*change).await? >= MAX_SERVICE_ACCOUNTS {
        return Err(Conflict::Full(Limit::ServiceAccounts, MAX_SERVICE_ACCOUNTS).into());
    }
    let now = cx.now();
    let account =
        ServiceAccount { id: ServiceAccountId::new(now, &random::bytes()), scope, name, role, created_at: now };
    service_account::ActiveModel {
        id: Set(account.id.0),
        account_id: Set(account.scope.account.0),
        organization: Set(account.scope.organization().to_owned()),
        project: Set(account.scope.project().to_owned()),
        name: Set(account.name.to_string()),
        role: Set(role.code().to_owned()),
        created_by: Set(cx.name().to_owned()),
        created_at: Set(now.as_millis()),
    }
    .insert(&*change)
    .await?;
    let mut changes = vec![FactChange::fact("role", role.label())];
    let place = account.scope.identifiers();
    changes.extend((!place.is_empty()).then(|| FactChange::fact("scope", place)));
    record(cx, &mut change, Action::ServiceAccountCreated, &account, &changes).await?;
    change.commit().await?;
    Ok(account.id)
}

/// Deletes one, and its keys with it: the next request with one of them is refused.
///
/// # Errors
/// As for [`get`].
pub async fn delete(cx: &Context, id: ServiceAccountId) -> Result<(), Error> {
    authorize(cx)?;
    let mut change = cx.begin(Permission::ManageUsers).await?;
    let account = locked(cx, &change, id).await?;
    let keys = api_key::Entity::find().filter(api_key::Column::ServiceAccountId.eq(id.0)).count(&*change).await?;
    service_account::Entity::delete_by_id(id.0).exec(&*change).await?;
    let changes = [FactChange::new("keys", keys.to_string(), "0")];
    record(cx, &mut change, Action::ServiceAccountDeleted, &account, &changes).await?;
    Ok(change.commit().await?)
}

async fn record(
    cx: &Context,
    change: &mut Change,
    action: Action,
    account: &ServiceAccount,
    changes: &[FactChange],
) -> Result<(), Error> {
    let (object, name) = (Some(account.id.0), account.name.as_str());
    let entry = Entry { scope: &account.scope, action, object, name, facts: changes.to_vec() };
    cx.record(change, entry).await?;
    change.touches(Topic::Users);
    Ok(())
}
