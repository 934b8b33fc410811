//! Who comes back from the identity provider. People are known by issuer and subject, never by address alone; what they
//! are here is decided at each sign-in, before there is a session.

use std::{collections::BTreeMap, net::IpAddr};

use muster::{
    access::Grant,
    audit::{Action, Actor, FactChange},
    id::UserId,
    scope::Scope,
    single_sign_on::at_each_scope,
    user::{Email, PersonName, Role, User, UserStatus},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

use super::{
    super::{Context, scopes},
    add,
    change::other_administrators,
    locked, record, role_at,
    sign_in::note,
};
use crate::{
    db::{
        Change,
        entity::{user, user_identity, user_link},
        lock,
    },
    error::{Conflict, Error, SignOnProblem},
    events::Topic,
    presence::recorded::SignInRefusal,
    single_sign_on::{Identity, SingleSignOnSettings},
    state::State,
};

/// What the mapping of roles says of a person; none where there is no mapping, and roles are given here.
type Mapped = Option<Vec<Grant>>;

/// Signs a person in whom the identity provider has signed in: finds who it is here, or makes a user, and gives the role
/// that the mapping says. Gives the person.
///
/// # Errors
/// [`Error::Conflict`] where the person is disabled, may not come in by the mapping, tells no address, or has the address
/// of another user; or where the database is out of reach.
pub async fn sign_in(
    state: &State,
    settings: &SingleSignOnSettings,
    identity: &Identity,
    address: IpAddr,
) -> Result<User, Error> {
    let mut change = state.db.write().await?;
    // Of two at once, and beside who changes roles here, the second sees what the first one left.
    lock::account(&change, state.account).await?;
    let noted = |why| {
        move |error: Error| {
            if matches!(error, Error::Conflict(_)) {
                refused(state, None, why, address);
            }
            error
        }
    };
    let known = find(state, &change, settings, identity).await.map_err(noted(SignInRefusal::NotLinked))?;
    let mapped = mapped(state, &change, settings, identity).await.map_err(noted(SignInRefusal::NoRole))?;
    let is_new = known.is_none();
    let user = match known {
        Some(user) => user,
        // Without a mapping, who comes in is who was invited.
        None if mapped.is_none() && settings.requires_role => {
            refused(state, None, SignInRefusal::NoRole, address);
            return Err(Conflict::SingleSignOn(SignOnProblem::NoRole).into());
        }
        None => create(state, &mut change, identity, mapped.clone(), address).await?,
    };
    if user.status == UserStatus::Disabled {
        refused(state, Some(user.id), SignInRefusal::Disabled, address);
        return Err(Conflict::YouAreDisabled.into());
    }
    let cx = Context::person(state.clone(), &user, address);
    let mut facts = vec![by_single_sign_on()];
    if !is_new {
        link(&cx, &mut change, identity, &user).await?;
        facts.extend(give_roles(&cx, &mut change, &user, mapped).await?);
    }
    note(&cx, &mut change, &user, &facts).await?;
    change.commit().await?;
    Ok(user)
}

fn refused(state: &State, user: Option<UserId>, why: SignInRefusal, address: IpAddr) {
    tracing::warn!(%address, reason = why.reason(), "a single sign-on failed");
    state.presence.sign_in_failed(user, why, state.clock.now(), address);
}

/// Only what is at scopes that there are counts.
async fn mapped(
    state: &State,
    change: &Change,
    settings: &SingleSignOnSettings,
    identity: &Identity,
) -> Result<Mapped, Error> {
    let Some(path) = settings.roles_claim.as_ref().filter(|_| !settings.roles.is_empty()) else { return Ok(None) };
    let values = path.values(&identity.claims);
    let mut grants = Vec::new();
    for grant in at_each_scope(settings.roles.grants(&values)) {
        match scopes::hold(change, &grant.scope).await {
            Ok(()) => grants.push(grant),
            Err(Error::NotFound(_)) => {
                tracing::warn!(scope = grant.scope.identifiers(), "a role is mapped to a scope that does not exist");
            }
            Err(error) => return Err(error),
        }
    }
    if grants.is_empty() && settings.requires_role {
        return Err(Conflict::SingleSignOn(SignOnProblem::NoRole).into());
    }
    if grants.is_empty() {
        grants.push(Grant { role: Role::Viewer, scope: Scope::account(state.account) });
    }
    Ok(Some(grants))
}

/// Who it is here; none where nobody is.
async fn find(
    state: &State,
    change: &Change,
    settings: &SingleSignOnSettings,
    identity: &Identity,
) -> Result<Option<User>, Error> {
    let known = user_identity::Entity::find_by_id((identity.issuer.clone(), identity.subject.clone()));
    if let Some(known) = known.one(&**change).await? {
        let row = lock::user(change, state.account, UserId(known.user_id)).await?;
        return Ok(row.map(User::try_from).transpose()?);
    }
    let email = email(identity)?;
    let same = user::Entity::find()
        .filter(user::Column::AccountId.eq(state.account.0))
        .filter(user::Column::Email.eq(email.as_str()))
        .one(&**change)
        .await?;
    let Some(same) = same else { return Ok(None) };
    // An address alone is nobody: who could choose one at the provider would be anybody here.
    if !(settings.links_by_email && identity.is_verified) {
        return Err(Conflict::SingleSignOn(SignOnProblem::NotLinked(email.clone())).into());
    }
    let row = lock::user(change, state.account, UserId(same.id)).await?;
    Ok(row.map(User::try_from).transpose()?)
}

fn email(identity: &Identity) -> Result<&Email, Error> {
    identity.email.as_ref().ok_or_else(|| Conflict::SingleSignOn(SignOnProblem::NoEmail).into())
}

async fn create(
    state: &State,
    change: &mut Change,
    identity: &Identity,
    mapped: Mapped,
    address: IpAddr,
) -> Result<User, Error> {
    let email = email(identity)?.clone();
    let viewer = Grant { role: Role::Viewer, scope: Scope::account(state.account) };
    let grants = mapped.unwrap_or_else(|| vec![viewer]);
    let system = Context::system(state.clone(), Actor::Installation);
    let first = grants.first().cloned().ok_or(Error::Forbidden)?;
    let user = add(&system, change, email, first, UserStatus::Active, String::new()).await?;
    let user = user.with_grants(grants, 0);
    let cx = Context::person(state.clone(), &user, address);
    let (row, _) = locked(change, &cx, user.id).await?;
    let mut row = row.into_active_model();
    row.set_grants(&user.grants)?;
    row.name = Set(PersonName::parse(&identity.name).ok().map(String::from));
    row.update(&**change).await?;
    insert_link(&cx, change, identity, user.id).await?;
    let mut facts: Vec<FactChange> =
        user.grants.iter().map(|grant| FactChange::fact(&role_at(&grant.scope), grant.role.label())).collect();
    facts.push(by_single_sign_on());
    record(&cx, change, Action::UserCreated, &user, &facts).await?;
    Ok(user)
}

/// Links a user to an identity, where that was not done before. Who was only invited has come in by it.
async fn link(cx: &Context, change: &mut Change, identity: &Identity, user: &User) -> Result<(), Error> {
    let known = user_identity::Entity::find_by_id((identity.issuer.clone(), identity.subject.clone()));
    if known.one(&**change).await?.is_some() {
        return Ok(());
    }
    insert_link(cx, change, identity, user.id).await?;
    if user.status == UserStatus::Invited {
        let (row, _) = locked(change, cx, user.id).await?;
        let mut row = row.into_active_model();
        row.status = Set(UserStatus::Active.code().to_owned());
        row.update(&**change).await?;
        user_link::Entity::delete_by_id(user.id.0).exec(&**change).await?;
    }
    change.touches(Topic::Users);
    Ok(record(cx, change, Action::IdentityLinked, user, &[FactChange::fact("issuer", &identity.issuer)]).await?)
}

async fn insert_link(cx: &Context, change: &Change, identity: &Identity, user: UserId) -> Result<(), Error> {
    user_identity::ActiveModel {
        issuer: Set(identity.issuer.clone()),
        subject: Set(identity.subject.clone()),
        user_id: Set(user.0),
        created_at: Set(cx.now().as_millis()),
    }
    .insert(&**change)
    .await?;
    Ok(())
}

/// Gives a user the roles that the mapping says, in place of all others. The last administrator stays one, which the
/// record says.
async fn give_roles(
    cx: &Context,
    change: &mut Change,
    before: &User,
    mapped: Mapped,
) -> Result<Option<FactChange>, Error> {
    let Some(grants) = mapped else { return Ok(None) };
    let others = other_administrators(&**change, cx.state.account, before.id).await?;
    let after = before.with_grants(grants.clone(), others);
    let account = Scope::account(cx.state.account);
    let mapped_to = grants.iter().find(|grant| grant.scope == account).map(|grant| grant.role);
    let is_kept = after.account_role() != mapped_to;
    if is_kept {
        tracing::warn!(email = %before.email, "the only account administrator stays one, whatever is mapped");
    }
    if after.grants != before.grants {
        let (row, _) = locked(change, cx, before.id).await?;
        let mut row = row.into_active_model();
        row.set_grants(&after.grants)?;
        row.update(&**change).await?;
        let mut facts = changes(before, &after);
        facts.push(by_single_sign_on());
        record(cx, change, Action::RoleChanged, before, &facts).await?;
        change.touches(Topic::Users);
        change.touches(Topic::Roles);
    }
    let kept = "kept, as the only account administrator";
    Ok(is_kept.then(|| FactChange::fact("role", kept)))
}

/// What became of the roles at each scope.
fn changes(before: &User, after: &User) -> Vec<FactChange> {
    let scopes: BTreeMap<String, &Scope> = [before, after]
        .into_iter()
        .flat_map(|user| &user.grants)
        .map(|grant| (grant.scope.identifiers(), &grant.scope))
        .collect();
    let label = |user: &User, scope: &Scope| user.role_at(scope).map_or("", Role::label);
    let changed = scopes.values().filter(|scope| before.role_at(scope) != after.role_at(scope));
    changed.map(|scope| FactChange::new(&role_at(scope), label(before, scope), label(after, scope))).collect()
}

fn by_single_sign_on() -> FactChange {
    FactChange::fact("by", "single sign-on")
}
