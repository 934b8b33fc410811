//! Making people: the first administrator, and those made at the command line.

use muster::{
    audit::{Action, Origin},
    id::UserId,
    scope::Scope,
    text::Invalid,
    user::{Email, Password, Role, User},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect, Set,
};

use crate::{
    auth::session,
    chance,
    db::{
        Change,
        audit::{self, Entry},
        entity::{account, user},
    },
    error::Error,
    state::State,
};

/// Whether nobody exists yet, so that the first administrator has to be made.
///
/// # Errors
/// Where the database is out of reach.
pub async fn none_yet(state: &State) -> Result<bool, Error> {
    Ok(user::Entity::find().count(state.db.read()).await? == 0)
}

/// Makes the first administrator; none where somebody exists already.
///
/// # Errors
/// Where the password cannot be taken, or the database is out of reach.
pub async fn create_first(
    state: &State,
    email: Email,
    password: Password,
    origin: impl FnOnce(&User) -> Origin,
) -> Result<Option<User>, Error> {
    password.check_new().map_err(|error| Error::field("password", error))?;
    let hash = state.passwords.hash(password).await?;
    let change = state.db.write().await?;
    // Two at once would both find nobody: the second waits on the account's row.
    account::Entity::find_by_id(state.account.0).lock_exclusive().one(&*change).await?;
    if user::Entity::find().count(&*change).await? > 0 {
        return Ok(None);
    }
    let user = insert(state, &change, email, Role::AccountAdministrator, hash, origin).await?;
    change.commit().await?;
    Ok(Some(user))
}

/// Makes a person.
///
/// # Errors
/// Where the address is taken, the password cannot be taken, or the database is out of reach.
pub async fn create(
    state: &State,
    email: Email,
    password: Password,
    role: Role,
    origin: Origin,
) -> Result<User, Error> {
    password.check_new().map_err(|error| Error::field("password", error))?;
    let hash = state.passwords.hash(password).await?;
    let change = state.db.write().await?;
    if user::Entity::find().filter(user::Column::Email.eq(email.as_str())).count(&*change).await? > 0 {
        return Err(Error::field("email", Invalid::new(taken(&email))));
    }
    let user = insert(state, &change, email.clone(), role, hash, |_| origin).await;
    let user = user.map_err(|error| error.or_taken("email", || taken(&email)))?;
    change.commit().await?;
    Ok(user)
}

fn taken(email: &Email) -> String {
    format!("There is a user {email} already.")
}

/// Replaces a person's password, and ends all of the person's sessions.
///
/// # Errors
/// Where there is no such person, the password cannot be taken, or the database is out of reach.
pub async fn reset_password(state: &State, email: &Email, password: Password, origin: Origin) -> Result<(), Error> {
    password.check_new().map_err(|error| Error::field("password", error))?;
    let hash = state.passwords.hash(password).await?;
    let change = state.db.write().await?;
    let row = user::Entity::find().filter(user::Column::Email.eq(email.as_str())).one(&*change).await?;
    let row = row.ok_or(Error::NotFound("There is no user with this address."))?;
    let id = UserId(row.id);
    let mut row = row.into_active_model();
    row.password_hash = Set(hash);
    row.update(&*change).await?;
    session::end_all(&*change, id).await?;
    let scope = Scope::account(state.account);
    let entry = Entry {
        scope: &scope,
        action: Action::PasswordReset,
        object: Some(id.0),
        name: email.as_str(),
        detail: String::new(),
    };
    audit::record(&change, &origin, state.clock.now(), entry).await?;
    Ok(change.commit().await?)
}

async fn insert(
    state: &State,
    change: &Change,
    email: Email,
    role: Role,
    password_hash: String,
    origin: impl FnOnce(&User) -> Origin,
) -> Result<User, Error> {
    let now = state.clock.now();
    let user = User { id: UserId::new(now, &chance::bytes()), email, role, created_at: now };
    user::ActiveModel {
        id: Set(user.id.0),
        account_id: Set(state.account.0),
        email: Set(user.email.to_string()),
        role: Set(user.role.code().to_owned()),
        password_hash: Set(password_hash),
        created_at: Set(now.as_millis()),
    }
    .insert(&**change)
    .await?;
    let scope = Scope::account(state.account);
    let entry = Entry {
        scope: &scope,
        action: Action::UserCreated,
        object: Some(user.id.0),
        name: user.email.as_str(),
        detail: role.label().to_owned(),
    };
    audit::record(change, &origin(&user), now, entry).await?;
    Ok(user)
}
