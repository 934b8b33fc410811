//! Doing one thing to several delegates: each by a change of its own, with its own entry in the audit trail, and only
//! where it is as the person saw it.

use std::{collections::HashMap, time::Duration};

use muster::{
    delegate::{
        DelegateRow,
        selected::{Deed, MAX_SELECTED, Selected},
    },
    id::DelegateId,
    scope::Scope,
    user::Permission,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Context, decisions, delete_as_seen, rows, switch_profile_as_seen};
use crate::{
    db::entity::{Scoped, delegate},
    error::Error,
};

/// For how long a request goes on with it: well under what browsers and proxies wait for an answer.
const MAX_TIME: Duration = Duration::from_secs(7);

/// Why nothing was done to one of several.
#[derive(Debug)]
pub enum Undone {
    /// It could not be done.
    Failed(Error),
    /// There was no time left for it.
    NotReached,
}

/// The delegates with some ids, in the order of these, as they are shown. Those that are gone are left out.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn some(cx: &Context, scope: &Scope, ids: &[DelegateId]) -> Result<Vec<DelegateRow>, Error> {
    cx.authorize(Permission::View, scope)?;
    let wanted: Vec<Uuid> = ids.iter().take(MAX_SELECTED).map(|id| id.0).collect();
    let found = delegate::Entity::find()
        .filter(delegate::Entity::at(scope))
        .filter(delegate::Column::Id.is_in(wanted.iter().copied()))
        .all(cx.state.db.read())
        .await?;
    let mut found: HashMap<Uuid, delegate::Model> = found.into_iter().map(|row| (row.id, row)).collect();
    rows(cx, wanted.iter().filter_map(|id| found.remove(id)).collect()).await
}

/// Does one thing to several delegates, one after the other; tells the name of each, and what came of it.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach before anything is done.
pub async fn act_on(
    cx: &Context,
    deed: Deed,
    selected: &[Selected],
) -> Result<Vec<(Selected, String, Result<(), Undone>)>, Error> {
    cx.authorize_anywhere(Permission::ManageDelegates)?;
    let names = names(cx, selected).await?;
    let began = cx.now();
    let mut outcomes = Vec::with_capacity(selected.len());
    for one in selected {
        let outcome = if cx.now().since(began) > MAX_TIME {
            Err(Undone::NotReached)
        } else {
            act(cx, deed, *one).await.map_err(Undone::Failed)
        };
        outcomes.push((*one, names.get(&one.id.0).cloned().unwrap_or_default(), outcome));
    }
    Ok(outcomes)
}

async fn act(cx: &Context, deed: Deed, Selected { id, seen }: Selected) -> Result<(), Error> {
    match deed {
        Deed::Approve => decisions::approve(cx, id, seen, None).await.map(drop),
        Deed::Reject => decisions::reject(cx, id, seen, None).await.map(drop),
        Deed::SwitchProfile(profile) => switch_profile_as_seen(cx, id, profile, Some(seen)).await.map(drop),
        Deed::Disable => decisions::disable_as_seen(cx, id, seen).await.map(drop),
        Deed::Delete => delete_as_seen(cx, id, Some(seen)).await,
    }
}

/// What those are called which who asks may see.
async fn names(cx: &Context, selected: &[Selected]) -> Result<HashMap<Uuid, String>, Error> {
    let found = delegate::Entity::find()
        .filter(delegate::Entity::under(&Scope::account(cx.state.account)))
        .filter(delegate::Column::Id.is_in(selected.iter().map(|one| one.id.0)))
        .all(cx.state.db.read())
        .await?;
    let may_view = |row: &delegate::Model| {
        delegate::Entity::scope_of(row).is_ok_and(|scope| cx.principal.may(Permission::View, &scope))
    };
    Ok(found.into_iter().filter(may_view).map(|row| (row.id, row.name)).collect())
}
