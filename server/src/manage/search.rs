//! Searching everything by name.

use muster::{
    delegate::{DelegateFilter, DelegateRow},
    scope::Scope,
    search::{Found, Hit, MAX_FOUND, MAX_TEXT},
    user::Permission,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait as _, Func, LikeExpr},
};
use uuid::Uuid;

use super::{Context, delegates};
use crate::{
    db::entity::{Scoped, profile, secret, token},
    error::Error,
};

/// What bears a text in its name, at a scope. Nothing is found by an empty one.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn search(cx: &Context, scope: &Scope, text: &str) -> Result<Found, Error> {
    cx.authorize(Permission::View, scope)?;
    let text: String = text.trim().chars().take(MAX_TEXT).collect();
    if text.is_empty() {
        return Ok(Found::default());
    }
    let filter = DelegateFilter { search: text.clone(), ..DelegateFilter::default() };
    let delegates = delegates::list(cx, scope, &filter).await?.rows;
    let mut found = Found {
        delegates: delegates.into_iter().take(MAX_FOUND).map(hit).collect(),
        profiles: named::<profile::Entity>(cx, scope, &text, profile::Column::Id, profile::Column::Name, None).await?,
        ..Found::default()
    };
    let standing = Some(Condition::all().add(token::Column::RevokedAt.is_null()));
    found.tokens = named::<token::Entity>(cx, scope, &text, token::Column::Id, token::Column::Name, standing).await?;
    if cx.authorize(Permission::ManageDelegates, scope).is_ok() {
        found.secrets =
            named::<secret::Entity>(cx, scope, &text, secret::Column::Id, secret::Column::Name, None).await?;
    }
    Ok(found)
}

fn hit(row: DelegateRow) -> Hit {
    let beside = format!("{} · {}", row.delegate.facts.host_name, row.status.label());
    Hit { id: row.delegate.id.0, name: row.delegate.facts.name.to_string(), beside }
}

/// Rows of a table of bounded size whose name has a text in it, in upper or lower case.
async fn named<E>(
    cx: &Context,
    scope: &Scope,
    text: &str,
    id: E::Column,
    name: E::Column,
    only: Option<Condition>,
) -> Result<Vec<Hit>, Error>
where
    E: EntityTrait + Scoped,
{
    let escaped = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let like = LikeExpr::new(format!("%{escaped}%")).escape('\\');
    let rows: Vec<(Uuid, String)> = E::find()
        .filter(E::at(scope))
        .filter(only.unwrap_or_else(Condition::all))
        .filter(Expr::expr(Func::lower(Expr::col(name))).like(like))
        .order_by_asc(name)
        .limit(MAX_FOUND as u64)
        .select_only()
        .column(id)
        .column(name)
        .into_tuple()
        .all(cx.state.db.read())
        .await?;
    Ok(rows.into_iter().map(|(id, name)| Hit { id, name, beside: String::new() }).collect())
}
