//! People: the first administrator, those made at the command line, and who signs in.

use std::net::IpAddr;

use muster::{
    access::Principal,
    audit::{Action, Actor},
    id::UserId,
    scope::Scope,
    user::{Email, Password, Permission, Role, User},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};
use uuid::Uuid;

use super::{Context, audit};
use crate::{
    auth::password::Asker,
    db::{
        Change,
        audit::Entry,
        entity::{session, user},
        lock,
    },
    error::{Conflict, Error, Object},
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
    let user =
        User { id: UserId::new(now, &random::bytes()), email, role: Role::AccountAdministrator, created_at: now };
    let principal = match address {
        Some(_) => Principal::person(&user, &Scope::account(state.account)),
        None => Principal::system(Actor::Installation, &Scope::account(state.account)),
    };
    let cx = Context { state: state.clone(), principal, address, request_id: String::new() };
    insert(&cx, &change, &user, hash).await?;
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
    let change = cx.state.db.write().await?;
    let taken = || Error::NameTaken { object: Object::User, field: "email", name: email.to_string() };
    if user::Entity::find().filter(user::Column::Email.eq(email.as_str())).count(&*change).await? > 0 {
        return Err(taken());
    }
    let now = cx.now();
    let user = User { id: UserId::new(now, &random::bytes()), email: email.clone(), role, created_at: now };
    let made = insert(cx, &change, &user, hash).await;
    made.map_err(|error| Error::from(error).or_taken(Object::User, "email", email.as_str()))?;
    change.commit().await?;
    Ok(user)
}

/// Replaces a person's password, and ends all of the person's sessions.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] where the password cannot be taken; or where the database is out of reach.
pub async fn reset_password(cx: &Context, email: &Email, password: Password) -> Result<(), Error> {
    cx.authorize(Permission::ManageUsers, &Scope::account(cx.state.account))?;
    let hash = hash(&cx.state, password).await?;
    let change = cx.state.db.write().await?;
    let row = user::Entity::find().filter(user::Column::Email.eq(email.as_str())).one(&*change).await?;
    let row = row.ok_or(Error::NotFound(Object::User))?;
    let id = UserId(row.id);
    let mut row = row.into_active_model();
    row.password_hash = Set(hash);
    row.update(&*change).await?;
    session::Entity::delete_many().filter(session::Column::UserId.eq(id.0)).exec(&*change).await?;
    record(cx, &change, Action::PasswordReset, id, email, String::new()).await?;
    Ok(change.commit().await?)
}

async fn insert(cx: &Context, change: &Change, user: &User, password_hash: String) -> Result<(), DbErr> {
    user::ActiveModel {
        id: Set(user.id.0),
        account_id: Set(cx.state.account.0),
        email: Set(user.email.to_string()),
        role: Set(user.role.code().to_owned()),
        password_hash: Set(password_hash),
        created_at: Set(user.created_at.as_millis()),
    }
    .insert(&**change)
    .await?;
    record(cx, change, Action::UserCreated, user.id, &user.email, user.role.label().to_owned()).await
}

async fn record(
    cx: &Context,
    change: &Change,
    action: Action,
    user: UserId,
    email: &Email,
    detail: String,
) -> Result<(), DbErr> {
    let scope = Scope::account(cx.state.account);
    cx.record(change, Entry { scope: &scope, action, object: Some(user.0), name: email.as_str(), detail }).await
}

/// The person of an address and a password; none where one of them is wrong, which is noted.
///
/// # Errors
/// Where too many passwords wait to be checked, or the database is out of reach.
pub async fn verify(
    state: &State,
    email: &Email,
    password: Password,
    asker: Asker,
    address: IpAddr,
) -> Result<Option<User>, Error> {
    let row = user::Entity::find()
        .filter(user::Column::AccountId.eq(state.account.0))
        .filter(user::Column::Email.eq(email.as_str()))
        .one(state.db.read())
        .await?;
    let hash = row.as_ref().map(|row| row.password_hash.clone());
    let right = state.passwords.verify(asker, password, hash).await?;
    let user = row.filter(|_| right).map(User::try_from).transpose()?;
    if user.is_none() {
        tracing::warn!(%address, claimed = email.as_str(), "a sign-in failed");
        let principal = Principal { actor: Actor::Stranger { claimed: email.to_string() }, grants: Vec::new() };
        let cx = Context { state: state.clone(), principal, address: Some(address), request_id: String::new() };
        note(&cx, Action::SignInFailed, None, email).await?;
    }
    Ok(user)
}

/// Notes that a person has signed in.
///
/// # Errors
/// Where the database is out of reach.
pub async fn signed_in(cx: &Context, user: &User) -> Result<(), Error> {
    note(cx, Action::SignedIn, Some(user.id.0), &user.email).await
}

/// Notes that a person has signed out.
///
/// # Errors
/// Where the database is out of reach.
pub async fn signed_out(cx: &Context, user: &User) -> Result<(), Error> {
    note(cx, Action::SignedOut, Some(user.id.0), &user.email).await
}

async fn note(cx: &Context, action: Action, object: Option<Uuid>, email: &Email) -> Result<(), Error> {
    let scope = Scope::account(cx.state.account);
    audit::note(cx, Entry { scope: &scope, action, object, name: email.as_str(), detail: String::new() }).await
}
