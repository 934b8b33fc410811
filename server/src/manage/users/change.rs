//! What account administrators do to people. Each counts at the person's next request, at every manager, and open pages
//! hear of it.

use muster::{
    audit::{Action, FactChange},
    id::{AccountId, UserId},
    scope::Scope,
    user::{Permission, Role, User, UserStatus},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    Set,
};

use super::{
    super::{Context, scopes},
    locked, record, role_at,
};
use crate::{
    auth::session::{self, Which},
    db::{
        Change,
        entity::{reveal, user, user_link},
        lock,
    },
    error::Error,
    events::Topic,
};

/// How many people but this one are active account administrators.
pub(super) async fn other_administrators(
    db: &impl ConnectionTrait,
    account: AccountId,
    but: UserId,
) -> Result<u64, DbErr> {
    user::Entity::find()
        .filter(user::Column::AccountId.eq(account.0))
        .filter(user::Column::Role.eq(Role::AccountAdministrator.code()))
        .filter(user::Column::Status.eq(UserStatus::Active.code()))
        .filter(user::Column::Id.ne(but.0))
        .count(db)
        .await
}

/// Begins a change of a person who may be the last administrator: of two such changes the second waits here, and then sees
/// what the first one left.
async fn begin(cx: &Context, id: UserId) -> Result<(Change, user::Model, User, u64), Error> {
    cx.authorize(Permission::ManageUsers, &Scope::account(cx.state.account))?;
    let mut change = cx.begin(Permission::ManageUsers).await?;
    lock::account(&change, cx.state.account).await?;
    let (row, user) = locked(&change, cx, id).await?;
    let others = other_administrators(&*change, cx.state.account, id).await?;
    change.touches(Topic::Users);
    Ok((change, row, user, others))
}

/// Gives a person a role at a scope in place of the one there, or takes it away.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] also of the scope; [`Error::Conflict`] where it is the last administrator, the
/// person's only role, or one too many; or where the database is out of reach.
pub async fn change_role(cx: &Context, id: UserId, scope: &Scope, role: Option<Role>) -> Result<(), Error> {
    let (mut change, row, before, others) = begin(cx, id).await?;
    if role.is_some() {
        scopes::hold(&change, scope).await?;
    }
    let after = before.with_role(scope, role, others)?;
    if after == before {
        return Ok(());
    }
    set_grants(cx, &mut change, row, &before, &after, scope).await?;
    Ok(change.commit().await?)
}

/// Writes what a person may do, and what of it changed at a scope.
async fn set_grants(
    cx: &Context,
    change: &mut Change,
    row: user::Model,
    before: &User,
    after: &User,
    scope: &Scope,
) -> Result<(), Error> {
    let mut row = row.into_active_model();
    row.set_grants(&after.grants)?;
    row.update(&**change).await?;
    let label = |user: &User| user.role_at(scope).map_or("", Role::label);
    let changed = FactChange::new(&role_at(scope), label(before), label(after));
    record(cx, change, Action::RoleChanged, before, &[changed]).await?;
    change.touches(Topic::Users);
    change.touches(Topic::Roles);
    Ok(())
}

/// Takes the roles away that people have at a scope, as a part of its deletion.
///
/// # Errors
/// Where the database is out of reach.
pub(in crate::manage) async fn forget_scope(cx: &Context, change: &mut Change, scope: &Scope) -> Result<(), Error> {
    let mut people = scopes::people(&**change, scope).await?;
    people.sort_by_key(|(row, _)| row.id);
    for (row, _) in people {
        let Some(row) = lock::user(change, cx.state.account, UserId(row.id)).await? else { continue };
        let before = User::try_from(row.clone())?;
        let grants = before.grants.iter().filter(|grant| grant.scope != *scope).cloned().collect();
        let after = User { grants, ..before.clone() };
        set_grants(cx, change, row, &before, &after, scope).await?;
    }
    Ok(())
}

/// Bars a person, and ends all of the person's sessions.
///
/// # Errors
/// As for [`change_role`]; [`Error::Conflict`] also where the person is not active.
pub async fn disable(cx: &Context, id: UserId) -> Result<(), Error> {
    let (mut change, row, before, others) = begin(cx, id).await?;
    let after = before.disabled(others)?;
    set_status(cx, &change, row, &before, &after, Action::UserDisabled).await?;
    forget_link(&change, id).await?;
    session::end(&mut change, id, Which::All).await?;
    Ok(change.commit().await?)
}

/// Lets a person sign in again who was disabled.
///
/// # Errors
/// As for [`change_role`]; [`Error::Conflict`] where the person is not disabled.
pub async fn enable(cx: &Context, id: UserId) -> Result<(), Error> {
    let (change, row, before, _) = begin(cx, id).await?;
    let after = before.enabled()?;
    set_status(cx, &change, row, &before, &after, Action::UserEnabled).await?;
    Ok(change.commit().await?)
}

async fn set_status(
    cx: &Context,
    change: &Change,
    row: user::Model,
    before: &User,
    after: &User,
    action: Action,
) -> Result<(), Error> {
    let mut row = row.into_active_model();
    row.status = Set(after.status.code().to_owned());
    row.update(&**change).await?;
    let changed = FactChange::new("status", before.status.label(), after.status.label());
    Ok(record(cx, change, action, before, &[changed]).await?)
}

/// Ends all sessions of a person.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; or where the database is out of reach.
pub async fn end_sessions(cx: &Context, id: UserId) -> Result<(), Error> {
    cx.authorize(Permission::ManageUsers, &Scope::account(cx.state.account))?;
    let mut change = cx.begin(Permission::ManageUsers).await?;
    let (_, user) = locked(&change, cx, id).await?;
    let ended = session::end(&mut change, id, Which::All).await?;
    record(cx, &change, Action::SessionsEnded, &user, &[sessions(ended, 0)]).await?;
    Ok(change.commit().await?)
}

/// How many sessions were ended, and how many are left of these.
pub(super) fn sessions(ended: u64, left: u64) -> FactChange {
    FactChange::new("sessions", (ended + left).to_string(), left.to_string())
}

/// Deletes a person, and with it the person's sessions and link.
///
/// # Errors
/// As for [`change_role`].
pub async fn delete(cx: &Context, id: UserId) -> Result<(), Error> {
    let (mut change, _, user, others) = begin(cx, id).await?;
    user.check_can_go(others)?;
    session::end(&mut change, id, Which::All).await?;
    forget_link(&change, id).await?;
    user::Entity::delete_by_id(id.0).exec(&*change).await?;
    record(cx, &change, Action::UserDeleted, &user, &[]).await?;
    Ok(change.commit().await?)
}

/// Takes a person's link back, also where it waits to be shown.
async fn forget_link(change: &Change, id: UserId) -> Result<(), DbErr> {
    user_link::Entity::delete_by_id(id.0).exec(&**change).await?;
    reveal::Entity::delete_by_id(id.0).exec(&**change).await.map(drop)
}
