//! What people do to their own account. It needs no role, but somebody who is signed in.

use muster::{
    audit::{Action, Actor, FactChange},
    id::UserId,
    text::Invalid,
    user::{Account, Password, PersonName, SecondFactor, User},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

use super::{super::Context, change::sessions, hash, locked, record, second_factor};
use crate::{
    auth::{
        password::Asker,
        session::{self, Which},
    },
    db::entity::user,
    error::{Error, Object},
    events::Topic,
};

/// Who asks.
pub(super) fn own_id(cx: &Context) -> Result<UserId, Error> {
    match cx.principal.actor {
        Actor::User { id, .. } => Ok(id),
        _ => Err(Error::Forbidden),
    }
}

/// The own account. `session` is the digest of the session that asks.
///
/// # Errors
/// [`Error::Forbidden`] for who is no person; [`Error::NotFound`]; or where the database is out of reach.
pub async fn get(cx: &Context, session: &str) -> Result<Account, Error> {
    let row = own_row(cx).await?;
    let second_factor = second_factor::of_user(cx.state.db.read(), &row).await?;
    let has_password = !row.password_hash.is_empty();
    let user = User::try_from(row)?;
    let sessions = session::of_user(&cx.state.db, user.id, session, cx.now()).await?;
    Ok(Account { user, has_password, second_factor, sessions })
}

pub(super) async fn own_row(cx: &Context) -> Result<user::Model, Error> {
    let row = user::Entity::find_by_id(own_id(cx)?.0).filter(user::Column::AccountId.eq(cx.state.account.0));
    row.one(cx.state.db.read()).await?.ok_or(Error::NotFound(Object::User))
}

/// The own second factor; none where it is off.
///
/// # Errors
/// As for [`get`].
pub async fn second_factor(cx: &Context) -> Result<Option<SecondFactor>, Error> {
    second_factor::of_user(cx.state.db.read(), &own_row(cx).await?).await
}

/// Gives who asks another name.
///
/// # Errors
/// As for [`get`].
pub async fn rename(cx: &Context, name: PersonName) -> Result<UserId, Error> {
    let id = own_id(cx)?;
    let mut change = cx.state.db.write().await?;
    let (row, before) = locked(&change, cx, id).await?;
    if before.name.as_ref() == Some(&name) {
        return Ok(id);
    }
    let mut row = row.into_active_model();
    row.name = Set(Some(name.to_string()));
    row.update(&*change).await?;
    let was = before.name.as_ref().map_or("", PersonName::as_str);
    record(cx, &change, Action::UserRenamed, &before, &[FactChange::new("name", was, name.as_str())]).await?;
    change.touches(Topic::Users);
    change.touches(Topic::Roles);
    change.commit().await?;
    Ok(id)
}

/// Gives who asks another password, and ends the other sessions. `session` is the digest of the session that asks.
///
/// # Errors
/// As for [`get`]; [`Error::Invalid`] where the old password is wrong, or the new one cannot be taken.
pub async fn change_password(cx: &Context, old: Password, new: Password, session: &str) -> Result<UserId, Error> {
    let seen = own_row(cx).await?;
    // What is wrong with the new one is told before the old one is looked at: that costs a hash.
    new.check_new().map_err(|error| Error::field("password", error))?;
    check_password(cx, &seen, old, "current_password").await?;
    let hash = hash(&cx.state, new).await?;
    let id = UserId(seen.id);
    let mut change = cx.state.db.write().await?;
    let (row, user) = locked(&change, cx, id).await?;
    // Somebody else replaced it meanwhile: what was checked is not the old one any more.
    if row.password_hash != seen.password_hash {
        return Err(wrong("current_password"));
    }
    let mut row = row.into_active_model();
    row.password_hash = Set(hash);
    row.update(&*change).await?;
    let ended = session::end(&mut change, id, Which::But(session)).await?;
    record(cx, &change, Action::PasswordChanged, &user, &[sessions(ended, 1)]).await?;
    change.commit().await?;
    Ok(id)
}

/// Asks whether it is the password of a person's row; `field` is where it was typed.
pub(super) async fn check_password(
    cx: &Context,
    row: &user::Model,
    password: Password,
    field: &'static str,
) -> Result<(), Error> {
    let known = Some(row.password_hash.clone()).filter(|hash| !hash.is_empty());
    if cx.state.passwords.verify(Asker::Known, password, known).await? { Ok(()) } else { Err(wrong(field)) }
}

fn wrong(field: &'static str) -> Error {
    Error::field(field, Invalid::new("This is not your password."))
}

/// Ends own sessions.
///
/// # Errors
/// As for [`get`]; [`Error::NotFound`] also where there is no such session any more.
pub async fn end_sessions(cx: &Context, which: Which<'_>) -> Result<UserId, Error> {
    let id = own_id(cx)?;
    let mut change = cx.state.db.write().await?;
    let (_, user) = locked(&change, cx, id).await?;
    let before = session::count(&*change, [id.0], cx.now()).await?.remove(&id.0).unwrap_or_default();
    let ended = session::end(&mut change, id, which).await?;
    if ended == 0 && matches!(which, Which::One(_)) {
        return Err(Error::NotFound(Object::Session));
    }
    record(cx, &change, Action::SessionsEnded, &user, &[sessions(ended, before.saturating_sub(ended))]).await?;
    change.commit().await?;
    Ok(id)
}
