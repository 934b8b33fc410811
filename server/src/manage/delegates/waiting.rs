//! Rejecting everything that waits with a token: what a flood has left.

use std::time::Duration;

use muster::{
    audit::{Action, FactChange},
    delegate::Status,
    id::{DelegateId, TokenId},
    page::grouped,
    token::Token,
    user::Permission,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait as _};
use uuid::Uuid;

use super::{Context, decisions::reject};
use crate::{
    db::{
        audit::Entry,
        entity::{
            delegate,
            delegate_listing::{self as listing, status as number},
        },
    },
    error::Error,
    events::Topic,
};

/// For how long a request goes on with it: well under what browsers and proxies wait for an answer.
const MAX_TIME: Duration = Duration::from_secs(7);
/// How many are looked up at once.
const AT_ONCE: u64 = 200;

/// Rejects every delegate that waits with a token, also those that have come since somebody looked: each is a decision of
/// its own, and one line more says that all of them were meant. Whether all are; where there was no time left for some,
/// it can be asked for again.
///
/// # Errors
/// As for [`Context::find`]; or where the database is out of reach.
pub async fn reject_waiting(cx: &Context, id: TokenId) -> Result<bool, Error> {
    let token: Token = cx.find(cx.state.db.read(), id, Permission::ManageDelegates).await?;
    let began = cx.now();
    let (mut rejected, mut is_all) = (0, false);
    let mut after = Uuid::nil();
    while !is_all && cx.now().since(began) < MAX_TIME {
        let some = waiting(cx, id, after).await?;
        is_all = some.is_empty();
        for (delegate, seen) in some {
            after = delegate;
            match reject(cx, DelegateId(delegate), seen, None).await {
                Ok(_) => rejected += 1,
                // Somebody else decided on it, or deleted it.
                Err(Error::Conflict(_) | Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
            if cx.now().since(began) >= MAX_TIME {
                break;
            }
        }
    }
    if rejected > 0 {
        let mut change = cx.begin(Permission::ManageDelegates).await?;
        let (scope, object, name) = (&token.scope, Some(id.0), token.name.as_str());
        let facts = vec![FactChange::fact("delegates", grouped(rejected))];
        cx.record(&change, Entry { scope, action: Action::WaitingRejected, object, name, facts }).await?;
        change.touches(Topic::Tokens);
        change.commit().await?;
    }
    Ok(is_all)
}

/// Some that wait with a token, in the order of their ids, and their revisions.
async fn waiting(cx: &Context, id: TokenId, after: Uuid) -> Result<Vec<(Uuid, i32)>, Error> {
    let listed = listing::Entity::find()
        .select_only()
        .column(listing::Column::DelegateId)
        .filter(listing::Column::TokenId.eq(id.0))
        .filter(listing::Column::Status.eq(number(Status::PendingApproval)));
    let rows = delegate::Entity::find()
        .select_only()
        .columns([delegate::Column::Id, delegate::Column::Revision])
        .filter(delegate::Column::Id.in_subquery(listed.into_query()))
        .filter(delegate::Column::Id.gt(after))
        .order_by_asc(delegate::Column::Id)
        .limit(AT_ONCE);
    Ok(rows.into_tuple().all(cx.state.db.read()).await?)
}
