//! Delegate profiles: the list, one of them, and what becomes of them.

mod edit;
mod rollout;
mod versions;

use std::collections::BTreeSet;

use muster::{
    audit::{Action, AuditRow, FactChange, Origin},
    delegate::Admission,
    id::ProfileId,
    page::{Cursor, Page},
    profile::{Profile, ProfileDetail, ProfileName, ProfileRow, ProfileSpec},
    scope::Scope,
    secret::{self as secrets, SecretName},
    text::Invalid,
    user::Permission,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait as _, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select, Value, sea_query::Expr,
};

pub use self::{
    edit::{edit, restore},
    rollout::{delegates, rollout, run_on, run_on_all},
    versions::{change_since, get as version, list as versions, script_at},
};
use super::{
    Context,
    audit::page_of_object,
    page::{count, matching, page},
    scopes,
};
use crate::{
    db::{
        Change,
        audit::{self, Entry},
        entity::{Scoped, delegate, profile, token},
        lock,
    },
    error::{Conflict, Error, Object},
    events::Topic,
    random,
    secret_values::{granted, narrowest, needs_grant},
};

/// How many names of delegates a page shows.
const MAX_SHOWN_DELEGATES: u64 = 20;

/// One page of the list, with what the scope inherits and who asks may see: those that hold a text in their name, description or selectors.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn list(cx: &Context, scope: &Scope, search: &str, cursor: Cursor) -> Result<Page<ProfileRow>, Error> {
    cx.authorize(Permission::View, scope)?;
    let db = cx.state.db.read();
    let found = matching(search, [profile::Column::Name, profile::Column::Description, profile::Column::Selectors]);
    let which = cx.with_inherited::<profile::Entity>(Permission::View, scope);
    let query = profile::Entity::find().filter(which).filter(found);
    let (found, rest) = page(db, query, profile::Column::Id, |row| row.id, &cursor).await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let delegates = count(db, users(ProfileId(row.id))).await?;
        rows.push(ProfileRow { profile: row.try_into()?, delegates });
    }
    Ok(rest.with(rows))
}

fn users(profile: ProfileId) -> Select<delegate::Entity> {
    delegate::Entity::find().filter(delegate::Column::ProfileId.eq(profile.0))
}

/// Those that run its script.
fn admitted(profile: ProfileId) -> Select<delegate::Entity> {
    users(profile).filter(delegate::Column::Admission.eq(Admission::Enabled.code()))
}

/// One profile and who has it.
///
/// # Errors
/// As for [`Context::find`].
pub async fn get(cx: &Context, id: ProfileId) -> Result<ProfileDetail, Error> {
    let db = cx.state.db.read();
    let profile: Profile = cx.find(db, id, Permission::View).await?;
    let delegates = count(db, users(id)).await?;
    let newest = users(id).order_by_desc(delegate::Column::Id).limit(MAX_SHOWN_DELEGATES).all(db).await?;
    let used_by = newest.into_iter().map(|row| row.name).collect();
    let admitted = count(db, admitted(id)).await?;
    let saved_only = profile.has_script() && versions::is_saved_only(db, &profile).await?;
    Ok(ProfileDetail { row: ProfileRow { profile, delegates }, used_by, admitted, saved_only })
}

/// One page of what was done to a profile, the newest first.
///
/// # Errors
/// As for [`Context::find`].
pub async fn record(cx: &Context, id: ProfileId, cursor: Cursor) -> Result<Page<AuditRow>, Error> {
    let db = cx.state.db.read();
    let profile: Profile = cx.find(db, id, Permission::View).await?;
    Ok(page_of_object(db, &profile.scope, id.0, &cursor).await?)
}

/// The Primary profile of a scope's account.
///
/// # Errors
/// Where the database is out of reach, or somebody removed the row by hand.
pub async fn primary(db: &impl ConnectionTrait, scope: &Scope) -> Result<Profile, Error> {
    let row = profile::Entity::find()
        .filter(profile::Column::AccountId.eq(scope.account.0))
        .filter(profile::Column::IsPrimary.eq(true))
        .one(db)
        .await?;
    Ok(row.ok_or_else(|| DbErr::RecordNotFound("the Primary profile".to_owned()))?.try_into()?)
}

/// Makes a profile.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NameTaken`]; [`Error::Invalid`] where the script names a secret that does not exist;
/// or where the database is out of reach.
pub async fn create(cx: &Context, scope: &Scope, spec: ProfileSpec) -> Result<Profile, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let now = cx.now();
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    scopes::hold(&change, scope).await?;
    check_name(&*change, scope, &spec.name, None).await?;
    check_secrets(&change, scope, None, &spec.startup_script).await?;
    let profile = Profile {
        id: ProfileId::new(now, &random::bytes()),
        scope: scope.clone(),
        spec,
        primary: false,
        created_at: now,
        updated_at: now,
        updated_by: cx.name().to_owned(),
        script_changed_at: now,
        revision: 1,
    };
    insert(&change, &cx.origin(), &profile).await.map_err(|error| taken(error, &profile.spec.name))?;
    change.touches(Topic::Profiles);
    // Secrets show which profiles name them.
    change.touches(Topic::Secrets);
    change.commit().await?;
    Ok(profile)
}

/// Adds a profile.
///
/// # Errors
/// Where the name is taken, or the database is out of reach.
pub(super) async fn insert(change: &Change, origin: &Origin, profile: &Profile) -> Result<(), DbErr> {
    profile::ActiveModel::from(profile).insert(&**change).await?;
    versions::add(change, profile, Some(profile.created_at), None).await?;
    let approval = FactChange::fact("approval", profile.spec.approval.label().to_lowercase());
    let entry = entry(profile, Action::ProfileCreated, vec![approval]);
    audit::record(change, origin, profile.created_at, entry).await
}

fn entry(profile: &Profile, action: Action, facts: Vec<FactChange>) -> Entry<'_> {
    let (object, name) = (Some(profile.id.0), profile.spec.name.as_str());
    Entry { scope: &profile.scope, action, object, name, facts }
}

fn taken(error: DbErr, name: &ProfileName) -> Error {
    Error::from(error).or_taken(Object::Profile, "name", name.as_str())
}

/// Refuses a name that another profile of the scope has.
async fn check_name(
    db: &impl ConnectionTrait,
    scope: &Scope,
    name: &ProfileName,
    own: Option<ProfileId>,
) -> Result<(), Error> {
    let same = profile::Entity::find()
        .filter(profile::Entity::at(scope))
        .filter(profile::Column::Name.eq(name.as_str()))
        .one(db)
        .await?;
    if same.is_some_and(|row| Some(ProfileId(row.id)) != own) {
        return Err(Error::NameTaken { object: Object::Profile, field: "name", name: name.to_string() });
    }
    Ok(())
}

/// Refuses a script that names a secret which does not exist, or is limited to other profiles. Those that it names are
/// held, so that nobody deletes or limits one before the script is saved.
async fn check_secrets(change: &Change, scope: &Scope, profile: Option<ProfileId>, script: &str) -> Result<(), Error> {
    let wrong = |error: Invalid| Error::field("startup_script", error);
    let names = secrets::references(script).map_err(wrong)?;
    if names.is_empty() {
        return Ok(());
    }
    let held = narrowest(lock::secrets_shared(change, scope, names.iter().map(ToString::to_string).collect()).await?);
    if let Some(unknown) = names.iter().find(|name| !held.iter().any(|held| held.name == name.as_str())) {
        return Err(wrong(secrets::unknown(unknown)));
    }
    let limited: Vec<_> = held.into_iter().filter(|secret| needs_grant(secret, scope)).collect();
    let granted = match profile {
        Some(profile) => granted(&**change, profile, limited.iter().map(|secret| secret.id).collect()).await?,
        None => BTreeSet::new(),
    };
    let barred =
        |name: &&SecretName| limited.iter().any(|secret| secret.name == name.as_str() && !granted.contains(&secret.id));
    match names.iter().find(barred) {
        Some(barred) => Err(wrong(secrets::not_allowed(barred))),
        None => Ok(()),
    }
}

/// Deletes a profile that no delegate has; with `move_delegates` they are moved to Primary first.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Conflict`] where it is Primary, or delegates have it.
pub async fn delete(cx: &Context, id: ProfileId, move_delegates: bool) -> Result<(), Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let default = token::Column::DefaultProfileId.eq(id.0);
    lock::tokens(&change, Condition::all().add(default.clone())).await?;
    let profile: Profile = cx.lock(&change, id, Permission::ManageDelegates).await?;
    profile.check_delete()?;
    let users = delegate::Column::ProfileId.eq(id.0);
    if move_delegates {
        let primary = primary(&*change, &profile.scope).await?;
        let version = cx.now().max(primary.script_changed_at);
        lock::delegates(&change, Condition::all().add(users.clone())).await?;
        delegate::Entity::update_many()
            .col_expr(delegate::Column::ProfileId, Expr::value(primary.id.0))
            .col_expr(delegate::Column::ScriptVersion, Expr::value(version.as_millis()))
            .filter(users.clone())
            .exec(&*change)
            .await?;
    }
    let delegates = delegate::Entity::find().filter(users).count(&*change).await?;
    if delegates > 0 {
        return Err(Conflict::ProfileInUse { name: profile.spec.name.into(), delegates }.into());
    }
    token::Entity::update_many()
        .col_expr(token::Column::DefaultProfileId, Expr::value(Value::Uuid(None)))
        .col_expr(token::Column::Revision, Expr::col(token::Column::Revision).add(1))
        .col_expr(token::Column::ChangedAt, Expr::value(cx.now().as_millis()))
        .col_expr(token::Column::ChangedBy, Expr::value(cx.name()))
        .filter(default)
        .exec(&*change)
        .await?;
    profile::Entity::delete_by_id(id.0).exec(&*change).await?;
    cx.record(&change, entry(&profile, Action::ProfileDeleted, Vec::new())).await?;
    Topic::ALL.into_iter().for_each(|topic| change.touches(topic));
    Ok(change.commit().await?)
}
