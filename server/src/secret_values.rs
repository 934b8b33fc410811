//! Secrets' values at rest: each is sealed for its own secret, so that rows cannot be swapped in the database.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use muster::{
    id::{ProfileId, SecretId},
    scope::Scope,
    script::normalized,
    secret::{self as domain, Secret, SecretName, SecretValue},
    text::Invalid,
    time::Timestamp,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder,
    QuerySelect, Set, sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    db::{
        Change,
        entity::{Scoped, retired_secret, secret, secret_profile},
    },
    encryption::{EncryptionKey, Unsealable},
    error::Error,
    random,
    state::State,
};

/// How many secrets a scope may have.
pub const MAX_SECRETS: u64 = 500;
/// How many bytes their values may have together: bounds the work of masking them.
pub const MAX_BYTES: i64 = 1024 * 1024;
/// How long a value that was replaced or deleted is still masked: delegates may run what they got before, and tell of
/// it late.
pub const RETIRED_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// For what a secret's value is sealed in its row.
fn purpose(id: SecretId) -> String {
    format!("secret {id}")
}

/// For what a value that is no longer given out is sealed.
fn retired_purpose(id: Uuid) -> String {
    format!("retired secret {id}")
}

/// Seals the value of a secret.
#[must_use]
pub fn seal(encryption: &EncryptionKey, id: SecretId, value: &SecretValue) -> Vec<u8> {
    encryption.seal(&purpose(id), value.expose().as_bytes())
}

fn open(encryption: &EncryptionKey, purpose: &str, sealed: &[u8]) -> Result<SecretValue, Unsealable> {
    let clear = encryption.open(purpose, sealed)?;
    str::from_utf8(&clear).ok().and_then(|text| SecretValue::parse(text).ok()).ok_or(Unsealable)
}

/// The value of a secret.
///
/// # Errors
/// [`Unsealable`].
pub fn unseal(encryption: &EncryptionKey, row: &secret::Model) -> Result<SecretValue, Unsealable> {
    open(encryption, &purpose(SecretId(row.id)), &row.sealed_value)
}

/// The value of a secret that was replaced or deleted.
///
/// # Errors
/// [`Unsealable`].
pub fn unseal_retired(encryption: &EncryptionKey, row: &retired_secret::Model) -> Result<SecretValue, Unsealable> {
    open(encryption, &retired_purpose(row.id), &row.sealed_value)
}

/// Of secrets of one name those that a scope sees: the narrowest scope's hides the others.
#[must_use]
pub fn narrowest(mut rows: Vec<secret::Model>) -> Vec<secret::Model> {
    rows.sort_by(|a, b| {
        let narrower = (&b.organization, &b.project).cmp(&(&a.organization, &a.project));
        a.name.cmp(&b.name).then(narrower)
    });
    rows.dedup_by(|next, kept| next.name == kept.name);
    rows
}

/// Whether profiles of a scope may use a secret only where it is granted to them: so it is where the secret is limited, and
/// where it belongs to a scope above. Who writes scripts in a project learns nothing of the account's by that alone.
#[must_use]
pub fn needs_grant(row: &secret::Model, scope: &Scope) -> bool {
    row.limited || (row.organization.as_str(), row.project.as_str()) != (scope.organization(), scope.project())
}

/// Those of some secrets that a profile may use although not all may.
///
/// # Errors
/// Where the database is out of reach.
pub async fn granted(
    db: &impl ConnectionTrait,
    profile: ProfileId,
    secrets: Vec<Uuid>,
) -> Result<BTreeSet<Uuid>, DbErr> {
    if secrets.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows = secret_profile::Entity::find()
        .select_only()
        .column(secret_profile::Column::SecretId)
        .filter(secret_profile::Column::ProfileId.eq(profile.0))
        .filter(secret_profile::Column::SecretId.is_in(secrets));
    Ok(rows.into_tuple::<Uuid>().all(db).await?.into_iter().collect())
}

/// A script with the values of the secrets that it names. It prints as nothing.
pub struct Expanded {
    /// The script.
    pub script: String,
    /// The secrets whose values it holds.
    pub secrets: Vec<SecretId>,
}

/// The script of a profile of a scope with the values of the secrets that it names, or what to say where it names one that does not
/// exist, that the profile may not use, or that cannot be opened.
///
/// # Errors
/// Where the database is out of reach.
pub async fn expand(
    state: &State,
    scope: &Scope,
    profile: ProfileId,
    script: &str,
) -> Result<Result<Expanded, Invalid>, Error> {
    // It may have been saved by an earlier version, which did not do so.
    let script = &normalized(script);
    let names = match domain::references(script) {
        Ok(names) if names.is_empty() => return Ok(Ok(Expanded { script: script.to_owned(), secrets: Vec::new() })),
        Ok(names) => names,
        Err(invalid) => return Ok(Err(invalid)),
    };
    let named = secret::Entity::find()
        .filter(secret::Entity::visible_from(scope))
        .filter(secret::Column::Name.is_in(names.iter().map(SecretName::as_str)));
    let rows = narrowest(named.all(state.db.read()).await?);
    // Asked again: a version may be handed out that was saved before the secret was limited.
    let limited = rows.iter().filter(|row| needs_grant(row, scope)).map(|row| row.id).collect();
    let granted = granted(state.db.read(), profile, limited).await?;
    let mut values: HashMap<String, SecretValue> = HashMap::new();
    let mut secrets = Vec::new();
    for row in rows {
        if needs_grant(&row, scope) && !granted.contains(&row.id) {
            return Ok(SecretName::parse(&row.name).and_then(|name| Err(domain::not_allowed(&name))));
        }
        secrets.push(SecretId(row.id));
        match unseal(&state.encryption, &row) {
            Ok(value) => values.insert(row.name, value),
            Err(Unsealable) => {
                state.masks.say_unreadable(row.id, &row.name);
                let name = &row.name;
                let sentence =
                    format!("The value of secret {name} cannot be opened any more. Replace it under Secrets.");
                return Ok(Err(Invalid::new(sentence)));
            }
        };
    }
    let expanded = domain::expand(script, |name| values.get(name.as_str()));
    Ok(expanded.map(|script| Expanded { script, secrets }))
}

/// How many bytes the values of a scope have together, but for one secret.
///
/// # Errors
/// Where the database is out of reach.
pub async fn bytes(change: &Change, scope: &Scope, but: Option<SecretId>) -> Result<i64, DbErr> {
    let mut all = secret::Entity::find().filter(secret::Entity::at(scope));
    if let Some(but) = but {
        all = all.filter(secret::Column::Id.ne(but.0));
    }
    let sum = all.select_only().column_as(length().sum(), "bytes").into_tuple::<Option<i64>>();
    Ok(sum.one(&**change).await?.flatten().unwrap_or(0))
}

/// The length of a sealed value in bytes, in both databases.
fn length() -> Expr {
    Expr::cust("length(sealed_value)")
}

/// Keeps a value that is no longer given out, so that it is still masked. What cannot be opened is not masked now either,
/// and can be replaced and deleted as any other.
///
/// # Errors
/// Where the database is out of reach.
pub async fn retire(change: &Change, encryption: &EncryptionKey, secret: &Secret, now: Timestamp) -> Result<(), Error> {
    let scope = &secret.scope;
    let Some(row) = secret::Entity::find_by_id(secret.id.0).one(&**change).await? else { return Ok(()) };
    let Ok(value) = unseal(encryption, &row) else { return Ok(()) };
    let id = SecretId::new(now, &random::bytes()).0;
    retired_secret::ActiveModel {
        id: Set(id),
        account_id: Set(scope.account.0),
        organization: Set(scope.organization().to_owned()),
        project: Set(scope.project().to_owned()),
        sealed_value: Set(encryption.seal(&retired_purpose(id), value.expose().as_bytes())),
        retired_at: Set(now.as_millis()),
    }
    .insert(&**change)
    .await?;
    let lengths: Vec<(Uuid, i64, i32)> = retired_secret::Entity::find()
        .filter(retired_secret::Entity::at(scope))
        .select_only()
        .columns([retired_secret::Column::Id, retired_secret::Column::RetiredAt])
        .column_as(length(), "bytes")
        .order_by_desc(retired_secret::Column::Id)
        .into_tuple()
        .all(&**change)
        .await?;
    let mut bytes = 0;
    let outdated = lengths.into_iter().filter(|(_, retired_at, length)| {
        bytes += i64::from(*length);
        bytes > MAX_BYTES || Timestamp::from_millis(*retired_at) <= now.minus(RETIRED_FOR)
    });
    let outdated: Vec<Uuid> = outdated.map(|one| one.0).collect();
    if !outdated.is_empty() {
        retired_secret::Entity::delete_many()
            .filter(retired_secret::Column::Id.is_in(outdated))
            .exec(&**change)
            .await?;
    }
    Ok(())
}
