//! Runs of startup scripts, for people.

use async_trait::async_trait;
use muster::{
    audit::Action,
    delegate::{Admission, Delegate},
    id::{DelegateId, ScriptRunId},
    script::{MAX_RUNS, Outcome, ScriptRun},
    user::Permission,
};
use muster_app::{
    error::ConsoleError,
    scripts::api::{DelegateScripts, SHOWN_MOST, Scripts},
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{Operator, delegates::GONE};
use crate::{
    db::entity::{Scoped, delegate, profile, script_run},
    error::Error,
    events::Topic,
    scripts::{runs_of, tail, whole},
};

const NO_RUN: Error = Error::NotFound("There is no such run any more: only the newest ten are kept.");

#[async_trait]
impl Scripts for Operator {
    async fn scripts_of(&self, delegate: DelegateId) -> Result<DelegateScripts, ConsoleError> {
        self.out(self.delegate_scripts(delegate).await)
    }

    async fn run_script_again(&self, delegate: DelegateId) -> Result<(), ConsoleError> {
        self.out(self.run_again(delegate).await)
    }
}

impl Operator {
    async fn delegate_scripts(&self, id: DelegateId) -> Result<DelegateScripts, Error> {
        self.may(Permission::View)?;
        let db = self.state.db.read();
        let delegate = self.delegate_row(db, id).await?;
        let has_script = self.has_script(db, &delegate).await?;
        let found = runs_of(&delegate).limit(MAX_RUNS).all(db).await?;
        let runs = found.into_iter().map(ScriptRun::try_from).collect::<Result<Vec<_>, _>>()?;
        let (log, more) = match runs.first() {
            Some(newest) => tail(db, newest.id.0, SHOWN_MOST).await?,
            None => (String::new(), false),
        };
        // What was not delivered has not run.
        let has_run = |run: &ScriptRun| {
            let delivered = run.end.as_ref().is_none_or(|end| end.outcome != Outcome::NotDelivered);
            delivered && run.profile_id == delegate.profile_id && run.version == delegate.script_version
        };
        let due = delegate.admission == Admission::Enabled && has_script && !runs.iter().any(has_run);
        Ok(DelegateScripts { has_script, due, runs, log, more })
    }

    async fn delegate_row(&self, db: &impl ConnectionTrait, id: DelegateId) -> Result<Delegate, Error> {
        let row = delegate::Entity::find_by_id(id.0).filter(delegate::Entity::within(&self.scope())).one(db);
        Ok(row.await?.ok_or(GONE)?.try_into()?)
    }

    async fn has_script(&self, db: &impl ConnectionTrait, delegate: &Delegate) -> Result<bool, Error> {
        let profile = profile::Entity::find_by_id(delegate.profile_id.0).filter(profile::Entity::within(&self.scope()));
        Ok(profile.one(db).await?.is_some_and(|row| !row.startup_script.trim().is_empty()))
    }

    async fn run_again(&self, id: DelegateId) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let mut change = self.state.db.write().await?;
        let delegate = self.hold(&change, id).await?;
        let name = &delegate.facts.name;
        if delegate.admission != Admission::Enabled {
            return Err(Error::Conflict(format!("{name} is not approved. It runs its script once it is.")));
        }
        if !self.has_script(&*change, &delegate).await? {
            return Err(Error::Conflict(format!("The profile of {name} has no startup script.")));
        }
        let after = delegate.run_again(self.now());
        self.save(&change, user, &after, Action::ScriptRequested, String::new()).await?;
        change.touches(Topic::Delegates);
        change.touches(Topic::Scripts);
        Ok(change.commit().await?)
    }

    /// The name of a delegate, and the whole log of a run on it.
    ///
    /// # Errors
    /// Where the person may not look, or there is no such run on this delegate.
    pub async fn script_log(&self, delegate: DelegateId, run: ScriptRunId) -> Result<(String, String), Error> {
        self.may(Permission::View)?;
        let db = self.state.db.read();
        let delegate = self.delegate_row(db, delegate).await?;
        let here = script_run::Entity::within(&self.scope());
        let row = script_run::Entity::find_by_id(run.0).filter(here).one(db).await?;
        let row = row.filter(|row| row.delegate_id == delegate.id.0).ok_or(NO_RUN)?;
        Ok((delegate.facts.name.to_string(), whole(db, row.id).await?))
    }
}
