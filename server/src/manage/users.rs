//! People: the first administrator, and those made at the command line. Who is invited comes in by a link (`links`), who
//! signs in by `sign_in` or `single_sign_on`; what becomes of people is in `change`, what a person does to the own account in `own` and
//! `second_factor`.

pub mod change;
pub mod links;
mod list;
pub mod own;
pub mod second_factor;
pub mod sign_in;
pub mod single_sign_on;

use std::net::IpAddr;

use muster::{
    access::{Grant, Principal},
    audit::{Action, Actor, FactChange},
    id::UserId,
    scope::Scope,
    user::{Email, Password, Permission, Role, User, UserError, UserStatus},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};

pub use self::list::{get, get_row, list};
use super::Context;
use crate::{
    auth::session::{self, Which},
    db::{
        Change,
        audit::Entry,
        entity::{user, user_link},
        lock,
    },
    error::{Conflict, Error, Object},
    events::Topic,
    random,
    state::State,
};

/// Whether nobody exists yet, so that the first administrator has to be made.
///
/// # Errors
/// Where the database is out of reach.
pub async fn none_yet(state: &State) -> Result<bool, Error> {
    Ok(user::Entity::find().count(state.db.read()).await? == 0)
}

/// Makes the first administrator, who then asks as himself. Whoever calls has found out that this is the person who
/// installs: there is nobody yet who could have a permission.
///
/// # Errors
/// [`Error::Conflict`] where somebody exists already; [`Error::Invalid`] where the password cannot be taken; or where
/// the database is out of reach.
pub async fn create_first(
    state: &State,
    email: Email,
    password: Password,
    address: Option<IpAddr>,
) -> Result<User, Error> {
    let hash = hash(state, password).await?;
    let change = state.db.write().await?;
    // Two at once would both find nobody: the second waits on the account's row.
    lock::account(&change, state.account).await?;
    if user::Entity::find().count(&*change).await? > 0 {
        return Err(Conflict::SetUpAlready.into());
    }
    let now = state.clock.now();
    let user = User {
        id: UserId::new(now, &random::bytes()),
        email,
        name: None,
        grants: vec![Grant { role: Role::AccountAdministrator, scope: Scope::account(state.account) }],
        status: UserStatus::Active,
        created_at: now,
        second_factor_since: None,
    };
    let principal = match address {
        Some(_) => Principal::person(&user),
        None => Principal::system(Actor::Installation, &Scope::account(state.account)),
    };
    let cx = Context { state: state.clone(), principal, address, request_id: String::new() };
    insert(&cx, &change, &user, hash, true).await?;
    record(&cx, &change, Action::UserCreated, &user, &[as_role(&user)]).await?;
    change.commit().await?;
    Ok(user)
}

async fn hash(state: &State, password: Password) -> Result<String, Error> {
    password.check_new().map_err(|error| Error::field("password", error))?;
    Ok(state.passwords.hash(password).await?)
}

/// Makes a person.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NameTaken`]; [`Error::Invalid`] where the password cannot be taken; or where the
/// database is out of reach.
pub async fn create(cx: &Context, email: Email, password: Password, role: Role) -> Result<User, Error> {
    cx.authorize(Permission::ManageUsers, &Scope::account(cx.state.account))?;
    let hash = hash(&cx.state, password).await?;
    let mut change = cx.state.db.write().await?;
    let grant = Grant { role, scope: Scope::account(cx.state.account) };
    let user = add(cx, &mut change, email, grant, UserStatus::Active, hash).await?;
    record(cx, &change, Action::UserCreated, &user, &[as_role(&user)]).await?;
    change.commit().await?;
    Ok(user)
}

/// Makes a person as a part of a change.
async fn add(
    cx: &Context,
    change: &mut Change,
    email: Email,
    grant: Grant,
    status: UserStatus,
    hash: String,
) -> Result<User, Error> {
    if user::Entity::find().filter(user::Column::Email.eq(email.as_str())).count(&**change).await? > 0 {
        return Err(Error::NameTaken { object: Object::User, field: "email", name: email.into() });
    }
    let now = cx.now();
    let id = UserId::new(now, &random::bytes());
    let user = User { id, email, name: None, grants: vec![grant], status, created_at: now, second_factor_since: None };
    // Who is let in at the server's machine gets in whatever becomes of the identity provider.
    let break_glass = cx.principal.actor == Actor::CommandLine;
    let made = insert(cx, change, &user, hash, break_glass).await;
    made.map_err(|error| Error::from(error).or_taken(Object::User, "email", user.email.as_str()))?;
    change.touches(Topic::Users);
    Ok(user)
}

/// The person with an address.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; or where the database is out of reach.
pub async fn by_email(cx: &Context, email: &Email) -> Result<UserId, Error> {
    cx.authorize(Permission::ManageUsers, &Scope::account(cx.state.account))?;
    let row = user::Entity::find().filter(user::Column::Email.eq(email.as_str())).one(cx.state.db.read()).await?;
    Ok(UserId(row.ok_or(Error::NotFound(Object::User))?.id))
}

/// Replaces a person's password, and ends all of the person's sessions. Who was only invited comes in by it. It works also
/// where passwords are switched off.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] where the password cannot be taken; or where the database
/// is out of reach.
pub async fn reset_password(cx: &Context, email: &Email, password: Password) -> Result<(), Error> {
    cx.authorize(Permission::ManageUsers, &Scope::account(cx.state.account))?;
    let hash = hash(&cx.state, password).await?;
    let mut change = cx.state.db.write().await?;
    let row = user::Entity::find().filter(user::Column::Email.eq(email.as_str())).one(&*change).await?;
    let id = UserId(row.ok_or(Error::NotFound(Object::User))?.id);
    let (row, user) = locked(&change, cx, id).await?;
    let mut row = row.into_active_model();
    row.password_hash = Set(hash);
    row.break_glass = Set(true);
    if user.status == UserStatus::Invited {
        row.status = Set(UserStatus::Active.code().to_owned());
    }
    row.update(&*change).await?;
    user_link::Entity::delete_by_id(id.0).exec(&*change).await?;
    session::end(&mut change, id, Which::All).await?;
    record(cx, &change, Action::PasswordReset, &user, &[]).await?;
    Ok(change.commit().await?)
}

/// A person, locked for a change.
async fn locked(change: &Change, cx: &Context, id: UserId) -> Result<(user::Model, User), Error> {
    let row = lock::user(change, cx.state.account, id).await?.ok_or(Error::NotFound(Object::User))?;
    let user = User::try_from(row.clone())?;
    Ok((row, user))
}

/// `break_glass` tells that the password works also where passwords are switched off.
async fn insert(
    cx: &Context,
    change: &Change,
    user: &User,
    password_hash: String,
    break_glass: bool,
) -> Result<(), DbErr> {
    let mut row = user::ActiveModel {
        id: Set(user.id.0),
        account_id: Set(cx.state.account.0),
        email: Set(user.email.to_string()),
        password_hash: Set(password_hash),
        created_at: Set(user.created_at.as_millis()),
        name: Set(user.name.clone().map(String::from)),
        status: Set(user.status.code().to_owned()),
        signed_in_at: Set(None),
        second_factor_since: Set(None),
        break_glass: Set(break_glass),
        ..Default::default()
    };
    row.set_grants(&user.grants)?;
    row.insert(&**change).await.map(drop)
}

/// The role that a new person has.
fn as_role(user: &User) -> FactChange {
    let first = user.grants.first();
    let is = |grant: &Grant| FactChange::fact(&role_at(&grant.scope), grant.role.label());
    first.map_or_else(|| FactChange::fact("role", ""), is)
}

/// What the record calls a role at a scope.
fn role_at(scope: &Scope) -> String {
    if scope.organization.is_none() { "role".to_owned() } else { format!("role at {}", scope.identifiers()) }
}

async fn record(
    cx: &Context,
    change: &Change,
    action: Action,
    user: &User,
    changes: &[FactChange],
) -> Result<(), DbErr> {
    let scope = Scope::account(cx.state.account);
    let (object, name) = (Some(user.id.0), user.email.as_str());
    cx.record(change, Entry { scope: &scope, action, object, name, facts: changes.to_vec() }).await
}

impl From<UserError> for Error {
    fn from(error: UserError) -> Self {
        Self::Conflict(Conflict::User(error))
    }
}
