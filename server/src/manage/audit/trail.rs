//! The whole audit trail, page by page. It may be of any length: a page looks at a bounded number of entries, and where
//! those hold too few that are asked for it is short, and the next one goes on from there.

use std::collections::BTreeSet;

use muster::{
    audit::{Action, Link, Subject, TrailFilter, TrailRow},
    id::AuditId,
    page::{Cursor, MAX_COUNT, PAGE_SIZE, Page},
    scope::Scope,
    time::Timestamp,
    user::Permission,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, prelude::Uuid,
};

use super::{shown, verify::hex};
use crate::{
    db::entity::{Scoped, audit as table, delegate, profile, scope, secret, token, user},
    error::Error,
    manage::{
        Context,
        page::{beginning, count, matching},
    },
};

/// How many entries are looked at for a page.
const LOOKED: u64 = MAX_COUNT;

/// One page of the entries of a scope that pass a filter, the newest first.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn trail(cx: &Context, scope: &Scope, filter: &TrailFilter) -> Result<Page<TrailRow>, Error> {
    cx.authorize(Permission::ReadAuditTrail, scope)?;
    let db = cx.state.db.read();
    let all = in_time(scope, filter);
    let backwards = matches!(filter.cursor, Cursor::Before(_));
    let (beyond, cursor) = match &filter.cursor {
        Cursor::After(mark) | Cursor::Before(mark) => match mark.id() {
            Some(id) if backwards => (all.clone().filter(table::Column::Id.gt(id)), &filter.cursor),
            Some(id) => (all.clone().filter(table::Column::Id.lt(id)), &filter.cursor),
            // A mark of another list means the first page.
            None => (all.clone(), &Cursor::First),
        },
        Cursor::First => (all.clone(), &Cursor::First),
    };
    let backwards = backwards && *cursor != Cursor::First;
    let judges = filter.judges() || (filter.beneath && scope.organization.is_some());
    let stopped = if judges { last_looked(db, beyond.clone(), backwards).await? } else { None };
    let looked = within(beyond, stopped, backwards);
    let found = ordered(judged(looked, scope, filter), backwards).limit(u64::from(PAGE_SIZE) + 1).all(db).await?;
    let is_full = found.len() > PAGE_SIZE as usize;
    let newest = match cursor {
        Cursor::First => stopped,
        _ if judges => last_looked(db, all.clone(), false).await?,
        _ => None,
    };
    let total = count(db, judged(within(all, newest, false), scope, filter)).await?;
    let mut page = Page::cut(found, cursor, total, |row| row.id.into());
    page.at_least = newest.is_some();
    if let Some(stopped) = stopped.filter(|_| !is_full) {
        let end = if backwards { &mut page.previous } else { &mut page.next };
        *end = Some(stopped.into());
    }
    let (rows, page) = page.split();
    Ok(page.with(rows_of(db, rows).await?))
}

/// The entries of a scope at the times that are asked for. Their ids sort by time.
fn in_time(scope: &Scope, filter: &TrailFilter) -> Select<table::Entity> {
    let first = |at: Timestamp| AuditId::new(at, &[0; 10]).0;
    let mut rows = table::Entity::find();
    rows = match (filter.beneath, &scope.organization) {
        (false, _) => rows.filter(table::Entity::at(scope)),
        (true, None) => rows.filter(table::Entity::under(scope)),
        // The account's are looked at, and those of the organization found among them.
        (true, Some(_)) => rows.filter(table::Entity::under(&Scope::account(scope.account))),
    };
    if let Some(since) = filter.since {
        rows = rows.filter(table::Column::Id.gte(first(since)));
    }
    if let Some(until) = filter.until {
        rows = rows.filter(table::Column::Id.lt(first(until)));
    }
    rows
}

fn ordered(rows: Select<table::Entity>, backwards: bool) -> Select<table::Entity> {
    if backwards { rows.order_by_asc(table::Column::Id) } else { rows.order_by_desc(table::Column::Id) }
}

/// The last entry that is looked at; none where there are no more behind it.
async fn last_looked(
    db: &impl ConnectionTrait,
    rows: Select<table::Entity>,
    backwards: bool,
) -> Result<Option<Uuid>, DbErr> {
    let ids = ordered(rows, backwards).select_only().column(table::Column::Id);
    let last: Vec<Uuid> = ids.offset(LOOKED - 1).limit(2).into_tuple().all(db).await?;
    Ok(last.first().filter(|_| last.len() > 1).copied())
}

/// The entries up to the last that is looked at.
fn within(rows: Select<table::Entity>, last: Option<Uuid>, backwards: bool) -> Select<table::Entity> {
    match last {
        Some(last) if backwards => rows.filter(table::Column::Id.lte(last)),
        Some(last) => rows.filter(table::Column::Id.gte(last)),
        None => rows,
    }
}

/// Those that pass what is asked for beside times.
fn judged(mut rows: Select<table::Entity>, scope: &Scope, filter: &TrailFilter) -> Select<table::Entity> {
    if filter.beneath {
        rows = rows.filter(table::Entity::under(scope));
    }
    rows = rows.filter(matching(&beginning(&filter.who), [table::Column::ActorName]));
    rows = rows.filter(matching(&beginning(&filter.address), [table::Column::Address]));
    rows = match Uuid::parse_str(filter.object.trim()) {
        Ok(id) => rows.filter(table::Column::ObjectId.eq(id)),
        Err(_) => rows.filter(matching(&beginning(&filter.object), [table::Column::ObjectName])),
    };
    if let Some(subject) = filter.subject {
        let codes = Action::ALL.into_iter().filter(|action| action.subject() == subject).map(Action::code);
        rows = rows.filter(table::Column::Action.is_in(codes));
    }
    if let Some(action) = filter.action {
        rows = rows.filter(table::Column::Action.eq(action.code()));
    }
    rows
}

async fn rows_of(db: &impl ConnectionTrait, rows: Vec<table::Model>) -> Result<Vec<TrailRow>, DbErr> {
    let there = there(db, &rows).await?;
    let row = |row: table::Model| {
        let (id, object, name) = (row.id, row.object_id, row.object_name.clone());
        let has_page = object.is_some_and(|object| there.contains(&object));
        let link = link_of(&row);
        let scope = table::Entity::scope_of(&row).ok()?;
        Some(TrailRow { id, entry: shown(row)?, object, name, scope, has_page, link })
    };
    Ok(rows.into_iter().filter_map(row).collect())
}

/// An entry's place in the chain; none before it is in it.
fn link_of(row: &table::Model) -> Option<Link> {
    let seq = row.seq.and_then(|seq| u64::try_from(seq).ok())?;
    Some(Link { seq, hash: hex(row.hash.as_deref()?) })
}

/// Which of the objects are still there.
async fn there(db: &impl ConnectionTrait, rows: &[table::Model]) -> Result<BTreeSet<Uuid>, DbErr> {
    let mut there = BTreeSet::new();
    for subject in
        [Subject::Delegates, Subject::Profiles, Subject::Tokens, Subject::Secrets, Subject::Scopes, Subject::People]
    {
        let of_kind = |row: &&table::Model| Action::from_code(&row.action).is_some_and(|one| one.subject() == subject);
        let ids: BTreeSet<Uuid> = rows.iter().filter(of_kind).filter_map(|row| row.object_id).collect();
        if ids.is_empty() {
            continue;
        }
        there.extend(match subject {
            Subject::Delegates => existing::<delegate::Entity>(db, delegate::Column::Id, ids).await?,
            Subject::Profiles => existing::<profile::Entity>(db, profile::Column::Id, ids).await?,
            Subject::Tokens => existing::<token::Entity>(db, token::Column::Id, ids).await?,
            Subject::Secrets => existing::<secret::Entity>(db, secret::Column::Id, ids).await?,
            Subject::People => existing::<user::Entity>(db, user::Column::Id, ids).await?,
            Subject::Scopes => existing::<scope::Entity>(db, scope::Column::Id, ids).await?,
            Subject::InstallFiles | Subject::ApiKeys => Vec::new(),
        });
    }
    Ok(there)
}

async fn existing<E: EntityTrait>(
    db: &impl ConnectionTrait,
    id: E::Column,
    ids: BTreeSet<Uuid>,
) -> Result<Vec<Uuid>, DbErr> {
    E::find().select_only().column(id).filter(id.is_in(ids)).into_tuple().all(db).await
}
