//! Changing a profile: what a person wrote, and which of its delegates run its script because of that.

use muster::{
    audit::{Action, FactChange},
    delegate::Admission,
    id::{ProfileId, ScriptVersionId},
    page::count_label,
    profile::{Profile, ProfileEdit, ProfileError, ProfileSpec, RunOn},
    script::Difference,
    text::Invalid,
    time::Timestamp,
    user::Permission,
};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    super::{Context, audit::count_of_delegates, page::count},
    admitted, check_name, check_secrets, entry, rollout, taken, versions,
};
use crate::{
    db::{
        Change,
        entity::{delegate, profile},
        lock,
    },
    error::Error,
    events::Topic,
};

/// On how many delegates a script runs without asking a second time.
pub const MAX_UNASKED: u64 = 5;

/// Changes a profile. Of two who change it at once the second is told.
///
/// # Errors
/// As for [`Context::lock`] and [`super::create`]; [`Error::Conflict`] where it has changed since it was seen;
/// [`Error::Invalid`] of the field `confirmed` where the script would run on many delegates, and the person has not said
/// that it may.
pub async fn edit(cx: &Context, id: ProfileId, edit: ProfileEdit) -> Result<(), Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    // Before the profile is locked: its secrets come first.
    let scope = cx.find::<Profile>(&*change, id, Permission::ManageDelegates).await?.scope;
    check_secrets(&change, &scope, Some(id), &edit.spec.startup_script).await?;
    let before: Profile = cx.lock(&change, id, Permission::ManageDelegates).await?;
    save(cx, &mut change, before, edit, None).await?;
    Ok(change.commit().await?)
}

/// Makes an earlier version of a profile's script the newest: a new version with the same text.
///
/// # Errors
/// As for [`edit`]; [`Error::NotFound`] also where there is no such version, or it is not kept any more.
pub async fn restore(cx: &Context, id: ProfileId, version: ScriptVersionId, seen: i32, run: bool) -> Result<(), Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let scope = cx.find::<Profile>(&*change, id, Permission::ManageDelegates).await?.scope;
    let version = versions::find(&*change, id, version).await?;
    check_secrets(&change, &scope, Some(id), &version.script).await?;
    let before: Profile = cx.lock(&change, id, Permission::ManageDelegates).await?;
    let spec = ProfileSpec { startup_script: version.script, ..before.spec.clone() };
    // The dialog says on how many it runs.
    let edit = ProfileEdit { seen, spec, run, confirmed: u64::MAX };
    save(cx, &mut change, before, edit, Some(version.saved_at)).await?;
    Ok(change.commit().await?)
}

async fn save(
    cx: &Context,
    change: &mut Change,
    before: Profile,
    edit: ProfileEdit,
    restored: Option<Timestamp>,
) -> Result<(), Error> {
    let ProfileEdit { seen, spec, run, confirmed } = edit;
    let (id, now) = (before.id, cx.now());
    check_name(&**change, &before.scope, &spec.name, Some(id)).await?;
    let after = before.clone().edit(spec, seen, cx.name(), now)?;
    let is_new = after.script_changed_at != before.script_changed_at;
    let runs = run && (is_new || versions::is_saved_only(&**change, &before).await?);
    if runs && after.has_script() {
        let many = count(&**change, admitted(id)).await?;
        if many > MAX_UNASKED.max(confirmed) {
            return Err(runs_on_many(many));
        }
    }
    let saved = profile::Entity::update_many()
        .set(profile::ActiveModel::from(&after))
        .filter(profile::Column::Id.eq(id.0))
        .filter(profile::Column::Revision.eq(seen))
        .exec(&**change)
        .await
        .map_err(|error| taken(error, &after.spec.name))?;
    if saved.rows_affected == 0 {
        return Err(ProfileError::Changed(before.spec.name).into());
    }
    let asked = hand_out(cx, change, &after, is_new, runs, restored).await?;
    cx.record(change, entry(&after, Action::ProfileEdited, changes(&before, &after, asked, restored))).await?;
    // Delegates show the name and the selectors of their profile.
    change.touches(Topic::Profiles);
    change.touches(Topic::Delegates);
    if is_new || runs {
        change.touches(Topic::Scripts);
        change.touches(Topic::Secrets);
    }
    Ok(())
}

fn runs_on_many(many: u64) -> Error {
    let sentence =
        format!("{} delegates run the script as soon as it is saved. Look at it once more.", count_label(many));
    Error::field("confirmed", Invalid::new(sentence))
}

/// Notes the script's new version, and gives it to those delegates that are to have it. Gives how many run it now; none
/// where it was not to be run.
async fn hand_out(
    cx: &Context,
    change: &Change,
    profile: &Profile,
    is_new: bool,
    runs: bool,
    restored: Option<Timestamp>,
) -> Result<Option<u64>, Error> {
    if is_new {
        versions::add(change, profile, Some(cx.now()).filter(|_| runs), restored).await?;
        let undecided = [Admission::WaitingForApproval, Admission::Rejected].map(Admission::code);
        // Who was not admitted yet has run nothing: once it is, it runs the newest.
        let those = Condition::all().add_option((!runs).then(|| delegate::Column::Admission.is_in(undecided)));
        give(change, profile, those).await?;
    }
    match (runs, is_new) {
        (false, _) => Ok(None),
        (true, true) => Ok(Some(count(&**change, admitted(profile.id)).await?)),
        (true, false) => Ok(Some(rollout::ask(cx, change, profile, RunOn::Earlier).await?)),
    }
}

/// Gives delegates of a profile the newest version of its script. Never back: a delegate that was asked for another run
/// has a version of its own.
async fn give(change: &Change, profile: &Profile, which: Condition) -> Result<(), DbErr> {
    let version = profile.script_changed_at.as_millis();
    let those = which.add(delegate::Column::ProfileId.eq(profile.id.0));
    lock::delegates(change, those.clone()).await?;
    delegate::Entity::update_many()
        .col_expr(delegate::Column::ScriptVersion, Expr::value(version))
        .filter(those)
        .filter(delegate::Column::ScriptVersion.lt(version))
        .exec(&**change)
        .await?;
    Ok(())
}

/// What changed, from what to what, for the record. Scripts and descriptions are too long for it: a script's versions are
/// on the profile's page.
fn changes(before: &Profile, after: &Profile, asked: Option<u64>, restored: Option<Timestamp>) -> Vec<FactChange> {
    let (was, is) = (&before.spec, &after.spec);
    let approval = |spec: &ProfileSpec| spec.approval.label().to_lowercase();
    let pairs = [
        ("name", was.name.to_string(), is.name.to_string()),
        ("selectors", was.selectors.to_string(), is.selectors.to_string()),
        ("approval", approval(was), approval(is)),
    ];
    let changed = pairs.into_iter().filter(|(_, was, is)| was != is);
    let mut facts: Vec<FactChange> = changed.map(|(what, was, is)| FactChange::new(what, was, is)).collect();
    if was.description != is.description {
        facts.push(FactChange::fact("description", "changed"));
    }
    let is_new = was.startup_script != is.startup_script;
    if is_new {
        facts.extend(restored.map(|at| FactChange::fact("restored version", at.to_string())));
        let difference = Difference::between(&was.startup_script, &is.startup_script).label();
        facts.push(FactChange::fact("script", format!("{difference} lines")));
    }
    match asked {
        Some(asked) => facts.push(FactChange::fact("run on", count_of_delegates(asked))),
        None if is_new => facts.push(FactChange::fact("run on", "none: saved without running")),
        None => {}
    }
    facts
}
