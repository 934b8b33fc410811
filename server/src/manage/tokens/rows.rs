//! Tokens as lists and pages show them.

use std::time::Duration;

use muster::{
    id::{DelegateId, TokenId},
    time::Timestamp,
    token::{MAX_LISTED, Token, TokenRow, TokenStatus},
    user::Permission,
};
use sea_orm::EntityTrait;

use super::{super::Context, refusals, users};
use crate::{
    db::entity::token,
    error::{Error, Object},
};

/// How long before its expiry a page warns of it.
pub const EXPIRES_SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// A token as it is shown, where who asks may see it.
pub async fn row(cx: &Context, id: TokenId) -> Result<TokenRow, Error> {
    cx.find::<Token>(cx.state.db.read(), id, Permission::View).await?;
    let row = token::Entity::find_by_id(id.0).one(cx.state.db.read()).await?;
    rows(cx, row.into_iter().collect()).await?.pop().ok_or(Error::NotFound(Object::Token))
}

/// Rows as they are shown.
pub async fn rows(cx: &Context, rows: Vec<token::Model>) -> Result<Vec<TokenRow>, Error> {
    let (db, now) = (cx.state.db.read(), cx.now());
    let counts = users::counts(db, rows.iter().map(|row| row.id), MAX_LISTED).await?;
    let mut refusals = refusals(db, rows.iter().map(|row| row.id).collect(), now).await?;
    rows.into_iter()
        .map(|row| {
            let refusals = refusals.remove(&row.id).unwrap_or_default();
            let (connected, total) = counts.get(&row.id).copied().unwrap_or_default();
            let last_used = row.last_used_at.map(|at| (Timestamp::from_millis(at), row.last_used_by.clone()));
            let last_used_from = row.last_used_from.clone();
            let last_used_by = row.last_used_by_id.map(DelegateId);
            let registrations = u32::try_from(row.registrations).unwrap_or(0);
            let token = Token::try_from(row)?;
            let status = token.status(now);
            let expires_soon =
                status == TokenStatus::Active && token.expires_at.is_some_and(|at| at <= now.plus(EXPIRES_SOON));
            Ok(TokenRow {
                status,
                connected,
                total,
                registrations,
                last_used,
                last_used_by,
                last_used_from,
                expires_soon,
                refusals,
                token,
            })
        })
        .collect()
}
