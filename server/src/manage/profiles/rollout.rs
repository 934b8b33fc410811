//! How far the delegates of a profile are with its script, and another run on them.

use std::collections::HashMap;

use muster::{
    audit::{Action, FactChange},
    delegate::{Admission, Delegate},
    id::{DelegateId, ProfileId},
    page::{Cursor, MAX_COUNT, PAGE_SIZE, Page},
    profile::{Profile, ProfileDelegate, Progress, Rollout, RunOn},
    scope::Scope,
    script::ScriptRun,
    user::Permission,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryResult, Statement,
    Value,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{
    super::{Context, audit::count_of_delegates, page::page},
    entry, users, versions,
};
use crate::{
    db::{
        Change,
        entity::{Scoped as _, delegate, profile, script_run},
        lock,
    },
    error::{Conflict, Error},
    events::Topic,
};

/// Each of a profile's admitted delegates with how far it is: `$1` is the profile, `$2` the time of its newest script,
/// `$3` how many are looked at, the newest first. In the order of [`Progress::ALL`]; the same as [`Progress::of`].
const PROGRESS: &str = "SELECT d.id AS id, CASE WHEN d.script_version < $2 THEN 4 WHEN r.id IS NULL THEN 3 \
                        WHEN r.ended_at IS NULL THEN 2 WHEN r.outcome = 'EXITED' AND r.exit_code = 0 THEN 0 ELSE 1 END \
                        AS progress FROM (SELECT id, script_version FROM delegate \
                        WHERE profile_id = $1 AND admission = 'ENABLED' ORDER BY id DESC LIMIT $3) d \
                        LEFT JOIN script_run r ON r.id = (SELECT q.id FROM script_run q WHERE q.delegate_id = d.id \
                        AND q.profile_id = $1 AND q.version = d.script_version \
                        ORDER BY q.started_at DESC, q.id DESC LIMIT 1)";

/// Runs a statement about [`PROGRESS`], with `more` values behind its own.
async fn about_progress(
    db: &impl ConnectionTrait,
    profile: &Profile,
    statement: (&str, &str),
    more: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, DbErr> {
    let (before, after) = statement;
    let sql = format!("{before} FROM ({PROGRESS}) AS p {after}");
    let most = i64::try_from(MAX_COUNT + 1).unwrap_or(i64::MAX);
    let own = [profile.id.0.into(), profile.script_changed_at.as_millis().into(), most.into()];
    db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, own.into_iter().chain(more))).await
}

fn number(progress: Progress) -> i32 {
    let place = Progress::ALL.iter().position(|one| *one == progress);
    place.and_then(|place| i32::try_from(place).ok()).unwrap_or_default()
}

/// How many delegates of a profile are how far with its script.
///
/// # Errors
/// As for [`Context::find`].
pub async fn rollout(cx: &Context, id: ProfileId) -> Result<Rollout, Error> {
    let db = cx.state.db.read();
    let profile: Profile = cx.find(db, id, Permission::View).await?;
    Ok(counts(db, &profile).await?)
}

async fn counts(db: &impl ConnectionTrait, profile: &Profile) -> Result<Rollout, DbErr> {
    let rows = about_progress(db, profile, ("SELECT p.progress, count(*)", "GROUP BY p.progress"), []).await?;
    let mut counts = Vec::new();
    for row in rows {
        let (progress, count): (i32, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let progress = usize::try_from(progress).ok().and_then(|place| Progress::ALL.get(place));
        counts.extend(progress.map(|progress| (*progress, u64::try_from(count).unwrap_or(0))));
    }
    counts.sort_unstable();
    let delegates = counts.iter().map(|(_, count)| count).sum();
    Ok(Rollout { delegates, at_least: delegates > MAX_COUNT, counts })
}

/// The ids of the delegates that are this far, the newest first, on a page of them.
async fn ids_of(
    db: &impl ConnectionTrait,
    profile: &Profile,
    progress: Progress,
    cursor: &Cursor,
) -> Result<Vec<Uuid>, DbErr> {
    let most = i64::from(PAGE_SIZE) + 1;
    let of = |mark: &muster::page::Mark| mark.id();
    let (sql, row) = match cursor {
        Cursor::After(mark) => ("WHERE p.progress = $4 AND p.id < $6 ORDER BY p.id DESC LIMIT $5", of(mark)),
        Cursor::Before(mark) => ("WHERE p.progress = $4 AND p.id > $6 ORDER BY p.id ASC LIMIT $5", of(mark)),
        Cursor::First => ("WHERE p.progress = $4 ORDER BY p.id DESC LIMIT $5", None),
    };
    let sql = if row.is_none() { "WHERE p.progress = $4 ORDER BY p.id DESC LIMIT $5" } else { sql };
    let values = [Value::from(number(progress)), most.into()].into_iter().chain(row.map(Value::from));
    let rows = about_progress(db, profile, ("SELECT p.id", sql), values).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// One page of a profile's delegates: all, or those that are this far with its script.
///
/// # Errors
/// As for [`Context::find`].
pub async fn delegates(
    cx: &Context,
    id: ProfileId,
    progress: Option<Progress>,
    cursor: Cursor,
) -> Result<Page<ProfileDelegate>, Error> {
    let db = cx.state.db.read();
    let profile: Profile = cx.find(db, id, Permission::View).await?;
    let (found, rest) = match progress {
        None => page(db, users(id), delegate::Column::Id, |row| row.id, &cursor).await?,
        Some(progress) => {
            let total = counts(db, &profile).await?.count(progress);
            let cursor = if matches!(&cursor, Cursor::After(mark) | Cursor::Before(mark) if mark.id().is_none()) {
                Cursor::First
            } else {
                cursor
            };
            let ids = Page::cut(ids_of(db, &profile, progress, &cursor).await?, &cursor, total, |id| (*id).into());
            let (ids, rest) = ids.split();
            let rows = delegate::Entity::find().filter(delegate::Column::Id.is_in(ids));
            let rows = rows.order_by_desc(delegate::Column::Id).all(db).await?;
            (rows, rest.with(Vec::new()))
        }
    };
    let delegates = found.into_iter().map(Delegate::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(rest.with(shown(db, &profile, delegates).await?))
}

/// Delegates with their newest runs of the profile's script.
async fn shown(
    db: &impl ConnectionTrait,
    profile: &Profile,
    delegates: Vec<Delegate>,
) -> Result<Vec<ProfileDelegate>, Error> {
    let runs = script_run::Entity::find()
        .filter(script_run::Column::DelegateId.is_in(delegates.iter().map(|delegate| delegate.id.0)))
        .filter(script_run::Column::ProfileId.eq(profile.id.0))
        .order_by_asc(script_run::Column::StartedAt)
        .order_by_asc(script_run::Column::Id);
    let mut newest: HashMap<DelegateId, ScriptRun> = HashMap::new();
    for row in runs.all(db).await? {
        let run = ScriptRun::try_from(row)?;
        newest.insert(run.delegate_id, run);
    }
    let shown = |delegate: Delegate| {
        let run = newest.remove(&delegate.id);
        let progress = Progress::of(profile.script_changed_at, delegate.script_version, run.as_ref());
        ProfileDelegate {
            id: delegate.id,
            status: delegate.status(),
            progress: Some(progress).filter(|_| profile.has_script() && delegate.admission == Admission::Enabled),
            run,
            name: delegate.facts.name.into(),
            host_name: delegate.facts.host_name.into(),
        }
    };
    Ok(delegates.into_iter().map(shown).collect())
}

/// Asks delegates of a profile to run its newest script. Gives how many.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Conflict`] where the profile has no script.
pub async fn run_on(cx: &Context, id: ProfileId, which: RunOn) -> Result<u64, Error> {
    let mut change = cx.begin(Permission::RunScripts).await?;
    let profile: Profile = cx.lock(&change, id, Permission::RunScripts).await?;
    if !profile.has_script() {
        return Err(Conflict::ProfileWithoutScript(profile.spec.name.into()).into());
    }
    let count = ask(cx, &change, &profile, which).await?;
    if count == 0 {
        return Ok(0);
    }
    let on = match which {
        RunOn::Failed => format!("{} where it failed", count_of_delegates(count)),
        RunOn::All | RunOn::Earlier => count_of_delegates(count),
    };
    cx.record(&change, entry(&profile, Action::ScriptRequested, vec![FactChange::fact("run on", on)])).await?;
    change.touches(Topic::Profiles);
    change.touches(Topic::Delegates);
    change.touches(Topic::Scripts);
    change.commit().await?;
    Ok(count)
}

/// Gives delegates of a profile, which is locked, a version of its newest script that they have not run.
pub(crate) async fn ask(cx: &Context, change: &Change, profile: &Profile, which: RunOn) -> Result<u64, Error> {
    let progress = match which {
        RunOn::All => None,
        RunOn::Failed => Some(Progress::Failed),
        RunOn::Earlier => Some(Progress::Earlier),
    };
    let mut those = Condition::all()
        .add(delegate::Column::ProfileId.eq(profile.id.0))
        .add(delegate::Column::Admission.eq(Admission::Enabled.code()));
    if let Some(progress) = progress {
        let sql = ("SELECT p.id", "WHERE p.progress = $4");
        let rows = about_progress(&**change, profile, sql, [number(progress).into()]).await?;
        let ids = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<Uuid>, _>>()?;
        those = those.add(delegate::Column::Id.is_in(ids));
    }
    let ids = lock::delegates(change, those.clone()).await?;
    advance(cx, change, profile, those).await?;
    if which != RunOn::Failed {
        versions::note_run(change, profile, cx.now()).await?;
    }
    Ok(u64::try_from(ids.len()).unwrap_or(u64::MAX))
}

/// Gives delegates, which are locked, a version of a profile's newest script that is later than what any of them was
/// asked for, so that each runs it.
async fn advance(cx: &Context, change: &Change, profile: &Profile, those: Condition) -> Result<(), DbErr> {
    let newest = cx.now().max(profile.script_changed_at).as_millis();
    let column = delegate::Column::ScriptVersion;
    for (version, which) in [(Expr::col(column).add(1), column.gte(newest)), (Expr::value(newest), column.lt(newest))] {
        delegate::Entity::update_many()
            .col_expr(column, version)
            .filter(those.clone())
            .filter(which)
            .exec(&**change)
            .await?;
    }
    Ok(())
}

/// Asks the admitted delegates of several profiles to run their newest scripts, as a part of a change that holds none of
/// either yet. Gives how many.
///
/// # Errors
/// Where the database is out of reach.
pub async fn run_on_all(
    cx: &Context,
    change: &Change,
    profiles: impl Iterator<Item = ProfileId>,
) -> Result<u64, Error> {
    let which = Condition::all()
        .add(profile::Entity::under(&Scope::account(cx.state.account)))
        .add(profile::Column::Id.is_in(profiles.map(|id| id.0)));
    let mut held = Vec::new();
    for row in lock::profiles(change, which).await? {
        let profile = Profile::try_from(row)?;
        cx.authorize(Permission::ManageDelegates, &profile.scope)?;
        held.push(profile);
    }
    let of = |ids: Vec<Uuid>| {
        Condition::all()
            .add(delegate::Column::ProfileId.is_in(ids))
            .add(delegate::Column::Admission.eq(Admission::Enabled.code()))
    };
    // All at once, so that they are locked in their order.
    let ids = lock::delegates(change, of(held.iter().map(|profile| profile.id.0).collect())).await?;
    for profile in &held {
        advance(cx, change, profile, of(vec![profile.id.0])).await?;
        versions::note_run(change, profile, cx.now()).await?;
    }
    Ok(u64::try_from(ids.len()).unwrap_or(u64::MAX))
}
