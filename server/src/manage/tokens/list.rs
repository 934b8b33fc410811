//! The list of tokens: beginning by name, and sorted by age or by expiry.

use muster::{
    page::{Cursor, Mark, PAGE_SIZE, Page},
    scope::Scope,
    token::{TokenFilter, TokenRow, TokenSort},
    user::Permission,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait as _, Order, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, SimpleExpr},
};
use uuid::Uuid;

use super::{
    super::page::{beginning, count, matching, page},
    Context,
    rows::{EXPIRES_SOON, rows},
};
use crate::{
    db::entity::{Scoped, token},
    error::Error,
};

/// One page of the list: the tokens of a scope, and those of the scopes that it lies in, where they may be seen.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn list(cx: &Context, scope: &Scope, filter: &TokenFilter) -> Result<Page<TokenRow>, Error> {
    cx.authorize(Permission::View, scope)?;
    let db = cx.state.db.read();
    let query = filtered(cx.with_inherited::<token::Entity>(Permission::View, scope), filter);
    let (found, rest) = match filter.sort {
        TokenSort::Newest => page(db, query, token::Column::Id, |row| row.id, &filter.cursor).await?,
        TokenSort::Expiry => {
            let total = count(db, query.clone()).await?;
            let (query, cursor) = by_expiry(query, &filter.cursor);
            let found = query.limit(u64::from(PAGE_SIZE) + 1).all(db).await?;
            Page::cut(found, &cursor, total, mark).split()
        }
    };
    Ok(rest.with(rows(cx, found).await?))
}

/// How many tokens are good and will not be in two weeks.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn count_expiring(cx: &Context, scope: &Scope) -> Result<u64, Error> {
    cx.authorize(Permission::View, scope)?;
    let now = cx.now();
    let soon = token::Entity::find()
        .filter(token::Entity::at(scope))
        .filter(token::Column::RevokedAt.is_null())
        .filter(token::Column::ExpiresAt.gt(now.as_millis()))
        .filter(token::Column::ExpiresAt.lte(now.plus(EXPIRES_SOON).as_millis()));
    Ok(count(cx.state.db.read(), soon).await?)
}

fn filtered(which: Condition, filter: &TokenFilter) -> Select<token::Entity> {
    let mut query = token::Entity::find().filter(which);
    if !filter.with_revoked {
        query = query.filter(token::Column::RevokedAt.is_null());
    }
    query.filter(matching(&beginning(&filter.search), [token::Column::Name]))
}

/// When a token expires; what never does comes last.
fn expires() -> SimpleExpr {
    Expr::cust("COALESCE(expires_at, 9223372036854775807)")
}

/// The place of a token in the list that is sorted by expiry.
fn mark(row: &token::Model) -> Mark {
    Mark::new(format!("{}:{}", row.expires_at.unwrap_or(i64::MAX), row.id))
}

fn place(cursor: &Cursor) -> Option<(i64, Uuid)> {
    let (Cursor::After(mark) | Cursor::Before(mark)) = cursor else { return None };
    let (expires, id) = mark.as_str().split_once(':')?;
    Some((expires.parse().ok()?, id.parse().ok()?))
}

/// The first to expire first, of those that expire at once the newest. An address that holds another list's mark means
/// the first page.
fn by_expiry(query: Select<token::Entity>, cursor: &Cursor) -> (Select<token::Entity>, Cursor) {
    let sorted = |query: Select<token::Entity>, expiry: Order, id: Order| {
        query.order_by(expires(), expiry).order_by(token::Column::Id, id)
    };
    match (cursor, place(cursor)) {
        (Cursor::After(_), Some((at, id))) => {
            let same = Condition::all().add(expires().eq(at)).add(token::Column::Id.lt(id));
            let rest = query.filter(Condition::any().add(expires().gt(at)).add(same));
            (sorted(rest, Order::Asc, Order::Desc), cursor.clone())
        }
        (Cursor::Before(_), Some((at, id))) => {
            let same = Condition::all().add(expires().eq(at)).add(token::Column::Id.gt(id));
            let rest = query.filter(Condition::any().add(expires().lt(at)).add(same));
            (sorted(rest, Order::Desc, Order::Asc), cursor.clone())
        }
        _ => (sorted(query, Order::Asc, Order::Desc), Cursor::First),
    }
}
