//! Which organizations and projects there are.

use std::collections::HashMap;

use muster::{
    id::ScopeId,
    page::{Cursor, PAGE_SIZE, Page},
    scope::{NamedScope, Scope, ScopeChoice, ScopeDetail, ScopeRow},
    user::Permission,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{
    contents::{beneath, contents},
    find, manager_of, people,
};
use crate::{
    db::entity::{Scoped, delegate_listing, scope as table},
    error::Error,
    manage::{Context, audit::of_object, page::count},
};

/// How many audit entries a page shows.
const MAX_SHOWN_ENTRIES: u64 = 50;

/// The organizations and projects that somebody can go to, by identifier, and how many wait in each; with the account
/// first, where that is one of them.
///
/// # Errors
/// Where the database is out of reach.
pub async fn choices(cx: &Context, account_name: &str) -> Result<Vec<ScopeChoice>, Error> {
    let db = cx.state.db.read();
    let account = Scope::account(cx.state.account);
    let all = beneath(&account).order_by_asc(table::Column::Organization).order_by_asc(table::Column::Project);
    let named = all.all(db).await?.into_iter().map(NamedScope::try_from).collect::<Result<Vec<_>, DbErr>>()?;
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let waiting = waiting(db, &account).await?;
    let choice = |scope: Scope, name: String| {
        let waiting = waiting.get(&scope).copied().unwrap_or_default();
        ScopeChoice { scope, name, waiting }
    };
    let named = named.into_iter().map(|named| choice(named.scope, named.name.into()));
    let all = std::iter::once(choice(account.clone(), account_name.to_owned())).chain(named);
    Ok(all.filter(|choice| cx.principal.may(Permission::View, &choice.scope)).collect())
}

/// How many delegates wait in each scope where some do.
async fn waiting(db: &impl ConnectionTrait, account: &Scope) -> Result<HashMap<Scope, u64>, Error> {
    let rows: Vec<(String, String, i64)> = delegate_listing::Entity::find()
        .select_only()
        .column(delegate_listing::Column::Organization)
        .column(delegate_listing::Column::Project)
        .column_as(delegate_listing::Column::N.count(), "waiting")
        .filter(delegate_listing::Entity::under(account))
        .filter(Expr::cust(delegate_listing::WAITING))
        .group_by(delegate_listing::Column::Organization)
        .group_by(delegate_listing::Column::Project)
        .into_tuple()
        .all(db)
        .await?;
    let scope = |organization: &str, project: &str| Scope::from_parts(account.account, organization, project);
    let of = |(organization, project, count): (String, String, i64)| {
        Some((scope(&organization, &project).ok()?, u64::try_from(count).unwrap_or_default()))
    };
    Ok(rows.into_iter().filter_map(of).collect())
}

/// One page of the organizations and projects under a scope, by identifier: those that who asks may see.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn list(cx: &Context, scope: &Scope, cursor: &Cursor) -> Result<Page<ScopeRow>, Error> {
    cx.authorize(Permission::View, scope)?;
    let db = cx.state.db.read();
    let total = count(db, beneath(scope)).await?;
    let place = match cursor {
        Cursor::After(mark) | Cursor::Before(mark) => Scope::parse(scope.account, mark.as_str()).ok(),
        Cursor::First => None,
    };
    let cursor = if place.is_some() { cursor } else { &Cursor::First };
    let backwards = matches!(cursor, Cursor::Before(_));
    let mut rows = beneath(scope);
    if let Some(place) = place {
        let (organization, project) = (place.organization(), place.project());
        let (beyond, further) = if backwards {
            (table::Column::Organization.lt(organization), table::Column::Project.lt(project))
        } else {
            (table::Column::Organization.gt(organization), table::Column::Project.gt(project))
        };
        let same = Condition::all().add(table::Column::Organization.eq(organization)).add(further);
        rows = rows.filter(Condition::any().add(beyond).add(same));
    }
    let rows = if backwards {
        rows.order_by_desc(table::Column::Organization).order_by_desc(table::Column::Project)
    } else {
        rows.order_by_asc(table::Column::Organization).order_by_asc(table::Column::Project)
    };
    let found = rows.limit(u64::from(PAGE_SIZE) + 1).all(db).await?;
    let found = found.into_iter().map(NamedScope::try_from).collect::<Result<Vec<_>, DbErr>>()?;
    let page = Page::cut(found, cursor, total, |named| muster::page::Mark::new(named.scope.identifiers()));
    let (found, page) = page.split();
    let mut rows = Vec::new();
    for named in found {
        rows.push(row(cx, db, named).await?);
    }
    Ok(page.with(rows))
}

async fn row(cx: &Context, db: &impl ConnectionTrait, named: NamedScope) -> Result<ScopeRow, Error> {
    let can_manage = cx.principal.may(Permission::ManageScopes, &manager_of(&named.scope));
    Ok(ScopeRow { contents: contents(db, &named.scope).await?, named, can_manage })
}

/// Everything about one.
///
/// # Errors
/// [`Error::NotFound`] also for who may not see it; or where the database is out of reach.
pub async fn get(cx: &Context, id: ScopeId) -> Result<ScopeDetail, Error> {
    let db = cx.state.db.read();
    let (_, named) = find(cx, db, id).await?;
    let people = people(db, &named.scope).await?;
    let people = people.into_iter().filter_map(|(_, user)| {
        let role = user.role_at(&named.scope)?;
        Some((user.called().to_owned(), role))
    });
    let people = people.collect();
    let record = of_object(db, &named.scope, id.0, MAX_SHOWN_ENTRIES).await?;
    Ok(ScopeDetail { row: row(cx, db, named).await?, people, record })
}
