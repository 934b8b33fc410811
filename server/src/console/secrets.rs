//! Secrets of startup scripts, for people.

use async_trait::async_trait;
use muster::{
    audit::Action,
    id::{ProfileId, SecretId},
    page::{Cursor, Page},
    secret::{self as domain, Secret, SecretName, SecretValue},
    text::Invalid,
    user::{Permission, User},
};
use muster_app::{
    error::ConsoleError,
    secrets::api::{SecretRow, Secrets},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel as _, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set, sea_query::LikeExpr,
};
use uuid::Uuid;

use super::{Operator, page_of};
use crate::{
    chance,
    db::{
        Change,
        audit::{self, Entry},
        entity::{Scoped, profile, secret},
    },
    error::Error,
    events::Topic,
    secrets::{BYTES_MOST, COUNT_MOST, bytes, retire, seal},
};

const GONE: Error = Error::NotFound("There is no such secret any more; somebody may have deleted it.");
/// How many profiles a sentence names.
const NAMES: usize = 5;

#[async_trait]
impl Secrets for Operator {
    async fn list_secrets(&self, cursor: Cursor) -> Result<Page<SecretRow>, ConsoleError> {
        self.out(self.secret_page(cursor).await)
    }

    async fn secret(&self, id: SecretId) -> Result<SecretRow, ConsoleError> {
        self.out(self.one_secret(id).await)
    }

    async fn create_secret(&self, name: &str, value: &str) -> Result<SecretId, ConsoleError> {
        self.out(self.make_secret(name, value).await)
    }

    async fn replace_secret(&self, id: SecretId, value: &str) -> Result<(), ConsoleError> {
        self.out(self.give_value(id, value).await)
    }

    async fn delete_secret(&self, id: SecretId) -> Result<(), ConsoleError> {
        self.out(self.remove_secret(id).await)
    }
}

/// A profile whose script names secrets.
struct Naming {
    id: ProfileId,
    name: String,
    names: Vec<SecretName>,
}

fn taken(name: &SecretName) -> String {
    format!("There is a secret {name} already. Choose another name, or replace the value of that one.")
}

fn parse_value(value: &str) -> Result<SecretValue, Error> {
    SecretValue::parse(value).map_err(|error| Error::field("value", error))
}

/// `A`, `A and B`, `A, B and 3 more`.
fn listed(names: &[&str]) -> String {
    let (shown, rest) = names.split_at(names.len().min(NAMES));
    let mut parts: Vec<String> = shown.iter().map(|name| (*name).to_owned()).collect();
    if !rest.is_empty() {
        parts.push(format!("{} more", rest.len()));
    }
    match parts.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => parts.concat(),
    }
}

impl Operator {
    async fn secret_page(&self, cursor: Cursor) -> Result<Page<SecretRow>, Error> {
        self.may(Permission::ManageDelegates)?;
        let db = self.state.db.read();
        let query = secret::Entity::find().filter(secret::Entity::within(&self.scope()));
        let total = query.clone().count(db).await?;
        let found = page_of(query, secret::Column::Id, cursor).all(db).await?;
        let (rows, page) = Page::cut(found, cursor, total, |row| row.id).split();
        let users = self.users_of_secrets(db, "").await?;
        let rows = rows.into_iter().map(|row| Ok(secret_row(row.try_into()?, &users)));
        Ok(page.with(rows.collect::<Result<_, Error>>()?))
    }

    async fn one_secret(&self, id: SecretId) -> Result<SecretRow, Error> {
        self.may(Permission::ManageDelegates)?;
        let db = self.state.db.read();
        let row = secret::Entity::find_by_id(id.0).filter(secret::Entity::within(&self.scope())).one(db).await?;
        let secret = Secret::try_from(row.ok_or(GONE)?)?;
        let users = self.users_of_secrets(db, secret.name.as_str()).await?;
        Ok(secret_row(secret, &users))
    }

    /// The profiles whose scripts name secrets, by their names. `name` is one that matters; empty where all do.
    async fn users_of_secrets(&self, db: &impl ConnectionTrait, name: &str) -> Result<Vec<Naming>, Error> {
        // With a quote of either kind before the name.
        let name = name.replace('_', "!_");
        let like = LikeExpr::new(format!("%secrets.getValue(_{name}%")).escape('!');
        let rows: Vec<(Uuid, String, String)> = profile::Entity::find()
            .select_only()
            .columns([profile::Column::Id, profile::Column::Name, profile::Column::StartupScript])
            .filter(profile::Entity::within(&self.scope()))
            .filter(profile::Column::StartupScript.like(like))
            .order_by_asc(profile::Column::Name)
            .into_tuple()
            .all(db)
            .await?;
        let users = rows.into_iter().filter_map(|(id, name, script)| {
            // A script that cannot be read is handed to nobody.
            let names = domain::references(&script).ok()?;
            Some(Naming { id: ProfileId(id), name, names })
        });
        Ok(users.collect())
    }

    /// A secret that nobody else changes until the end of this change.
    async fn hold_secret(&self, change: &Change, id: SecretId) -> Result<secret::Model, Error> {
        let row = secret::Entity::find_by_id(id.0).filter(secret::Entity::within(&self.scope())).lock_exclusive();
        row.one(&**change).await?.ok_or(GONE)
    }

    async fn check_room(&self, change: &Change, value: &SecretValue, but: Option<SecretId>) -> Result<(), Error> {
        let length = i64::try_from(value.expose().len()).unwrap_or(i64::MAX);
        if bytes(change, &self.scope(), but).await?.saturating_add(length) > BYTES_MOST {
            let sentence = "All secrets together would be larger than 1 MiB. Delete one that is not needed first.";
            return Err(Error::field("value", Invalid::new(sentence)));
        }
        Ok(())
    }

    async fn make_secret(&self, name: &str, value: &str) -> Result<SecretId, Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let now = self.now();
        let name = SecretName::parse(name).map_err(|error| Error::field("name", error))?;
        let value = parse_value(value)?;
        let scope = self.scope();
        let mut change = self.state.db.write().await?;
        let all = || secret::Entity::find().filter(secret::Entity::within(&scope));
        if all().filter(secret::Column::Name.eq(name.as_str())).count(&*change).await? > 0 {
            return Err(Error::field("name", Invalid::new(taken(&name))));
        }
        if all().count(&*change).await? >= COUNT_MOST {
            return Err(Error::Conflict(format!(
                "There are {COUNT_MOST} secrets. Delete one that is not needed first."
            )));
        }
        self.check_room(&change, &value, None).await?;
        let id = SecretId::new(now, &chance::bytes());
        secret::ActiveModel {
            id: Set(id.0),
            account_id: Set(scope.account.0),
            organization: Set(scope.organization().to_owned()),
            project: Set(scope.project().to_owned()),
            name: Set(name.to_string()),
            sealed_value: Set(seal(&self.state.keyring, id, &value)),
            updated_by: Set(user.email.to_string()),
            created_at: Set(now.as_millis()),
            updated_at: Set(now.as_millis()),
        }
        .insert(&*change)
        .await
        .map_err(|error| Error::from(error).or_taken("name", || taken(&name)))?;
        self.audit_secret(&change, user, id, name.as_str(), Action::SecretCreated).await?;
        change.touches(Topic::Secrets);
        change.commit().await?;
        Ok(id)
    }

    async fn give_value(&self, id: SecretId, value: &str) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let now = self.now();
        let value = parse_value(value)?;
        let mut change = self.state.db.write().await?;
        let row = self.hold_secret(&change, id).await?;
        self.check_room(&change, &value, Some(id)).await?;
        retire(&change, &self.state.keyring, &self.scope(), &row, now).await?;
        let (name, before) = (row.name.clone(), row.updated_at);
        let mut row = row.into_active_model();
        row.sealed_value = Set(seal(&self.state.keyring, id, &value));
        row.updated_by = Set(user.email.to_string());
        // Two values within a millisecond are two versions.
        row.updated_at = Set(now.as_millis().max(before.saturating_add(1)));
        row.update(&*change).await?;
        self.audit_secret(&change, user, id, &name, Action::SecretReplaced).await?;
        change.touches(Topic::Secrets);
        Ok(change.commit().await?)
    }

    async fn remove_secret(&self, id: SecretId) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let mut change = self.state.db.write().await?;
        let row = self.hold_secret(&change, id).await?;
        // Whoever saves a script that names it holds it, too: nobody begins to use it now.
        let users = self.users_of_secrets(&*change, &row.name).await?;
        let secret = Secret::try_from(row.clone())?;
        let used_by = secret_row(secret, &users).used_by;
        if !used_by.is_empty() {
            let names: Vec<&str> = used_by.iter().map(|(_, name)| name.as_str()).collect();
            let (name, s) = (&row.name, if names.len() == 1 { "" } else { "s" });
            let sentence =
                format!("{name} is named in the startup script{s} of {}. Take it out there first.", listed(&names));
            return Err(Error::Conflict(sentence));
        }
        retire(&change, &self.state.keyring, &self.scope(), &row, self.now()).await?;
        secret::Entity::delete_by_id(id.0).exec(&*change).await?;
        self.audit_secret(&change, user, id, &row.name, Action::SecretDeleted).await?;
        change.touches(Topic::Secrets);
        Ok(change.commit().await?)
    }

    async fn audit_secret(
        &self,
        change: &Change,
        user: &User,
        id: SecretId,
        name: &str,
        action: Action,
    ) -> Result<(), Error> {
        let entry = Entry { scope: &self.scope(), action, object: Some(id.0), name, detail: String::new() };
        Ok(audit::record(change, &self.origin(user), self.now(), entry).await?)
    }
}

fn secret_row(secret: Secret, users: &[Naming]) -> SecretRow {
    let used_by = users.iter().filter(|user| user.names.contains(&secret.name));
    SecretRow { used_by: used_by.map(|user| (user.id, user.name.clone())).collect(), secret }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn names_are_listed_as_people_do() {
        for (names, text) in [
            (&["A"][..], "A"),
            (&["A", "B"], "A and B"),
            (&["A", "B", "C"], "A, B and C"),
            (&["A", "B", "C", "D", "E", "F", "G"], "A, B, C, D, E and 2 more"),
        ] {
            assert_eq!(listed(names), text);
        }
    }
}
