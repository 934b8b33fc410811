//! Rotating a token: a successor is made, the delegates go over one by one, and the old one is revoked.

use std::collections::HashMap;

use muster::{
    audit::{Action, FactChange},
    delegate::Status,
    id::TokenId,
    page::MAX_COUNT,
    time::Timestamp,
    token::{ROTATION_PAGE, RotationRow, Successor, Token, TokenRotation, TokenSettings, Turn},
    user::Permission,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};

use super::{
    Context, CreatedToken, add, entry_with, row, rows,
    users::{self, Heard},
};
use crate::{
    db::{
        Change,
        entity::{delegate, token},
    },
    error::{Error, Object},
    events::Topic,
};

/// Makes the successor of a token, as a part of a change: whoever is shown the value may have to note that in the same.
///
/// # Errors
/// As for [`Context::lock`] and [`super::create`]; [`Error::Conflict`] where the token is revoked, or has a successor.
pub async fn rotate(cx: &Context, change: &mut Change, id: TokenId, command: Successor) -> Result<CreatedToken, Error> {
    let before: Token = cx.lock(change, id, Permission::ManageDelegates).await?;
    let settings = TokenSettings {
        name: command.name,
        default_profile: before.default_profile,
        requires_approval: before.requires_approval,
        restrictions: before.restrictions.clone(),
    };
    let created = add(cx, change, &before.scope, settings, command.expiry).await?;
    let (successor, now) = (created.token.id, cx.now());
    hand_on_count(change, id, successor).await?;
    let old = before.rotate(successor, now)?;
    token::Entity::update_many()
        .col_expr(token::Column::SuccessorId, Expr::value(successor.0))
        .col_expr(token::Column::RotatedAt, Expr::value(now.as_millis()))
        .filter(token::Column::Id.eq(id.0))
        .exec(&**change)
        .await?;
    let successor = FactChange::fact("successor", created.token.name.as_str());
    cx.record(change, entry_with(&old, Action::TokenRotated, vec![successor])).await?;
    change.touches(Topic::Tokens);
    Ok(created)
}

/// A successor begins with the count of the token that it succeeds: a rotation gives no more registrations than before.
async fn hand_on_count(change: &Change, from: TokenId, to: TokenId) -> Result<(), DbErr> {
    let count = token::Entity::find_by_id(from.0).select_only().column(token::Column::Registrations);
    let count = count.into_tuple::<i32>().one(&**change).await?.unwrap_or(0);
    let successor = token::Entity::update_many().filter(token::Column::Id.eq(to.0));
    successor.col_expr(token::Column::Registrations, Expr::value(count)).exec(&**change).await.map(drop)
}

/// How far the delegates of a token that is being replaced are; of the delegates one page, counted from zero. A row that
/// goes over moves, so that pages are cut by number: what is counted ends at [`MAX_COUNT`], and so do they.
///
/// # Errors
/// As for [`Context::find`]; [`Error::NotFound`] also where the token is not being rotated.
pub async fn rotation(cx: &Context, id: TokenId, page: u64) -> Result<TokenRotation, Error> {
    let old = row(cx, id).await?;
    let rotation = old.token.rotation.clone().ok_or(Error::NotFound(Object::Rotation))?;
    let db = cx.state.db.read();
    let new = token::Entity::find_by_id(rotation.successor.0).one(db).await?;
    let new = rows(cx, new.into_iter().collect()).await?.pop();

    let new_id = rotation.successor;
    // A rejected delegate does not work with any token.
    let turns = [
        (Turn::Old, id, Status::Connected, Heard::Whenever),
        (Turn::Old, id, Status::PendingApproval, Heard::Now),
        (Turn::Silent, id, Status::NotConnected, Heard::Whenever),
        (Turn::Silent, id, Status::PendingApproval, Heard::Before),
        // Enabled again, it would be refused.
        (Turn::Silent, id, Status::Disabled, Heard::Whenever),
        (Turn::New, new_id, Status::Connected, Heard::Whenever),
        (Turn::New, new_id, Status::NotConnected, Heard::Whenever),
        (Turn::New, new_id, Status::PendingApproval, Heard::Whenever),
        (Turn::New, new_id, Status::Disabled, Heard::Whenever),
    ];
    let (mut counts, mut delegates) = (HashMap::new(), Vec::new());
    let mut skip = page.saturating_mul(ROTATION_PAGE).min(MAX_COUNT);
    for (turn, token, status, heard) in turns {
        let count = users::count(db, token, status, heard).await?;
        *counts.entry(turn).or_insert(0) += count;
        let left = ROTATION_PAGE.saturating_sub(u64::try_from(delegates.len()).unwrap_or(u64::MAX));
        if left > 0 && skip < count {
            for delegate in users::newest_after(db, token, status, heard, skip, left).await? {
                let (kind, next_gen) = (delegate.facts.kind, delegate.facts.next_gen);
                let is_refused = turn == Turn::Silent && delegate.refused_at.is_some();
                let turn = if is_refused { Turn::Refused } else { turn };
                delegates.push(RotationRow { user: delegate.into(), kind, next_gen, turn });
            }
        }
        skip = skip.saturating_sub(count);
    }
    let count = |turn| counts.get(&turn).copied().unwrap_or(0);
    let refused = users::count_refused(db, id).await?.min(count(Turn::Silent));
    let last_used_at = old.last_used.as_ref().map(|(at, _)| *at);
    Ok(TokenRotation {
        safe_to_revoke: rotation.is_safe_to_revoke(count(Turn::Old), last_used_at, last_step_at(db, id).await?),
        count_old: count(Turn::Old),
        count_silent: count(Turn::Silent) - refused,
        count_refused: refused,
        count_new: count(Turn::New),
        delegates,
        page,
        old,
        new,
    })
}

/// When a delegate last went over from a token to another one.
async fn last_step_at(db: &impl ConnectionTrait, from: TokenId) -> Result<Option<Timestamp>, DbErr> {
    let last_step = delegate::Entity::find()
        .select_only()
        .column_as(delegate::Column::TokenChangedAt.max(), "last_step")
        .filter(delegate::Column::PreviousTokenId.eq(from.0))
        .into_tuple::<Option<i64>>();
    Ok(last_step.one(db).await?.flatten().map(Timestamp::from_millis))
}
