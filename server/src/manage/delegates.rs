//! Delegates: the list, one of them, the decisions, and what a person gives them.

mod decisions;
pub(crate) mod list;
mod lost;
mod names;
mod rows;
mod selected;
mod waiting;

use std::collections::HashMap;

use muster::{
    audit::{Action, FactChange},
    delegate::{
        ConnectionRow, Delegate, DelegateDetail, DelegateFilter, DelegateRow, FilterNames, Sort, Status, StatusCount,
        Uptime, unknown_profile,
    },
    id::{DelegateId, ProfileId, TokenId},
    page::{Cursor, Page, counted_label},
    profile::Profile,
    scope::Scope,
    text::{Invalid, Selectors},
    time::Timestamp,
    user::Permission,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

pub(super) use self::rows::rows;
pub use self::selected::{Undone, act_on, some};
pub use self::{
    decisions::{approve, disable, enable, reject, take_back},
    lost::remove_lost,
    waiting::reject_waiting,
};
use super::{Context, audit::page_of_object, page::count};
use crate::{
    db::{
        Change,
        audit::Entry,
        entity::{Scoped, connection, delegate, delegate_listing, profile, token},
        lock,
    },
    error::Error,
    events::Topic,
};

/// How many delegates that wait stand before the others of a list.
const MAX_WAITING_FIRST: usize = 10;
/// How many connections a page shows.
const MAX_SHOWN_CONNECTIONS: u64 = 20;
/// How many connections a strip of a month is made of: one that flaps is not worth more.
const MAX_COUNTED_CONNECTIONS: u64 = 2000;

/// One page of the list.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn list(cx: &Context, scope: &Scope, filter: &DelegateFilter) -> Result<Page<DelegateRow>, Error> {
    cx.authorize(Permission::View, scope)?;
    let (ids, page) = list::page(cx.state.db.read(), scope, filter).await?.split();
    Ok(page.with(with_ids(cx, &ids).await?))
}

/// Those that wait for a person and stand before the others: where a list begins that shows others too, in the order that
/// nobody chose. They are a few: all of them are under a status of their own.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn waiting(cx: &Context, scope: &Scope, filter: &DelegateFilter) -> Result<Vec<DelegateRow>, Error> {
    cx.authorize(Permission::View, scope)?;
    if filter.status.is_some() || filter.sort != Sort::default() || filter.cursor != Cursor::First {
        return Ok(Vec::new());
    }
    let filter = DelegateFilter { status: Some(Status::PendingApproval), ..filter.clone() };
    let mut ids = list::page(cx.state.db.read(), scope, &filter).await?.rows;
    ids.truncate(MAX_WAITING_FIRST);
    with_ids(cx, &ids).await
}

/// Delegates as they are shown, in the order in which they were found. One that was deleted meanwhile is left out.
async fn with_ids(cx: &Context, ids: &[Uuid]) -> Result<Vec<DelegateRow>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = delegate::Entity::find().filter(delegate::Column::Id.is_in(ids.iter().copied()));
    let found = found.all(cx.state.db.read()).await?;
    let mut found: HashMap<Uuid, delegate::Model> = found.into_iter().map(|row| (row.id, row)).collect();
    rows(cx, ids.iter().filter_map(|id| found.remove(id)).collect()).await
}

/// How many delegates there are of each status under a filter, whatever status that itself asks for: first of all but the
/// rejected.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn count_by_status(cx: &Context, scope: &Scope, filter: &DelegateFilter) -> Result<Vec<StatusCount>, Error> {
    cx.authorize(Permission::View, scope)?;
    let statuses: Vec<Option<Status>> = std::iter::once(None).chain(Status::ALL.map(Some)).collect();
    let counts = list::counts(cx.state.db.read(), scope, filter, &statuses).await?;
    let count = |(status, (count, at_least))| StatusCount { status, count, label: counted_label(count, at_least) };
    Ok(statuses.into_iter().zip(counts).map(count).collect())
}

/// What the profile and the token are called that a list is filtered by.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn filter_names(
    cx: &Context,
    scope: &Scope,
    profile: Option<ProfileId>,
    token: Option<TokenId>,
) -> Result<FilterNames, Error> {
    cx.authorize(Permission::View, scope)?;
    let db = cx.state.db.read();
    let mut names = FilterNames::default();
    if let Some(id) = profile {
        let row = profile::Entity::find_by_id(id.0).filter(profile::Entity::visible_from(scope)).one(db).await?;
        names.profile = row.map(|row| row.name);
    }
    if let Some(id) = token {
        let row = token::Entity::find_by_id(id.0).filter(token::Entity::visible_from(scope)).one(db).await?;
        names.token = row.map(|row| row.name);
    }
    Ok(names)
}

/// How many delegates wait for approval and run: what has been silent for long is no news.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn count_pending(cx: &Context, scope: &Scope) -> Result<u64, Error> {
    cx.authorize(Permission::View, scope)?;
    let pending = delegate_listing::Entity::find()
        .filter(delegate_listing::Entity::at(scope))
        .filter(Expr::cust(delegate_listing::WAITING));
    Ok(count(cx.state.db.read(), pending).await?)
}

/// How many delegates a scope inherits from each that it lies in, the nearest first: where who asks may see them, and there
/// are some.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn inherited(cx: &Context, scope: &Scope) -> Result<Vec<(Scope, u64)>, Error> {
    cx.authorize(Permission::View, scope)?;
    let mut inherited = Vec::new();
    for above in cx.and_above(Permission::View, scope).filter(|above| above != scope) {
        let there = delegate_listing::Entity::find()
            .filter(delegate_listing::Entity::at(&above))
            .filter(delegate_listing::Column::Rejected.eq(false));
        let number = count(cx.state.db.read(), there).await?;
        if number > 0 {
            inherited.push((above, number));
        }
    }
    Ok(inherited)
}

/// Everything about one delegate, and one page of its record.
///
/// # Errors
/// As for [`Context::find`].
pub async fn get(cx: &Context, id: DelegateId, record: &Cursor) -> Result<DelegateDetail, Error> {
    let db = cx.state.db.read();
    let delegate: Delegate = cx.find(db, id, Permission::View).await?;
    let since = Uptime::begins(cx.now()).as_millis();
    let lately = Condition::any().add(connection::Column::LostAt.is_null()).add(connection::Column::LostAt.gte(since));
    let mut counted = connections(db, id, lately, MAX_COUNTED_CONNECTIONS).await?;
    let uptime = Uptime::new(&counted, delegate.registered_at, cx.now());
    let most = usize::try_from(MAX_SHOWN_CONNECTIONS).unwrap_or(usize::MAX);
    if counted.len() < most {
        counted = connections(db, id, Condition::all(), MAX_SHOWN_CONNECTIONS).await?;
    }
    counted.truncate(most);
    let audit = page_of_object(db, &delegate.scope, id.0, record).await?;
    let same_name = names::same_name(db, &delegate).await?;
    let on_host = names::on_host(db, &delegate).await?;
    let row = rows::row(cx, delegate).await?;
    Ok(DelegateDetail { row, connections: counted, audit, uptime, same_name, on_host })
}

/// Some of the stretches in which a delegate was connected, the newest first.
async fn connections(
    db: &impl ConnectionTrait,
    id: DelegateId,
    which: Condition,
    most: u64,
) -> Result<Vec<ConnectionRow>, Error> {
    let rows = connection::Entity::find()
        .filter(connection::Column::DelegateId.eq(id.0))
        .filter(which)
        .order_by_desc(connection::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    let shown = rows.into_iter().map(|row| ConnectionRow {
        connected_at: Timestamp::from_millis(row.connected_at),
        lost_at: row.lost_at.map(Timestamp::from_millis),
        cause: row.cause,
    });
    Ok(shown.collect())
}

/// Gives a delegate another profile.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Invalid`] where there is no such profile, or the delegate has it already.
pub async fn switch_profile(cx: &Context, id: DelegateId, profile: ProfileId) -> Result<Delegate, Error> {
    switch_profile_as_seen(cx, id, profile, None).await
}

/// The same for a delegate that has to be as it was seen, where it is known how.
async fn switch_profile_as_seen(
    cx: &Context,
    id: DelegateId,
    profile: ProfileId,
    seen: Option<i32>,
) -> Result<Delegate, Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let scope = cx.find::<Delegate>(&*change, id, Permission::ManageDelegates).await?.scope;
    // Locked, so that nobody deletes it or changes its script beside this; before the delegate, as those changes do.
    let row = lock::profile_shared(&change, &scope, profile).await?;
    let profile = Profile::try_from(row.ok_or_else(unknown_profile)?)?;
    let before: Delegate = cx.lock(&change, id, Permission::ManageDelegates).await?;
    before.unchanged_since(seen)?;
    let from = profile_name(&*change, before.profile_id).await?;
    if before.profile_id == profile.id {
        let sentence = format!("{} has the profile {} already.", before.facts.name, profile.spec.name);
        return Err(Error::field("profile", Invalid::new(sentence)));
    }
    let after = before.switch_profile(&profile, cx.now());
    let changed = FactChange::new("profile", from, profile.spec.name.as_str());
    save(cx, &change, &after, Action::ProfileSwitched, vec![changed]).await?;
    change.touches(Topic::Delegates);
    // Lists of profiles count their delegates.
    change.touches(Topic::Profiles);
    change.touches(Topic::Scripts);
    change.commit().await?;
    Ok(after)
}

async fn profile_name(db: &impl ConnectionTrait, id: ProfileId) -> Result<String, Error> {
    let row = profile::Entity::find_by_id(id.0).one(db).await?;
    Ok(row.map(|row| row.name).unwrap_or_default())
}

/// Gives a delegate selectors; with none, those that it says itself count again.
///
/// # Errors
/// As for [`Context::lock`].
pub async fn edit_selectors(cx: &Context, id: DelegateId, selectors: Option<Selectors>) -> Result<Delegate, Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let mut delegate: Delegate = cx.lock(&change, id, Permission::ManageDelegates).await?;
    let from = delegate.own_selectors().to_string();
    delegate.selectors = selectors;
    let changed = FactChange::new("selectors", from, delegate.own_selectors().to_string());
    save(cx, &change, &delegate, Action::SelectorsEdited, vec![changed]).await?;
    change.touches(Topic::Delegates);
    change.commit().await?;
    Ok(delegate)
}

/// Writes what a delegate is for; with nothing, its own word counts again.
///
/// # Errors
/// As for [`Context::lock`].
pub async fn edit_description(cx: &Context, id: DelegateId, description: Option<String>) -> Result<Delegate, Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let mut delegate: Delegate = cx.lock(&change, id, Permission::ManageDelegates).await?;
    let from = delegate.description().to_owned();
    delegate.given_description = description;
    let changed = FactChange::new("description", from, delegate.description());
    save(cx, &change, &delegate, Action::DescriptionEdited, vec![changed]).await?;
    change.touches(Topic::Delegates);
    change.commit().await?;
    Ok(delegate)
}

/// Saves a delegate that is locked, and says so in the audit trail.
pub(super) async fn save(
    cx: &Context,
    change: &Change,
    after: &Delegate,
    action: Action,
    facts: Vec<FactChange>,
) -> Result<(), Error> {
    delegate::Entity::update(delegate::ActiveModel::from(after)).exec(&**change).await?;
    Ok(record(cx, change, after, action, facts).await?)
}

async fn record(
    cx: &Context,
    change: &Change,
    delegate: &Delegate,
    action: Action,
    facts: Vec<FactChange>,
) -> Result<(), sea_orm::DbErr> {
    let (object, name) = (Some(delegate.id.0), delegate.facts.name.as_str());
    cx.record(change, Entry { scope: &delegate.scope, action, object, name, facts }).await
}

/// Removes a delegate's listing.
///
/// # Errors
/// As for [`Context::lock`].
pub async fn delete(cx: &Context, id: DelegateId) -> Result<(), Error> {
    delete_as_seen(cx, id, None).await
}

/// The same for a delegate that has to be as it was seen, where it is known how.
async fn delete_as_seen(cx: &Context, id: DelegateId, seen: Option<i32>) -> Result<(), Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let delegate: Delegate = cx.lock(&change, id, Permission::ManageDelegates).await?;
    delegate.unchanged_since(seen)?;
    delegate::Entity::delete_by_id(id.0).exec(&*change).await?;
    let host = FactChange::fact("host", delegate.facts.host_name.as_str());
    record(cx, &change, &delegate, Action::DelegateDeleted, vec![host]).await?;
    Topic::ALL.into_iter().for_each(|topic| change.touches(topic));
    Ok(change.commit().await?)
}
