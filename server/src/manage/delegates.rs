//! Delegates: the list, one of them, the decisions, and what a person gives them.

mod decisions;
pub(crate) mod list;
mod lost;
mod rows;

use std::collections::HashMap;

use muster::{
    audit::Action,
    delegate::{ConnectionRow, Delegate, DelegateDetail, DelegateFilter, DelegateRow, FilterNames, unknown_profile},
    id::{DelegateId, ProfileId, TokenId},
    page::Page,
    profile::Profile,
    scope::Scope,
    text::{Invalid, Selectors},
    time::Timestamp,
    user::Permission,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use uuid::Uuid;

pub(super) use self::rows::rows;
pub use self::{
    decisions::{approve, disable, enable, reject, take_back},
    lost::remove_lost,
};
use super::{Context, audit::of_object, page::count};
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

/// How many connections a page shows.
const MAX_SHOWN_CONNECTIONS: u64 = 20;
/// How many audit entries a page shows.
const MAX_SHOWN_AUDIT_ENTRIES: u64 = 50;

/// One page of the list.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn list(cx: &Context, scope: &Scope, filter: &DelegateFilter) -> Result<Page<DelegateRow>, Error> {
    cx.authorize(Permission::View, scope)?;
    let db = cx.state.db.read();
    let (ids, page) = list::page(db, scope, filter).await?.split();
    let found = delegate::Entity::find().filter(delegate::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    // In the order in which they were found. One that was deleted between the two queries is left out.
    let mut found: HashMap<Uuid, delegate::Model> = found.into_iter().map(|row| (row.id, row)).collect();
    let found = ids.iter().filter_map(|id| found.remove(id)).collect();
    Ok(page.with(rows(cx, found).await?))
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

/// Everything about one delegate.
///
/// # Errors
/// As for [`Context::find`].
pub async fn get(cx: &Context, id: DelegateId) -> Result<DelegateDetail, Error> {
    let db = cx.state.db.read();
    let delegate: Delegate = cx.find(db, id, Permission::View).await?;
    let connections = connection::Entity::find()
        .filter(connection::Column::DelegateId.eq(id.0))
        .order_by_desc(connection::Column::Id)
        .limit(MAX_SHOWN_CONNECTIONS)
        .all(db)
        .await?;
    let connections = connections.into_iter().map(|row| ConnectionRow {
        connected_at: Timestamp::from_millis(row.connected_at),
        lost_at: row.lost_at.map(Timestamp::from_millis),
        cause: row.cause,
    });
    let audit = of_object(db, &delegate.scope, id.0, MAX_SHOWN_AUDIT_ENTRIES).await?;
    let row = rows::row(cx, delegate).await?;
    Ok(DelegateDetail { row, connections: connections.collect(), audit })
}

/// Gives a delegate another profile.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Invalid`] where there is no such profile, or the delegate has it already.
pub async fn switch_profile(cx: &Context, id: DelegateId, profile: ProfileId) -> Result<Delegate, Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let scope = cx.find::<Delegate>(&*change, id, Permission::ManageDelegates).await?.scope;
    // Locked, so that nobody deletes it or changes its script beside this; before the delegate, as those changes do.
    let row = lock::profile_shared(&change, &scope, profile).await?;
    let profile = Profile::try_from(row.ok_or_else(unknown_profile)?)?;
    let before: Delegate = cx.lock(&change, id, Permission::ManageDelegates).await?;
    let from = profile_name(&*change, before.profile_id).await?;
    if before.profile_id == profile.id {
        let sentence = format!("{} has the profile {} already.", before.facts.name, profile.spec.name);
        return Err(Error::field("profile", Invalid::new(sentence)));
    }
    let after = before.switch_profile(&profile, cx.now());
    let detail = format!("{from} → {}", profile.spec.name);
    save(cx, &change, &after, Action::ProfileSwitched, detail).await?;
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
    let shown = |delegate: &Delegate| match delegate.own_selectors().to_string() {
        none if none.is_empty() => "none".to_owned(),
        selectors => selectors,
    };
    let from = shown(&delegate);
    delegate.selectors = selectors;
    let detail = format!("{from} → {}", shown(&delegate));
    save(cx, &change, &delegate, Action::SelectorsEdited, detail).await?;
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
    detail: String,
) -> Result<(), Error> {
    delegate::Entity::update(delegate::ActiveModel::from(after)).exec(&**change).await?;
    Ok(record(cx, change, after, action, detail).await?)
}

async fn record(
    cx: &Context,
    change: &Change,
    delegate: &Delegate,
    action: Action,
    detail: String,
) -> Result<(), sea_orm::DbErr> {
    let (object, name) = (Some(delegate.id.0), delegate.facts.name.as_str());
    cx.record(change, Entry { scope: &delegate.scope, action, object, name, detail }).await
}

/// Removes a delegate's listing.
///
/// # Errors
/// As for [`Context::lock`].
pub async fn delete(cx: &Context, id: DelegateId) -> Result<(), Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let delegate: Delegate = cx.lock(&change, id, Permission::ManageDelegates).await?;
    delegate::Entity::delete_by_id(id.0).exec(&*change).await?;
    let detail = format!("host {}", delegate.facts.host_name);
    record(cx, &change, &delegate, Action::DelegateDeleted, detail).await?;
    Topic::ALL.into_iter().for_each(|topic| change.touches(topic));
    Ok(change.commit().await?)
}
