//! Runs of startup scripts: what is shown of them, and another run.

use muster::{
    audit::{Action, FactChange},
    delegate::{Admission, Delegate},
    id::{DelegateId, ScriptRunId},
    profile::Profile,
    script::{DelegateScripts, LogQuery, MAX_RUNS, MAX_SHOWN_LOG_BYTES, Outcome, ScriptRun},
    user::Permission,
};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QuerySelect};

use super::{Context, delegates::save, delivery::profile_of, profiles::script_at};
use crate::{
    db::entity::script_run,
    error::{Conflict, Error, Object},
    events::Topic,
    scripts::{Part, around, find, runs_of, tail, whole},
};

/// The startup script of one delegate, its runs, and what is asked for of the log of one of them.
///
/// # Errors
/// As for [`Context::find`].
pub async fn of_delegate(cx: &Context, id: DelegateId, query: &LogQuery) -> Result<DelegateScripts, Error> {
    let db = cx.state.db.read();
    let delegate: Delegate = cx.find(db, id, Permission::View).await?;
    let profile = profile_of(db, &delegate.scope, delegate.profile_id).await?;
    let has_script = has_script(db, &delegate, profile.as_ref()).await?;
    let newer = |profile: &Profile| profile.has_script() && profile.script_changed_at > delegate.script_version;
    let newer_saved = profile.as_ref().is_some_and(newer);
    let runs = runs(db, &delegate).await?;
    // A run that is no longer kept means the newest.
    let shown = runs.iter().find(|run| Some(run.id) == query.run).or(runs.first()).map(|run| run.id);
    let part = match (shown, query.line) {
        (Some(run), Some(line)) => around(db, run.0, line, MAX_SHOWN_LOG_BYTES).await?,
        (Some(run), None) => tail(db, run.0, MAX_SHOWN_LOG_BYTES).await?,
        (None, _) => Part::default(),
    };
    let found = match shown {
        Some(run) if !query.find.trim().is_empty() => Some(find(db, run.0, query.find.trim()).await?),
        _ => None,
    };
    let due = has_script && is_due_of(&delegate, &runs);
    let is_cancelled = |run: &ScriptRun| run.end.is_none() && Some(run.id) == delegate.cancelled_run;
    let cancelling = runs.first().is_some_and(is_cancelled);
    let Part { text: log, more, first_line, arrivals } = part;
    let asked_for_line = query.line.is_some();
    Ok(DelegateScripts {
        has_script,
        newer_saved,
        due,
        runs,
        shown,
        log,
        more,
        first_line,
        arrivals,
        asked_for_line,
        found,
        cancelling,
    })
}

async fn runs(db: &impl ConnectionTrait, delegate: &Delegate) -> Result<Vec<ScriptRun>, DbErr> {
    let found = runs_of(delegate).limit(MAX_RUNS).all(db).await?;
    found.into_iter().map(ScriptRun::try_from).collect()
}

/// Whether a delegate that has a script is still to run it as it is now. What was not delivered has not run.
fn is_due_of(delegate: &Delegate, runs: &[ScriptRun]) -> bool {
    let has_run = |run: &ScriptRun| {
        let delivered = run.end.as_ref().is_none_or(|end| end.outcome != Outcome::NotDelivered);
        delivered && run.profile_id == delegate.profile_id && run.version == delegate.script_version
    };
    delegate.admission == Admission::Enabled && !runs.iter().any(has_run)
}

/// Whether a delegate is still to run its script as it is now.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn is_due(cx: &Context, id: DelegateId) -> Result<bool, Error> {
    let db = cx.state.db.read();
    match cx.find::<Delegate>(db, id, Permission::View).await {
        Ok(delegate) => {
            let profile = profile_of(db, &delegate.scope, delegate.profile_id).await?;
            let has_script = has_script(db, &delegate, profile.as_ref()).await?;
            Ok(has_script && is_due_of(&delegate, &runs(db, &delegate).await?))
        }
        Err(Error::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether the script that a delegate of a profile is to have says anything.
async fn has_script(db: &impl ConnectionTrait, delegate: &Delegate, profile: Option<&Profile>) -> Result<bool, Error> {
    let Some(profile) = profile else { return Ok(false) };
    Ok(!script_at(db, profile, delegate.script_version).await?.trim().is_empty())
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
    let mut change = cx.begin(Permission::RunScripts).await?;
    let delegate: Delegate = cx.lock(&change, id, Permission::RunScripts).await?;
    let name = || delegate.facts.name.to_string();
    if delegate.admission != Admission::Enabled {
        return Err(Conflict::NotApproved(Some(name())).into());
    }
    let profile = profile_of(&*change, &delegate.scope, delegate.profile_id).await?.filter(Profile::has_script);
    let profile = profile.ok_or_else(|| Conflict::NoScript(name()))?;
    // The newest script, also where the clock went back since that was saved.
    let after = delegate.run_again(cx.now().max(profile.script_changed_at));
    save(cx, &change, &after, Action::ScriptRequested, Vec::new()).await?;
    change.touches(Topic::Delegates);
    change.touches(Topic::Scripts);
    change.commit().await?;
    Ok(after)
}

/// Asks a delegate to end a run: it is told with its next heartbeat.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::NotFound`] also where there is no such run on this delegate; [`Error::Conflict`] where
/// the run has ended.
pub async fn cancel(cx: &Context, id: DelegateId, run: ScriptRunId) -> Result<Delegate, Error> {
    let mut change = cx.begin(Permission::RunScripts).await?;
    let mut delegate: Delegate = cx.lock(&change, id, Permission::RunScripts).await?;
    let row = script_run::Entity::find_by_id(run.0).one(&*change).await?;
    let row = row.filter(|row| row.delegate_id == delegate.id.0).ok_or(Error::NotFound(Object::ScriptRun))?;
    if row.ended_at.is_some() {
        return Err(Conflict::RunEnded.into());
    }
    delegate.cancelled_run = Some(run);
    let profile = FactChange::fact("profile", row.profile_name.as_str());
    save(cx, &change, &delegate, Action::ScriptCancelled, vec![profile]).await?;
    change.touches(Topic::Delegates);
    change.touches(Topic::Scripts);
    change.commit().await?;
    Ok(delegate)
}
