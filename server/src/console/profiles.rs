//! Delegate profiles, for people.

use async_trait::async_trait;
use muster::{
    audit::Action,
    id::ProfileId,
    page::{Cursor, Page},
    profile::{Profile, ProfileName, ProfileSpec},
    secret as secrets,
    text::{Invalid, Selectors},
    user::Permission,
};
use muster_app::{
    error::ConsoleError,
    profiles::api::{ProfileDetail, ProfileFields, ProfileRow, Profiles},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use super::{Operator, page_of};
use crate::{
    chance,
    db::{
        Change,
        audit::{self, Entry},
        entity::{Scoped, delegate, profile, token},
        lock,
    },
    error::Error,
    events::Topic,
};

const GONE: Error = Error::NotFound("There is no such profile any more; somebody may have deleted it.");
/// How many names of delegates a page shows.
const NAMES: u64 = 20;

#[async_trait]
impl Profiles for Operator {
    async fn list_profiles(&self, cursor: Cursor) -> Result<Page<ProfileRow>, ConsoleError> {
        self.out(self.profile_page(cursor).await)
    }

    async fn profile(&self, id: ProfileId) -> Result<ProfileDetail, ConsoleError> {
        self.out(self.profile_detail(id).await)
    }

    async fn create_profile(&self, fields: ProfileFields) -> Result<ProfileId, ConsoleError> {
        self.out(self.make_profile(&fields).await)
    }

    async fn edit_profile(&self, id: ProfileId, seen: i32, fields: ProfileFields) -> Result<(), ConsoleError> {
        self.out(self.change_profile(id, seen, &fields).await)
    }

    async fn delete_profile(&self, id: ProfileId, move_delegates: bool) -> Result<(), ConsoleError> {
        self.out(self.remove_profile(id, move_delegates).await)
    }
}

fn taken(name: &ProfileName) -> String {
    format!("There is a profile {name} already. Choose another name.")
}

fn of_script(error: Invalid) -> Error {
    Error::field("startup_script", error)
}

fn parse(fields: &ProfileFields) -> Result<ProfileSpec, Error> {
    Ok(ProfileSpec {
        name: ProfileName::parse(&fields.name).map_err(|error| Error::field("name", error))?,
        description: ProfileSpec::parse_description(&fields.description)
            .map_err(|error| Error::field("description", error))?,
        startup_script: ProfileSpec::parse_script(&fields.startup_script).map_err(of_script)?,
        requires_approval: fields.requires_approval,
        selectors: Selectors::parse(&fields.selectors).map_err(|error| Error::field("selectors", error))?,
    })
}

impl Operator {
    async fn profile_page(&self, cursor: Cursor) -> Result<Page<ProfileRow>, Error> {
        self.may(Permission::View)?;
        let db = self.state.db.read();
        let query = profile::Entity::find().filter(profile::Entity::within(&self.scope()));
        let total = query.clone().count(db).await?;
        let found = page_of(query, profile::Column::Id, cursor).all(db).await?;
        let (rows, page) = Page::cut(found, cursor, total, |row| row.id).split();
        let counts: Vec<(Uuid, i64)> = delegate::Entity::find()
            .select_only()
            .column(delegate::Column::ProfileId)
            .column_as(delegate::Column::Id.count(), "delegates")
            .filter(delegate::Column::ProfileId.is_in(rows.iter().map(|row| row.id)))
            .group_by(delegate::Column::ProfileId)
            .into_tuple()
            .all(db)
            .await?;
        let count = |id: Uuid| counts.iter().find(|one| one.0 == id).map_or(0, |one| u64::try_from(one.1).unwrap_or(0));
        let rows = rows.into_iter().map(|row| {
            let delegates = count(row.id);
            Ok(ProfileRow { profile: row.try_into()?, delegates })
        });
        Ok(page.with(rows.collect::<Result<_, Error>>()?))
    }

    async fn profile_detail(&self, id: ProfileId) -> Result<ProfileDetail, Error> {
        self.may(Permission::View)?;
        let db = self.state.db.read();
        let profile = self.load_profile(db, id).await?;
        let users = delegate::Entity::find().filter(delegate::Column::ProfileId.eq(id.0));
        let delegates = users.clone().count(db).await?;
        let newest = users.order_by_desc(delegate::Column::Id).limit(NAMES).all(db).await?;
        let used_by = newest.into_iter().map(|row| row.name).collect();
        Ok(ProfileDetail { row: ProfileRow { profile, delegates }, used_by })
    }

    async fn load_profile(&self, db: &impl ConnectionTrait, id: ProfileId) -> Result<Profile, Error> {
        let row = profile::Entity::find_by_id(id.0).filter(profile::Entity::within(&self.scope())).one(db);
        Ok(row.await?.ok_or(GONE)?.try_into()?)
    }

    /// Refuses a name that another profile of the scope has.
    async fn check_name(&self, db: &impl ConnectionTrait, name: &ProfileName, own: Option<Uuid>) -> Result<(), Error> {
        let same = profile::Entity::find()
            .filter(profile::Entity::within(&self.scope()))
            .filter(profile::Column::Name.eq(name.as_str()))
            .one(db)
            .await?;
        if same.is_some_and(|row| Some(row.id) != own) {
            return Err(Error::field("name", Invalid::new(taken(name))));
        }
        Ok(())
    }

    /// Refuses a script that names a secret which does not exist. Those that it names are held, so that nobody deletes
    /// one before the script is saved.
    async fn check_secrets(&self, change: &Change, script: &str) -> Result<(), Error> {
        let names = secrets::references(script).map_err(of_script)?;
        if names.is_empty() {
            return Ok(());
        }
        let wanted = names.iter().map(ToString::to_string).collect();
        let held = lock::secrets_shared(change, &self.scope(), wanted).await?;
        match names.iter().find(|name| !held.iter().any(|held| held == name.as_str())) {
            Some(unknown) => Err(of_script(secrets::unknown(unknown))),
            None => Ok(()),
        }
    }

    async fn make_profile(&self, fields: &ProfileFields) -> Result<ProfileId, Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let now = self.now();
        let spec = parse(fields)?;
        let mut change = self.state.db.write().await?;
        self.check_name(&*change, &spec.name, None).await?;
        self.check_secrets(&change, &spec.startup_script).await?;
        let id = ProfileId::new(now, &chance::bytes());
        let profile = Profile {
            id,
            scope: self.scope(),
            spec,
            primary: false,
            created_at: now,
            updated_at: now,
            script_changed_at: now,
            revision: 1,
        };
        profile::ActiveModel::from(&profile)
            .insert(&*change)
            .await
            .map_err(|error| Error::from(error).or_taken("name", || taken(&profile.spec.name)))?;
        self.audit_profile(&change, user, &profile, Action::ProfileCreated).await?;
        change.touches(Topic::Profiles);
        // Secrets show which profiles name them.
        change.touches(Topic::Secrets);
        change.commit().await?;
        Ok(id)
    }

    async fn change_profile(&self, id: ProfileId, seen: i32, fields: &ProfileFields) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let spec = parse(fields)?;
        let mut change = self.state.db.write().await?;
        self.check_secrets(&change, &spec.startup_script).await?;
        let before = Profile::try_from(lock::profile(&change, &self.scope(), id).await?.ok_or(GONE)?)?;
        let (name, script_before) = (before.spec.name.clone(), before.script_changed_at);
        self.check_name(&*change, &spec.name, Some(id.0)).await?;
        let after = before.edit(spec, seen, self.now())?;
        let saved = profile::Entity::update_many()
            .set(profile::ActiveModel::from(&after))
            .filter(profile::Column::Id.eq(id.0))
            .filter(profile::Column::Revision.eq(seen))
            .exec(&*change)
            .await
            .map_err(|error| Error::from(error).or_taken("name", || taken(&after.spec.name)))?;
        if saved.rows_affected == 0 {
            return Err(muster::profile::ProfileError::Changed(name).into());
        }
        if after.script_changed_at != script_before {
            lock::delegates(&change, Condition::all().add(delegate::Column::ProfileId.eq(id.0))).await?;
            // Never back: a delegate that was asked for another run has a version of its own.
            delegate::Entity::update_many()
                .col_expr(delegate::Column::ScriptVersion, Expr::value(after.script_changed_at.as_millis()))
                .filter(delegate::Column::ProfileId.eq(id.0))
                .filter(delegate::Column::ScriptVersion.lt(after.script_changed_at.as_millis()))
                .exec(&*change)
                .await?;
            change.touches(Topic::Scripts);
            change.touches(Topic::Secrets);
        }
        self.audit_profile(&change, user, &after, Action::ProfileEdited).await?;
        // Delegates show the name and the selectors of their profile.
        change.touches(Topic::Profiles);
        change.touches(Topic::Delegates);
        Ok(change.commit().await?)
    }

    async fn remove_profile(&self, id: ProfileId, move_delegates: bool) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let mut change = self.state.db.write().await?;
        let default = token::Column::DefaultProfileId.eq(id.0);
        lock::tokens(&change, Condition::all().add(default.clone())).await?;
        let profile = Profile::try_from(lock::profile(&change, &self.scope(), id).await?.ok_or(GONE)?)?;
        profile.check_delete()?;
        if move_delegates {
            let primary = primary(&*change, &self.scope()).await?;
            lock::delegates(&change, Condition::all().add(delegate::Column::ProfileId.eq(id.0))).await?;
            delegate::Entity::update_many()
                .col_expr(delegate::Column::ProfileId, Expr::value(primary.id.0))
                .col_expr(delegate::Column::ScriptVersion, Expr::value(self.now().as_millis()))
                .filter(delegate::Column::ProfileId.eq(id.0))
                .exec(&*change)
                .await?;
        }
        let users = delegate::Entity::find().filter(delegate::Column::ProfileId.eq(id.0)).count(&*change).await?;
        if users > 0 {
            let (name, s) = (&profile.spec.name, if users == 1 { "" } else { "s" });
            return Err(Error::Conflict(format!(
                "{name} is the profile of {users} delegate{s}. Move them to Primary first, or delete them."
            )));
        }
        token::Entity::update_many()
            .col_expr(token::Column::DefaultProfileId, Expr::value(sea_orm::Value::Uuid(None)))
            .filter(default)
            .exec(&*change)
            .await?;
        profile::Entity::delete_by_id(id.0).exec(&*change).await?;
        self.audit_profile(&change, user, &profile, Action::ProfileDeleted).await?;
        Topic::ALL.into_iter().for_each(|topic| change.touches(topic));
        Ok(change.commit().await?)
    }

    async fn audit_profile(
        &self,
        change: &Change,
        user: &muster::user::User,
        profile: &Profile,
        action: Action,
    ) -> Result<(), Error> {
        let approval = if profile.spec.requires_approval { "approval required" } else { "approval not required" };
        let entry = Entry {
            scope: &profile.scope,
            action,
            object: Some(profile.id.0),
            name: profile.spec.name.as_str(),
            detail: approval.to_owned(),
        };
        Ok(audit::record(change, &self.origin(user), self.now(), entry).await?)
    }
}

/// The Primary profile of a scope's account.
///
/// # Errors
/// Where the database is out of reach, or somebody removed the row by hand.
pub async fn primary(db: &impl ConnectionTrait, scope: &muster::scope::Scope) -> Result<Profile, Error> {
    let row = profile::Entity::find()
        .filter(profile::Column::AccountId.eq(scope.account.0))
        .filter(profile::Column::IsPrimary.eq(true))
        .one(db)
        .await?;
    Ok(row.ok_or_else(|| sea_orm::DbErr::RecordNotFound("the Primary profile".to_owned()))?.try_into()?)
}
