//! Organizations and projects: who can go where, and what becomes of them. Each begins with a token, as existing scripts
//! expect, and uses the profiles and secrets of what it lies in.

mod contents;
mod list;

use muster::{
    audit::{Action, FactChange},
    id::ScopeId,
    scope::{NamedScope, NewScope, Scope, ScopeName},
    user::{Permission, User},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, PrimaryKeyTrait,
    QueryFilter, Set,
};
use uuid::Uuid;

use self::contents::contents;
pub use self::list::{choices, get, list};
use super::{Context, installation, tokens, users};
use crate::{
    db::{
        Change,
        audit::Entry,
        entity::{Scoped, api_key, delegate, install_link, profile, scope as table, secret, token, user},
        lock,
    },
    error::{Conflict, Error, Limit, Object},
    events::Topic,
    random,
    state::State,
};

/// The most organizations and projects of an installation.
const MAX_SCOPES: u64 = 1000;

/// Whether a scope exists: the account does.
///
/// # Errors
/// Where the database is out of reach.
pub async fn exists(state: &State, scope: &Scope) -> Result<bool, Error> {
    if scope.organization.is_none() {
        return Ok(scope.account == state.account);
    }
    Ok(table::Entity::find().filter(table::Entity::at(scope)).count(state.db.read()).await? > 0)
}

/// The scope of an object of one of the lists that each scope has, by the list's word in addresses.
///
/// # Errors
/// Where the database is out of reach.
pub async fn of_object(state: &State, list: &str, id: Uuid) -> Result<Option<Scope>, Error> {
    async fn find<E>(state: &State, id: Uuid) -> Result<Option<Scope>, Error>
    where
        E: Scoped<PrimaryKey: PrimaryKeyTrait<ValueType = Uuid>>,
    {
        let row = E::find_by_id(id).filter(E::under(&Scope::account(state.account))).one(state.db.read()).await?;
        Ok(row.and_then(|row| E::scope_of(&row).ok()))
    }
    match list {
        "delegates" => find::<delegate::Entity>(state, id).await,
        "profiles" => find::<profile::Entity>(state, id).await,
        "tokens" => find::<token::Entity>(state, id).await,
        "secrets" => find::<secret::Entity>(state, id).await,
        _ => Ok(None),
    }
}

/// Holds a scope for what is made in it, until the end of the change.
///
/// # Errors
/// [`Error::NotFound`] where there is none; or where the database is out of reach.
pub(super) async fn hold(change: &Change, scope: &Scope) -> Result<(), Error> {
    if scope.organization.is_some() {
        lock::scope_shared(change, scope).await?.ok_or(Error::NotFound(Object::of_scope(scope)))?;
    }
    Ok(())
}

/// Makes an organization or a project.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] where the organization of a project does not exist; [`Error::NameTaken`];
/// [`Error::Conflict`] where there are too many; or where the database is out of reach.
pub async fn create(cx: &Context, command: NewScope) -> Result<NamedScope, Error> {
    let NewScope { scope, name } = command;
    let parent = scope.parent().ok_or(Error::Forbidden)?;
    cx.authorize(Permission::ManageScopes, &parent)?;
    let mut change = cx.begin(Permission::ManageScopes).await?;
    lock::account(&change, cx.state.account).await?;
    hold(&change, &parent).await?;
    if table::Entity::find().filter(table::Entity::at(&scope)).count(&*change).await? > 0 {
        let identifier = scope.project.as_ref().or(scope.organization.as_ref());
        let name = identifier.map(|one| one.as_str().to_owned()).unwrap_or_default();
        return Err(Error::NameTaken { object: Object::of_scope(&scope), field: "identifier", name });
    }
    if table::Entity::find().filter(table::Entity::under(&Scope::account(cx.state.account))).count(&*change).await?
        >= MAX_SCOPES
    {
        return Err(Conflict::Full(Limit::Scopes, MAX_SCOPES).into());
    }
    let now = cx.now();
    let id = ScopeId::new(now, &random::bytes());
    let made = NamedScope { id, scope, name, created_by: cx.name().to_owned(), created_at: now };
    table::ActiveModel {
        id: Set(made.id.0),
        account_id: Set(made.scope.account.0),
        organization: Set(made.scope.organization().to_owned()),
        project: Set(made.scope.project().to_owned()),
        name: Set(made.name.to_string()),
        created_by: Set(made.created_by.clone()),
        created_at: Set(now.as_millis()),
    }
    .insert(&*change)
    .await?;
    let action = if made.scope.project.is_some() { Action::ProjectCreated } else { Action::OrganizationCreated };
    let facts = vec![FactChange::fact("identifier", made.scope.identifiers())];
    record(cx, &change, action, &made, facts).await?;
    let token = installation::default_token(&made.scope, cx.name(), now).map_err(Error::internal)?;
    tokens::insert(&change, &cx.state.encryption, &cx.origin(), &token).await?;
    change.touches(Topic::Scopes);
    change.touches(Topic::Tokens);
    change.commit().await?;
    Ok(made)
}

/// Gives an organization or a project another name. Its identifier stays: addresses and clients go by it.
///
/// # Errors
/// As for [`get`]; [`Error::Forbidden`].
pub async fn rename(cx: &Context, id: ScopeId, name: ScopeName) -> Result<(), Error> {
    let mut change = cx.begin(Permission::ManageScopes).await?;
    let (row, before) = locked(cx, &change, id).await?;
    if before.name == name {
        return Ok(());
    }
    let mut row = row.into_active_model();
    row.name = Set(name.to_string());
    row.update(&*change).await?;
    let action = if before.scope.project.is_some() { Action::ProjectRenamed } else { Action::OrganizationRenamed };
    let facts = vec![FactChange::new("name", before.name.as_str(), name.as_str())];
    record(cx, &change, action, &before, facts).await?;
    change.touches(Topic::Scopes);
    Ok(change.commit().await?)
}

/// Deletes an organization or a project that is empty, and with it the token that it began with, the roles of people in
/// it and the API keys for it.
///
/// # Errors
/// As for [`rename`]; [`Error::Conflict`] where something is in it.
pub async fn delete(cx: &Context, id: ScopeId) -> Result<(), Error> {
    let mut change = cx.begin(Permission::ManageScopes).await?;
    lock::account(&change, cx.state.account).await?;
    let (_, named) = find(cx, &*change, id).await?;
    let scope = &named.scope;
    cx.authorize(Permission::ManageScopes, &manager_of(scope))?;
    users::change::forget_scope(cx, &mut change, scope).await?;
    lock::scope(&change, scope).await?;
    // Who registers with a token holds it: after this nobody does.
    let all = lock::tokens(&change, token::Entity::at(scope)).await?;
    let contents = contents(&*change, scope).await?;
    if !contents.is_empty() {
        return Err(Conflict::ScopeNotEmpty { name: named.name.into(), contents }.into());
    }
    for token in all {
        tokens::remove(&change, token).await?;
    }
    let keys = api_key::Entity::delete_many().filter(api_key::Entity::at(scope)).exec(&*change).await?.rows_affected;
    install_link::Entity::delete_many().filter(install_link::Entity::at(scope)).exec(&*change).await?;
    table::Entity::delete_by_id(id.0).exec(&*change).await?;
    let action = if scope.project.is_some() { Action::ProjectDeleted } else { Action::OrganizationDeleted };
    let mut facts = vec![FactChange::fact("identifier", scope.identifiers())];
    facts.extend((keys > 0).then(|| FactChange::fact("API keys deleted", keys.to_string())));
    record(cx, &change, action, &named, facts).await?;
    for topic in [Topic::Scopes, Topic::Tokens, Topic::Users, Topic::Roles] {
        change.touches(topic);
    }
    Ok(change.commit().await?)
}

/// One that who asks may see, as a row that is locked for a change of it, and may change.
async fn locked(cx: &Context, change: &Change, id: ScopeId) -> Result<(table::Model, NamedScope), Error> {
    let (_, named) = find(cx, &**change, id).await?;
    cx.authorize(Permission::ManageScopes, &manager_of(&named.scope))?;
    let row = lock::scope(change, &named.scope).await?.ok_or(Error::NotFound(Object::of_scope(&named.scope)))?;
    Ok((row.clone(), NamedScope::try_from(row)?))
}

/// One that who asks may see.
async fn find(cx: &Context, db: &impl ConnectionTrait, id: ScopeId) -> Result<(table::Model, NamedScope), Error> {
    cx.authorize_anywhere(Permission::View)?;
    let account = Scope::account(cx.state.account);
    let row = table::Entity::find_by_id(id.0).filter(table::Entity::under(&account)).one(db).await?;
    let row = row.ok_or(Error::NotFound(Object::Organization))?;
    let named = NamedScope::try_from(row.clone())?;
    let is_visible = cx.principal.may(Permission::View, &named.scope);
    if is_visible { Ok((row, named)) } else { Err(Error::NotFound(Object::Organization)) }
}

/// Where somebody has to be an administrator to rename or delete a scope: right above it, as for making it.
fn manager_of(scope: &Scope) -> Scope {
    scope.parent().unwrap_or_else(|| scope.clone())
}

async fn record(
    cx: &Context,
    change: &Change,
    action: Action,
    named: &NamedScope,
    facts: Vec<FactChange>,
) -> Result<(), Error> {
    let entry = Entry { scope: &named.scope, action, object: Some(named.id.0), name: named.name.as_str(), facts };
    Ok(cx.record(change, entry).await?)
}

/// The people who have a role at exactly a scope.
pub(super) async fn people(db: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<(user::Model, User)>, Error> {
    let named = format!("%\"organization\":\"{}\"%", scope.organization());
    let rows = user::Entity::find().filter(user::Column::AccountId.eq(scope.account.0));
    let rows = rows.filter(user::Column::Grants.like(named)).all(db).await?;
    let read = |row: user::Model| Ok((row.clone(), User::try_from(row)?));
    let people: Vec<(user::Model, User)> = rows.into_iter().map(read).collect::<Result<_, Error>>()?;
    Ok(people.into_iter().filter(|(_, user)| user.role_at(scope).is_some()).collect())
}
