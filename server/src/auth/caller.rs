//! The person behind a request. Read from the database each time, so that it counts at once where somebody has another
//! role, or is disabled.

use muster::{
    id::UserId,
    time::Timestamp,
    user::{User, UserStatus},
};
use sea_orm::EntityTrait;
use tower_sessions::Session;

use super::session::{BEGAN, Began, USER};
use crate::{db::entity::user, error::Error, state::State};

/// Under which name a session holds the hour in which it was last used.
const SEEN: &str = "seen";

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
