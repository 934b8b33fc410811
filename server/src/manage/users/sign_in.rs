//! Who signs in: by password, and where the person has a second factor by a code of it.

use std::net::IpAddr;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{
    audit::{Action, FactChange},
    id::UserId,
    text::Invalid,
    user::{Email, Password, TypedCode, User, UserStatus},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{super::Context, locked, record, second_factor::use_code_of};
use crate::{
    auth::password::Asker,
    db::{Change, entity::user},
    error::{Conflict, Error},
    events::Topic,
    presence::recorded::SignInRefusal,
    state::State,
};

/// A person who has given the right password.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Who.
    pub user: User,
    /// What stands for the password that was right, where a code is still asked for; none where the person is in.
    pub awaits_code: Option<PasswordMark>,
}

/// What stands for a person's password as it was: another one makes it worthless. It tells nothing of the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordMark(String);

impl PasswordMark {
    fn of(row: &user::Model) -> Self {
        let digest = Sha256::new().chain_update(b"mark of ").chain_update(&row.password_hash).finalize();
        Self(URL_SAFE_NO_PAD.encode(&digest[..16]))
    }

    /// Of whose row it is, where a code is asked for after the password.
    pub(super) fn where_code_is_asked(row: &user::Model) -> Option<Self> {
        row.second_factor_since.map(|_| Self::of(row))
    }
}

/// The person of an address and a password; none where one of them is wrong, which is noted.
///
/// # Errors
/// [`Error::Conflict`] where the password is right, and the person disabled or passwords switched off; where too many passwords wait to be checked, or
/// the database is out of reach.
pub async fn verify(
    state: &State,
    email: &Email,
    password: Password,
    asker: Asker,
    address: IpAddr,
) -> Result<Option<Verified>, Error> {
    let row = user::Entity::find()
        .filter(user::Column::AccountId.eq(state.account.0))
        .filter(user::Column::Email.eq(email.as_str()))
        .one(state.db.read())
        .await?;
    // Who was only invited has none.
    let hash = row.as_ref().map(|row| row.password_hash.clone()).filter(|hash| !hash.is_empty());
    let known = row.as_ref().map(|row| UserId(row.id));
    let right = state.passwords.verify(asker, password, hash).await?;
    let Some(row) = row.filter(|_| right) else {
        let why = known.map_or(SignInRefusal::UnknownUser, |_| SignInRefusal::WrongPassword);
        refused(state, known, email, why, address);
        return Ok(None);
    };
    let user = User::try_from(row.clone())?;
    if user.status != UserStatus::Active {
        // Only who knows the password is told.
        refused(state, known, email, SignInRefusal::Disabled, address);
        return Err(Conflict::YouAreDisabled.into());
    }
    if !state.password_sign_in && !row.break_glass {
        refused(state, known, email, SignInRefusal::PasswordOff, address);
        return Err(Conflict::PasswordSignInOff.into());
    }
    Ok(Some(Verified { user, awaits_code: PasswordMark::where_code_is_asked(&row) }))
}

/// Notes that somebody was not let in.
fn refused(state: &State, known: Option<UserId>, email: &Email, why: SignInRefusal, address: IpAddr) {
    // What was typed is named where it is somebody's address: else it may be anything, also a password.
    let claimed = known.map_or("", |_| email.as_str());
    tracing::warn!(%address, claimed, reason = why.reason(), "a sign-in failed");
    state.presence.sign_in_failed(known, why, state.clock.now(), address);
}

/// The person whose code is waited for, so that tries can be counted.
///
/// # Errors
/// [`Error::Invalid`] where there is none any more; or where the database is out of reach.
pub async fn awaited(state: &State, id: UserId) -> Result<User, Error> {
    let row = user::Entity::find_by_id(id.0).filter(user::Column::AccountId.eq(state.account.0));
    let user = row.one(state.db.read()).await?.map(User::try_from).transpose()?;
    user.filter(|user| user.status == UserStatus::Active).ok_or_else(too_late)
}

/// What somebody is told whose password was right a while ago.
#[must_use]
pub fn too_late() -> Error {
    let sentence = "This took too long, or your account was changed meanwhile. Log in again.";
    Error::field("", Invalid::new(sentence))
}

/// Takes the code of a person who has given the password: it is used up, and the person has signed in.
///
/// # Errors
/// [`Error::Invalid`] where the code is wrong, or what was given before does not count any more; or where the database is
/// out of reach.
pub async fn complete(cx: &Context, mark: &PasswordMark, user: &User, code: &TypedCode) -> Result<(), Error> {
    let mut change = cx.state.db.write().await?;
    let (row, now) = locked(&change, cx, user.id).await?;
    let is_as_it_was =
        now.status == UserStatus::Active && PasswordMark::where_code_is_asked(&row).as_ref() == Some(mark);
    if !is_as_it_was {
        return Err(too_late());
    }
    let Some(used) = use_code_of(&cx.state, &change, user.id, code).await? else {
        if let Some(address) = cx.address {
            refused(&cx.state, Some(user.id), &user.email, SignInRefusal::WrongCode, address);
        }
        let sentence = "This code is not right, or was used before. Wait for the next one of your app.";
        return Err(Error::field("code", Invalid::new(sentence)));
    };
    note(cx, &mut change, &now, &[used.fact()]).await?;
    Ok(change.commit().await?)
}

/// Notes that a person has signed in.
///
/// # Errors
/// Where the database is out of reach.
pub async fn signed_in(cx: &Context, user: &User) -> Result<(), Error> {
    let mut change = cx.state.db.write().await?;
    note(cx, &mut change, user, &[]).await?;
    Ok(change.commit().await?)
}

/// The same as a part of a change.
pub(super) async fn note(cx: &Context, change: &mut Change, user: &User, facts: &[FactChange]) -> Result<(), Error> {
    let (row, _) = locked(change, cx, user.id).await?;
    let mut row = row.into_active_model();
    row.signed_in_at = Set(Some(cx.now().as_millis()));
    row.update(&**change).await?;
    change.touches(Topic::Users);
    Ok(record(cx, change, Action::SignedIn, user, facts).await?)
}

/// Notes that a person has signed out.
///
/// # Errors
/// Where the database is out of reach.
pub async fn signed_out(cx: &Context, user: &User) -> Result<(), Error> {
    let change = cx.state.db.write().await?;
    record(cx, &change, Action::SignedOut, user, &[]).await?;
    Ok(change.commit().await?)
}

/// Why somebody is not signed in any more, as far as that is a person's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The user is disabled.
    Disabled,
    /// The user was deleted.
    Deleted,
}

/// What became of a person who was signed in; none where the person may sign in.
///
/// # Errors
/// Where the database is out of reach.
pub async fn gone(state: &State, email: &Email) -> Result<Option<Gone>, Error> {
    let row = user::Entity::find()
        .filter(user::Column::AccountId.eq(state.account.0))
        .filter(user::Column::Email.eq(email.as_str()))
        .one(state.db.read())
        .await?;
    Ok(match row.map(|row| UserStatus::from_code(&row.status)) {
        None => Some(Gone::Deleted),
        Some(Some(UserStatus::Disabled)) => Some(Gone::Disabled),
        Some(_) => None,
    })
}
