//! Secrets of startup scripts: the list, and what becomes of them. Their values never come out here.

mod allowed;
mod handouts;

use muster::{
    audit::{Action, FactChange},
    delegate::Admission,
    id::{ProfileId, SecretId},
    page::{Cursor, Page},
    scope::Scope,
    secret::{self as domain, NewSecret, ProfileChoice, Secret, SecretDetail, SecretName, SecretRow, SecretValue},
    text::Invalid,
    time::Timestamp,
    user::Permission,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    Select, Set, sea_query::LikeExpr,
};

pub use self::{
    allowed::{edit, usable},
    handouts::note as note_handed_out,
};
use super::{
    Context,
    audit::{count_of_delegates, of_object},
    page::{count, matching, page},
    profiles::run_on_all,
    scopes,
};
use crate::{
    db::{
        Change,
        audit::Entry,
        entity::{Scoped, delegate, profile, secret},
    },
    error::{Conflict, Error, Limit, Object},
    events::Topic,
    random,
    secret_values::{MAX_BYTES, MAX_SECRETS, bytes, retire, seal},
};

/// How many profiles a secret can be limited to are listed.
const MAX_SHOWN_PROFILES: u64 = 500;
/// How many delegates that a secret was handed out to its page shows.
const MAX_SHOWN_HANDOUTS: u64 = 50;
/// How many audit entries a page shows.
const MAX_SHOWN_ENTRIES: u64 = 50;

/// A profile whose script names secrets.
struct SecretUser {
    id: ProfileId,
    name: String,
    secrets: Vec<SecretName>,
}

/// One page of the list: those that hold a text in their name or description.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn list(cx: &Context, scope: &Scope, search: &str, cursor: Cursor) -> Result<Page<SecretRow>, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let db = cx.state.db.read();
    let found = matching(search, [secret::Column::Name, secret::Column::Description]);
    let which = cx.with_inherited::<secret::Entity>(Permission::ManageDelegates, scope);
    let query = secret::Entity::find().filter(which).filter(found);
    let (found, rest) = page(db, query, secret::Column::Id, |row| row.id, &cursor).await?;
    let widest = cx.and_above(Permission::ManageDelegates, scope).last();
    let users = users(db, widest.as_ref().unwrap_or(scope), None).await?;
    let last = handouts::last(db, found.iter().map(|row| row.id).collect()).await?;
    let row = |row: secret::Model| {
        let handed_out = last.get(&row.id).copied();
        Ok(shown(row.try_into()?, &users, handed_out))
    };
    Ok(rest.with(found.into_iter().map(row).collect::<Result<_, Error>>()?))
}

/// Everything about one secret.
///
/// # Errors
/// As for [`Context::find`].
pub async fn get(cx: &Context, id: SecretId) -> Result<SecretDetail, Error> {
    let db = cx.state.db.read();
    let secret: Secret = cx.find(db, id, Permission::ManageDelegates).await?;
    let users = users(db, &secret.scope, Some(&secret.name)).await?;
    let granted = allowed::of(db, id).await?;
    let choice = |(id, name): (ProfileId, String)| ProfileChoice { id, name, allowed: granted.contains(&id.0) };
    let choices = allowed::choices(db, &secret.scope, MAX_SHOWN_PROFILES).await?.into_iter().map(choice).collect();
    let handouts = handouts::of(db, id, MAX_SHOWN_HANDOUTS).await?;
    let record = of_object(db, &secret.scope, id.0, MAX_SHOWN_ENTRIES).await?;
    let row = shown(secret, &users, handouts.first().map(|handout| handout.at));
    let delegates = count(db, delegates_of(&row)).await?;
    Ok(SecretDetail { row, choices, handouts, delegates, record })
}

/// The admitted delegates whose scripts name a secret.
fn delegates_of(row: &SecretRow) -> Select<delegate::Entity> {
    delegate::Entity::find()
        .filter(delegate::Column::ProfileId.is_in(row.used_by.iter().map(|(profile, _)| profile.0)))
        .filter(delegate::Column::Admission.eq(Admission::Enabled.code()))
}

fn shown(secret: Secret, users: &[SecretUser], handed_out: Option<Timestamp>) -> SecretRow {
    let used_by = users.iter().filter(|user| user.secrets.contains(&secret.name));
    SecretRow { used_by: used_by.map(|user| (user.id, user.name.clone())).collect(), secret, handed_out }
}

/// The profiles that can use a scope's secrets and whose scripts name some, by their names. With `name`, at least those
/// that name this one.
async fn users(db: &impl ConnectionTrait, scope: &Scope, name: Option<&SecretName>) -> Result<Vec<SecretUser>, Error> {
    let escaped = name.map_or("", SecretName::as_str).replace('_', "!_");
    // With a quote of either kind before the name.
    let like = LikeExpr::new(format!("%secrets.getValue(_{escaped}%")).escape('!');
    let rows = profile::Entity::find()
        .filter(profile::Entity::under(scope))
        .filter(profile::Column::StartupScript.like(like))
        .order_by_asc(profile::Column::Name)
        .all(db)
        .await?;
    let hiding = match name {
        Some(name) => hiding(db, scope, name).await?,
        None => Vec::new(),
    };
    let users = rows.into_iter().filter_map(|row| {
        let own = profile::Entity::scope_of(&row).ok()?;
        if hiding.iter().any(|scope| scope.contains(&own)) {
            return None;
        }
        // A script that cannot be read is handed to nobody.
        let secrets = domain::references(&row.startup_script).ok()?;
        Some(SecretUser { id: ProfileId(row.id), name: row.name, secrets })
    });
    Ok(users.collect())
}

/// The scopes under one that have a secret of the same name, which takes the place of this one there.
async fn hiding(db: &impl ConnectionTrait, scope: &Scope, name: &SecretName) -> Result<Vec<Scope>, DbErr> {
    let same = secret::Entity::find().filter(secret::Entity::under(scope));
    let same = same.filter(secret::Column::Name.eq(name.as_str())).all(db).await?;
    let scopes = same.iter().filter_map(|row| secret::Entity::scope_of(row).ok());
    Ok(scopes.filter(|own| own != scope).collect())
}

/// Makes a secret.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NameTaken`]; [`Error::Conflict`] or [`Error::Invalid`] where there are too many, or
/// they are too large together; or where the database is out of reach.
pub async fn create(cx: &Context, scope: &Scope, command: NewSecret) -> Result<SecretId, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let now = cx.now();
    let NewSecret { name, description, value } = command;
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    scopes::hold(&change, scope).await?;
    let all = || secret::Entity::find().filter(secret::Entity::at(scope));
    if all().filter(secret::Column::Name.eq(name.as_str())).count(&*change).await? > 0 {
        return Err(Error::NameTaken { object: Object::Secret, field: "name", name: name.into() });
    }
    if all().count(&*change).await? >= MAX_SECRETS {
        return Err(Conflict::Full(Limit::Secrets, MAX_SECRETS).into());
    }
    check_room(&change, scope, &value, None).await?;
    let id = SecretId::new(now, &random::bytes());
    secret::ActiveModel {
        id: Set(id.0),
        account_id: Set(scope.account.0),
        organization: Set(scope.organization().to_owned()),
        project: Set(scope.project().to_owned()),
        name: Set(name.to_string()),
        description: Set(description),
        limited: Set(false),
        created_by: Set(cx.name().to_owned()),
        sealed_value: Set(seal(&cx.state.encryption, id, &value)),
        updated_by: Set(cx.name().to_owned()),
        created_at: Set(now.as_millis()),
        updated_at: Set(now.as_millis()),
    }
    .insert(&*change)
    .await
    .map_err(|error| Error::from(error).or_taken(Object::Secret, "name", name.as_str()))?;
    cx.record(&change, entry(scope, id, &name, Action::SecretCreated)).await?;
    change.touches(Topic::Secrets);
    change.commit().await?;
    Ok(id)
}

async fn check_room(change: &Change, scope: &Scope, value: &SecretValue, but: Option<SecretId>) -> Result<(), Error> {
    let length = i64::try_from(value.expose().len()).unwrap_or(i64::MAX);
    if bytes(change, scope, but).await?.saturating_add(length) > MAX_BYTES {
        let sentence = "All secrets together would be larger than 1 MiB. Delete one that is not needed first.";
        return Err(Error::field("value", Invalid::new(sentence)));
    }
    Ok(())
}

fn entry<'a>(scope: &'a Scope, id: SecretId, name: &'a SecretName, action: Action) -> Entry<'a> {
    Entry { scope, action, object: Some(id.0), name: name.as_str(), facts: Vec::new() }
}

/// Gives a secret another value. With `run`, the admitted delegates whose scripts name it run them again.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Invalid`] where all secrets would be too large together.
pub async fn replace(cx: &Context, id: SecretId, value: SecretValue, run: bool) -> Result<(), Error> {
    let now = cx.now();
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let secret: Secret = cx.lock(&change, id, Permission::ManageDelegates).await?;
    check_room(&change, &secret.scope, &value, Some(id)).await?;
    retire(&change, &cx.state.encryption, &secret, now).await?;
    // Two values within a millisecond are two versions.
    let version = now.as_millis().max(secret.updated_at.as_millis().saturating_add(1));
    secret::ActiveModel {
        id: Set(id.0),
        sealed_value: Set(seal(&cx.state.encryption, id, &value)),
        updated_by: Set(cx.name().to_owned()),
        updated_at: Set(version),
        ..Default::default()
    }
    .update(&*change)
    .await?;
    let mut entry = entry(&secret.scope, id, &secret.name, Action::SecretReplaced);
    if run {
        let users = users(&*change, &secret.scope, Some(&secret.name)).await?;
        let users = shown(secret.clone(), &users, None).used_by;
        let asked = run_on_all(cx, &change, users.iter().map(|(profile, _)| *profile)).await?;
        entry.facts.push(FactChange::fact("scripts run again on", count_of_delegates(asked)));
        [Topic::Profiles, Topic::Delegates, Topic::Scripts].into_iter().for_each(|topic| change.touches(topic));
    }
    cx.record(&change, entry).await?;
    change.touches(Topic::Secrets);
    Ok(change.commit().await?)
}

/// Deletes a secret that no script names.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Conflict`] where a script names it.
pub async fn delete(cx: &Context, id: SecretId) -> Result<(), Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let secret: Secret = cx.lock(&change, id, Permission::ManageDelegates).await?;
    // Whoever saves a script that names it holds it, too: nobody begins to use it now.
    let users = users(&*change, &secret.scope, Some(&secret.name)).await?;
    let SecretRow { secret, used_by, .. } = shown(secret, &users, None);
    if !used_by.is_empty() {
        let profiles = used_by.into_iter().map(|(_, name)| name).collect();
        return Err(Conflict::SecretInUse { name: secret.name.into(), profiles }.into());
    }
    retire(&change, &cx.state.encryption, &secret, cx.now()).await?;
    handouts::forget(&change, id).await?;
    secret::Entity::delete_by_id(id.0).exec(&*change).await?;
    cx.record(&change, entry(&secret.scope, id, &secret.name, Action::SecretDeleted)).await?;
    change.touches(Topic::Secrets);
    Ok(change.commit().await?)
}
