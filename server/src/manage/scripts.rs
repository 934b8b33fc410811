//! Runs of startup scripts: what is shown of them, and another run.

use muster::{
    audit::Action,
    delegate::{Admission, Delegate},
    id::{DelegateId, ScriptRunId},
    profile::Profile,
    script::{DelegateScripts, MAX_RUNS, MAX_SHOWN_LOG_BYTES, Outcome, ScriptRun},
    user::Permission,
};
use sea_orm::{EntityTrait, QuerySelect};

use super::{Context, delegates::save, delivery::profile_of, profiles::script_at};
use crate::{
    db::entity::script_run,
    error::{Conflict, Error, Object},
    events::Topic,
    scripts::{runs_of, tail, whole},
};

/// The startup script of one delegate, and its runs.
///
/// # Errors
/// As for [`Context::find`].
pub async fn of_delegate(cx: &Context, id: DelegateId) -> Result<DelegateScripts, Error> {
    let db = cx.state.db.read();
    let delegate: Delegate = cx.find(db, id, Permission::View).await?;
    let profile = profile_of(db, &delegate.scope, delegate.profile_id).await?;
    let script = match &profile {
        Some(profile) => script_at(db, profile, delegate.script_version).await?,
        None => String::new(),
    };
    let has_script = !script.trim().is_empty();
    let newer = |profile: &Profile| profile.has_script() && profile.script_changed_at > delegate.script_version;
    let newer_saved = profile.as_ref().is_some_and(newer);
    let found = runs_of(&delegate).limit(MAX_RUNS).all(db).await?;
    let runs = found.into_iter().map(ScriptRun::try_from).collect::<Result<Vec<_>, _>>()?;
    let (log, more) = match runs.first() {
        Some(newest) => tail(db, newest.id.0, MAX_SHOWN_LOG_BYTES).await?,
        None => (String::new(), false),
    };
    // What was not delivered has not run.
    let has_run = |run: &ScriptRun| {
        let delivered = run.end.as_ref().is_none_or(|end| end.outcome != Outcome::NotDelivered);
        delivered && run.profile_id == delegate.profile_id && run.version == delegate.script_version
    };
    let due = delegate.admission == Admission::Enabled && has_script && !runs.iter().any(has_run);
    Ok(DelegateScripts { has_script, newer_saved, due, runs, log, more })
}

/// The name of a delegate, and the whole log of a run on it.
///
/// # Errors
/// As for [`Context::find`]; [`Error::NotFound`] also where there is no such run on this delegate.
pub async fn log(cx: &Context, delegate: DelegateId, run: ScriptRunId) -> Result<(String, String), Error> {
    let db = cx.state.db.read();
    let delegate: Delegate = cx.find(db, delegate, Permission::View).await?;
    let row = script_run::Entity::find_by_id(run.0).one(db).await?;
    let row = row.filter(|row| row.delegate_id == delegate.id.0).ok_or(Error::NotFound(Object::ScriptRun))?;
    Ok((delegate.facts.name.to_string(), whole(db, row.id).await?))
}

/// Asks a delegate to run its profile's script again.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Conflict`] where it is not approved, or its profile has no script.
pub async fn run_again(cx: &Context, id: DelegateId) -> Result<Delegate, Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let delegate: Delegate = cx.lock(&change, id, Permission::ManageDelegates).await?;
    let name = || delegate.facts.name.to_string();
    if delegate.admission != Admission::Enabled {
        return Err(Conflict::NotApproved(Some(name())).into());
    }
    let profile = profile_of(&*change, &delegate.scope, delegate.profile_id).await?.filter(Profile::has_script);
    let profile = profile.ok_or_else(|| Conflict::NoScript(name()))?;
    // The newest script, also where the clock went back since that was saved.
    let after = delegate.run_again(cx.now().max(profile.script_changed_at));
    save(cx, &change, &after, Action::ScriptRequested, String::new()).await?;
    change.touches(Topic::Delegates);
    change.touches(Topic::Scripts);
    change.commit().await?;
    Ok(after)
}
