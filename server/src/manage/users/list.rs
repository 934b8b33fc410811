//! The list of people, and everything about one.

use std::collections::HashMap;

use muster::{
    id::UserId,
    page::{Cursor, Page},
    scope::Scope,
    time::Timestamp,
    user::{LinkKind, OpenLink, Permission, User, UserDetail, UserRow},
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    super::{Context, audit::of_object, page::matching, page::page},
    change::other_administrators,
};
use crate::{
    auth::session,
    db::{
        audit::actor_id,
        entity::{corrupt, user, user_link},
    },
    error::{Error, Object},
};

/// How many audit entries a page shows.
const MAX_SHOWN_ENTRIES: u64 = 50;

/// One page of the list: those that hold a text in their name or address.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn list(cx: &Context, search: &str, cursor: Cursor) -> Result<Page<UserRow>, Error> {
    cx.authorize(Permission::ManageUsers, &Scope::account(cx.state.account))?;
    let found = user::Entity::find()
        .filter(user::Column::AccountId.eq(cx.state.account.0))
        .filter(matching(search, [user::Column::Email, user::Column::Name]));
    let (found, rest) = page(cx.state.db.read(), found, user::Column::Id, |row| row.id, &cursor).await?;
    Ok(rest.with(rows(cx, found).await?))
}

/// One person, as the list shows it.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; or where the database is out of reach.
pub async fn get_row(cx: &Context, id: UserId) -> Result<UserRow, Error> {
    cx.authorize(Permission::ManageUsers, &Scope::account(cx.state.account))?;
    let row = user::Entity::find_by_id(id.0).filter(user::Column::AccountId.eq(cx.state.account.0));
    let row = row.one(cx.state.db.read()).await?;
    rows(cx, row.into_iter().collect()).await?.pop().ok_or(Error::NotFound(Object::User))
}

/// Everything about one person.
///
/// # Errors
/// As for [`get_row`].
pub async fn get(cx: &Context, id: UserId) -> Result<UserDetail, Error> {
    let row = get_row(cx, id).await?;
    let db = cx.state.db.read();
    let others = other_administrators(db, cx.state.account, id).await?;
    let record = of_object(db, &Scope::account(cx.state.account), id.0, MAX_SHOWN_ENTRIES).await?;
    Ok(UserDetail { is_last_administrator: row.user.check_can_go(others).is_err(), row, record })
}

async fn rows(cx: &Context, found: Vec<user::Model>) -> Result<Vec<UserRow>, Error> {
    let (db, now, you) = (cx.state.db.read(), cx.now(), actor_id(&cx.principal.actor));
    let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
    let sessions = session::count(db, ids.iter().copied(), now).await?;
    let links = user_link::Entity::find()
        .filter(user_link::Column::UserId.is_in(ids))
        .filter(user_link::Column::ExpiresAt.gt(now.as_millis()))
        .all(db)
        .await?;
    let mut links: HashMap<Uuid, user_link::Model> = links.into_iter().map(|link| (link.user_id, link)).collect();
    let row = |row: user::Model| {
        let id = row.id;
        let signed_in_at = row.signed_in_at.map(Timestamp::from_millis);
        Ok(UserRow {
            user: User::try_from(row)?,
            signed_in_at,
            sessions: sessions.get(&id).copied().unwrap_or_default(),
            link: links.remove(&id).map(|link| open(&link)).transpose()?,
            is_you: you == Some(id),
        })
    };
    found.into_iter().map(row).collect()
}

/// A link, as its row tells of it.
pub(super) fn open(link: &user_link::Model) -> Result<OpenLink, DbErr> {
    let kind = LinkKind::from_code(&link.kind).ok_or_else(|| corrupt("user_link", "unknown kind"))?;
    Ok(OpenLink { kind, expires_at: Timestamp::from_millis(link.expires_at) })
}
