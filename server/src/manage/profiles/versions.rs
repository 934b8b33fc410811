//! Versions of startup scripts: each save of another script is one.

use muster::{
    id::{ProfileId, ScriptVersionId},
    page::{Cursor, Page},
    profile::{ChangeSince, MAX_VERSIONS, Profile, ScriptVersion, VersionDetail, VersionRow},
    script::Difference,
    time::Timestamp,
    user::Permission,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::Expr,
};
use uuid::Uuid;

use super::{
    super::page::{count, page},
    admitted,
};
use crate::{
    db::{Change, entity::script_version},
    error::{Error, Object},
    manage::Context,
    random,
};

fn versions_of(profile: ProfileId) -> Select<script_version::Entity> {
    script_version::Entity::find().filter(script_version::Column::ProfileId.eq(profile.0))
}

/// The newest version under a condition.
async fn newest(
    db: &impl ConnectionTrait,
    profile: ProfileId,
    which: impl Into<Option<Expr>>,
) -> Result<Option<ScriptVersion>, DbErr> {
    let mut query = versions_of(profile).order_by_desc(script_version::Column::SavedAt);
    if let Some(which) = which.into() {
        query = query.filter(which);
    }
    Ok(query.one(db).await?.map(ScriptVersion::from))
}

/// The script as it stood when a delegate was asked to run it: the newest version that was saved by then. Where that is
/// not kept any more, the oldest that is.
///
/// # Errors
/// Where the database is out of reach.
pub async fn script_at(db: &impl ConnectionTrait, profile: &Profile, asked: Timestamp) -> Result<String, DbErr> {
    if profile.script_changed_at <= asked {
        return Ok(profile.spec.startup_script.clone());
    }
    let by_then = newest(db, profile.id, script_version::Column::SavedAt.lte(asked.as_millis())).await?;
    let version = match by_then {
        Some(version) => Some(version),
        None => {
            let oldest = versions_of(profile.id).order_by_asc(script_version::Column::SavedAt).one(db).await?;
            oldest.map(ScriptVersion::from)
        }
    };
    Ok(version.map(|version| version.script).unwrap_or_default())
}

/// Notes the script of a profile as its newest version, and drops the oldest where there are too many.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn add(
    change: &Change,
    profile: &Profile,
    run_at: Option<Timestamp>,
    restored: Option<Timestamp>,
) -> Result<(), DbErr> {
    let id = ScriptVersionId::new(profile.script_changed_at, &random::bytes());
    script_version::ActiveModel::of(id, profile, run_at, restored).insert(&**change).await?;
    let outdated: Vec<Uuid> = versions_of(profile.id)
        .select_only()
        .column(script_version::Column::Id)
        .order_by_desc(script_version::Column::SavedAt)
        .offset(MAX_VERSIONS)
        // SQLite knows no offset without a limit.
        .limit(MAX_VERSIONS)
        .into_tuple()
        .all(&**change)
        .await?;
    if !outdated.is_empty() {
        script_version::Entity::delete_many()
            .filter(script_version::Column::Id.is_in(outdated))
            .exec(&**change)
            .await?;
    }
    Ok(())
}

/// Notes that all delegates of a profile were asked to run its newest script.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn note_run(change: &Change, profile: &Profile, now: Timestamp) -> Result<(), DbErr> {
    script_version::Entity::update_many()
        .col_expr(script_version::Column::RunAt, Expr::value(now.as_millis()))
        .filter(script_version::Column::ProfileId.eq(profile.id.0))
        .filter(script_version::Column::SavedAt.eq(profile.script_changed_at.as_millis()))
        .exec(&**change)
        .await?;
    Ok(())
}

/// Whether the newest script of a profile was saved without running it, and not run on all of its delegates since.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn is_saved_only(db: &impl ConnectionTrait, profile: &Profile) -> Result<bool, DbErr> {
    Ok(newest(db, profile.id, None).await?.is_some_and(|version| version.run_at.is_none()))
}

/// One page of the versions of a profile's script, the newest first.
///
/// # Errors
/// As for [`Context::find`].
pub async fn list(cx: &Context, id: ProfileId, cursor: Cursor) -> Result<Page<VersionRow>, Error> {
    let db = cx.state.db.read();
    let profile: Profile = cx.find(db, id, Permission::View).await?;
    let column = script_version::Column::Id;
    let (found, rest) = page(db, versions_of(id), column, |row| row.id, &cursor).await?;
    let found: Vec<ScriptVersion> = found.into_iter().map(ScriptVersion::from).collect();
    // The oldest of the page differs from the first of the next one.
    let below = match found.last() {
        Some(last) => before(db, last).await?,
        None => None,
    };
    let befores = found.iter().skip(1).chain(&below).map(Some).chain([None]);
    let rows = found.iter().zip(befores).map(|(version, before)| row(&profile, version, before)).collect();
    Ok(rest.with(rows))
}

fn row(profile: &Profile, version: &ScriptVersion, before: Option<&ScriptVersion>) -> VersionRow {
    let differs = before.map(|before| Difference::between(&before.script, &version.script).label());
    VersionRow {
        id: version.id,
        saved_at: version.saved_at,
        saved_by: version.saved_by.clone(),
        lines: version.lines(),
        differs: differs.unwrap_or_default(),
        secrets: version.secrets(),
        run_at: version.run_at,
        restored: version.restored,
        current: version.saved_at == profile.script_changed_at,
    }
}

/// The version before another.
async fn before(db: &impl ConnectionTrait, version: &ScriptVersion) -> Result<Option<ScriptVersion>, DbErr> {
    let earlier = script_version::Column::SavedAt.lt(version.saved_at.as_millis());
    newest(db, version.profile_id, earlier).await
}

/// One version of a profile's script.
///
/// # Errors
/// [`Error::NotFound`] where the profile has no such version, or it is not kept any more; or where the database is out
/// of reach.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    profile: ProfileId,
    id: ScriptVersionId,
) -> Result<ScriptVersion, Error> {
    let row = versions_of(profile).filter(script_version::Column::Id.eq(id.0)).one(db).await?;
    row.map(ScriptVersion::from).ok_or(Error::NotFound(Object::ScriptVersion))
}

/// One version of a profile's script, beside another: the one that is asked for, or else the one before it.
///
/// # Errors
/// As for [`Context::find`]; [`Error::NotFound`] also where there is no such version, or it is not kept any more.
pub async fn get(
    cx: &Context,
    id: ProfileId,
    version: ScriptVersionId,
    against: Option<ScriptVersionId>,
) -> Result<VersionDetail, Error> {
    let db = cx.state.db.read();
    let profile: Profile = cx.find(db, id, Permission::View).await?;
    let version = find(db, id, version).await?;
    let against = match against.filter(|against| *against != version.id) {
        Some(against) => Some(find(db, id, against).await?),
        None => before(db, &version).await?,
    };
    let others: Vec<(Uuid, i64)> = versions_of(id)
        .select_only()
        .columns([script_version::Column::Id, script_version::Column::SavedAt])
        .filter(script_version::Column::Id.ne(version.id.0))
        .order_by_desc(script_version::Column::SavedAt)
        .into_tuple()
        .all(db)
        .await?;
    let others = others.into_iter().map(|(id, at)| (ScriptVersionId(id), Timestamp::from_millis(at))).collect();
    let admitted = count(db, admitted(id)).await?;
    let current = version.saved_at == profile.script_changed_at;
    Ok(VersionDetail { profile, admitted, version, against, others, current })
}

/// What happened to a profile since somebody saw a revision of it; nothing where it did not change.
///
/// # Errors
/// As for [`Context::find`].
pub async fn change_since(cx: &Context, id: ProfileId, seen: i32) -> Result<Option<ChangeSince>, Error> {
    let db = cx.state.db.read();
    let profile: Profile = cx.find(db, id, Permission::View).await?;
    if profile.revision == seen {
        return Ok(None);
    }
    let before = newest(db, id, script_version::Column::Revision.lte(seen)).await?;
    Ok(Some(ChangeSince {
        by: profile.updated_by,
        at: profile.updated_at,
        script_before: before.map(|version| version.script),
    }))
}
