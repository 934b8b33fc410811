//! The person behind a request. Read from the database each time, so that it counts at once where somebody has another
//! role, or is disabled.

use std::time::Duration;

use muster::{
    id::UserId,
    time::Timestamp,
    user::{User, UserStatus},
};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tower_sessions::{Expiry, Session};

use super::session::{BEGAN, Began, USER};
use crate::{db::entity::user, error::Error, manage::users::sign_in::PasswordMark, state::State};

/// Under which name a session holds the hour in which it was last used.
const SEEN: &str = "seen";
/// Under which name a session that is nobody's yet holds whose code is waited for.
const AWAITED: &str = "awaits_code";
/// How long a person who has given the password may take to give the code.
const AWAITED_FOR: Duration = Duration::from_secs(10 * 60);

/// A person who has given the password in a session, and not yet the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// Who.
    pub user: UserId,
    /// The password that was right.
    pub mark: PasswordMark,
    /// When it was given.
    pub at: Timestamp,
}

/// Who is signed in with this session; none where nobody is, or may be any more.
///
/// # Errors
/// Where the database is out of reach.
pub async fn find(state: &State, session: &Session) -> Result<Option<User>, Error> {
    let Some(id) = session.get::<UserId>(USER).await? else { return Ok(None) };
    let row = user::Entity::find_by_id(id.0).one(state.db.read()).await?;
    let user = row.map(User::try_from).transpose()?;
    Ok(user.filter(|user| user.status == UserStatus::Active))
}

/// Whether it was the identity provider that signed somebody in with this session.
///
/// # Errors
/// Where the database is out of reach.
pub async fn is_by_single_sign_on(session: &Session) -> Result<bool, Error> {
    Ok(session.get::<Began>(BEGAN).await?.is_some_and(|began| began.by_single_sign_on))
}

/// Lets a session that is used last longer. Noted once an hour: a session is written whole, and seldom.
///
/// # Errors
/// Where the database is out of reach.
pub async fn extend(session: &Session, now: Timestamp) -> Result<(), Error> {
    let hour = now.as_seconds() / (60 * 60);
    if session.get::<i64>(SEEN).await? != Some(hour) {
        session.insert(SEEN, hour).await?;
    }
    Ok(())
}

/// Makes a session somebody's: under a new id, so that one planted before is worth nothing.
///
/// # Errors
/// Where the database is out of reach.
pub async fn sign_in(session: &Session, user: UserId, began: Began) -> Result<(), Error> {
    // Whatever was in it was somebody else's.
    session.clear().await;
    session.cycle_id().await?;
    session.insert(USER, user).await?;
    session.insert(BEGAN, began).await?;
    // The answer must not promise a session that is not yet durable.
    session.save().await?;
    Ok(())
}

/// Has a session wait for the code of a person: under a new id, and nobody's until then.
///
/// # Errors
/// Where the database is out of reach.
pub async fn await_code(session: &Session, awaited: Awaited) -> Result<(), Error> {
    session.clear().await;
    session.cycle_id().await?;
    let until = awaited.at.plus(AWAITED_FOR).as_seconds();
    session.insert(AWAITED, awaited).await?;
    session.set_expiry(OffsetDateTime::from_unix_timestamp(until).ok().map(Expiry::AtDateTime));
    session.save().await?;
    Ok(())
}

/// Whose code a session waits for; none where it does not, or not any more.
///
/// # Errors
/// Where the database is out of reach.
pub async fn awaited(session: &Session, now: Timestamp) -> Result<Option<Awaited>, Error> {
    let awaited = session.get::<Awaited>(AWAITED).await?;
    Ok(awaited.filter(|awaited| now.since(awaited.at) < AWAITED_FOR))
}
