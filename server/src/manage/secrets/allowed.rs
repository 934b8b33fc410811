//! Which profiles may use a secret: all of its own scope, unless it is limited to some; of those that lie under it, only the
//! ones that are named.

use std::collections::BTreeSet;

use muster::{
    audit::{Action, FactChange},
    id::{ProfileId, SecretId},
    profile::Profile,
    scope::Scope,
    secret::{Secret, SecretEdit, SecretName},
    user::Permission,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::{entry, users};
use crate::{
    db::{
        Change,
        entity::{Scoped, profile, secret, secret_profile},
    },
    error::{Conflict, Error},
    events::Topic,
    manage::Context,
    secret_values::{granted, narrowest, needs_grant},
};

/// The names of the secrets that a profile's script can use, in their order; without a profile, that of one that is yet
/// to be made.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn usable(cx: &Context, scope: &Scope, profile: Option<ProfileId>) -> Result<Vec<SecretName>, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    let db = cx.state.db.read();
    let rows = narrowest(secret::Entity::find().filter(secret::Entity::visible_from(scope)).all(db).await?);
    let limited = rows.iter().filter(|row| needs_grant(row, scope)).map(|row| row.id).collect();
    let granted = match profile {
        Some(profile) => granted(db, profile, limited).await?,
        None => BTreeSet::new(),
    };
    let rows = rows.into_iter().filter(|row| !needs_grant(row, scope) || granted.contains(&row.id));
    Ok(rows.filter_map(|row| SecretName::parse(&row.name).ok()).collect())
}

/// The profiles that may use a secret which is limited.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn of(db: &impl ConnectionTrait, id: SecretId) -> Result<BTreeSet<Uuid>, DbErr> {
    let rows = secret_profile::Entity::find()
        .select_only()
        .column(secret_profile::Column::ProfileId)
        .filter(secret_profile::Column::SecretId.eq(id.0));
    Ok(rows.into_tuple::<Uuid>().all(db).await?.into_iter().collect())
}

/// Changes what is said of a secret, and which profiles may use it.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Conflict`] where the script of a profile names it that could not use it any more;
/// [`Error::NotFound`] where there is no such profile.
pub async fn edit(cx: &Context, id: SecretId, edit: SecretEdit) -> Result<(), Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    // Whoever saves a script that names it holds it, too: nobody begins to use it now.
    let secret: Secret = cx.lock(&change, id, Permission::ManageDelegates).await?;
    let limited = edit.profiles.is_some();
    let chosen: BTreeSet<Uuid> = match edit.profiles {
        Some(profiles) => profiles.into_iter().map(|id| id.0).collect(),
        // All of its own scope may use it, and those under it that were allowed before.
        None => beneath(&*change, &secret.scope, of(&*change, id).await?).await?,
    };
    if limited {
        let users = users(&*change, &secret.scope, Some(&secret.name)).await?;
        let elsewhere = users.into_iter().filter(|user| user.secrets.contains(&secret.name));
        let elsewhere: Vec<String> =
            elsewhere.filter(|user| !chosen.contains(&user.id.0)).map(|user| user.name).collect();
        if !elsewhere.is_empty() {
            return Err(Conflict::SecretUsedElsewhere { name: secret.name.into(), profiles: elsewhere }.into());
        }
    }
    let before = usable_by(&*change, &secret).await?;
    limit(cx, &change, id, chosen).await?;
    let row = secret::ActiveModel {
        id: Set(id.0),
        description: Set(edit.description.clone()),
        limited: Set(limited),
        ..Default::default()
    };
    row.update(&*change).await?;
    let mut entry = entry(&secret.scope, id, &secret.name, Action::SecretEdited);
    if edit.description != secret.description {
        entry.facts.push(FactChange::fact("description", "changed"));
    }
    let after = usable_by(&*change, &Secret { limited, ..secret.clone() }).await?;
    if after != before {
        entry.facts.push(FactChange::new("profiles that may use it", before, after));
    }
    cx.record(&change, entry).await?;
    change.touches(Topic::Secrets);
    Ok(change.commit().await?)
}

/// Those of some profiles that belong to a scope under this one.
async fn beneath(db: &impl ConnectionTrait, scope: &Scope, some: BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>, DbErr> {
    let rows = profile::Entity::find().filter(profile::Column::Id.is_in(some)).all(db).await?;
    let is_beneath = |row: &profile::Model| profile::Entity::scope_of(row).is_ok_and(|own| own != *scope);
    Ok(rows.iter().filter(|row| is_beneath(row)).map(|row| row.id).collect())
}

/// Which profiles may use a secret, by their names, for the record.
async fn usable_by(db: &impl ConnectionTrait, secret: &Secret) -> Result<String, DbErr> {
    if !secret.limited {
        return Ok("all".to_owned());
    }
    let names = profile::Entity::find().select_only().column(profile::Column::Name);
    let names = names.filter(profile::Column::Id.is_in(of(db, secret.id).await?));
    let names: Vec<String> = names.order_by_asc(profile::Column::Name).into_tuple().all(db).await?;
    Ok(names.join(", "))
}

/// Notes which profiles may use a secret.
async fn limit(cx: &Context, change: &Change, id: SecretId, chosen: BTreeSet<Uuid>) -> Result<(), Error> {
    for profile in &chosen {
        cx.find::<Profile>(&**change, ProfileId(*profile), Permission::ManageDelegates).await?;
    }
    secret_profile::Entity::delete_many().filter(secret_profile::Column::SecretId.eq(id.0)).exec(&**change).await?;
    let row = |profile| secret_profile::ActiveModel { secret_id: Set(id.0), profile_id: Set(profile) };
    if !chosen.is_empty() {
        secret_profile::Entity::insert_many(chosen.into_iter().map(row)).exec(&**change).await?;
    }
    Ok(())
}

/// The profiles that a secret of a scope can be limited to, by their names.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn choices(
    db: &impl ConnectionTrait,
    scope: &Scope,
    most: u64,
) -> Result<Vec<(ProfileId, String)>, DbErr> {
    let rows: Vec<(Uuid, String)> = profile::Entity::find()
        .select_only()
        .columns([profile::Column::Id, profile::Column::Name])
        .filter(profile::Entity::under(scope))
        .order_by_asc(profile::Column::Name)
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, name)| (ProfileId(id), name)).collect())
}
