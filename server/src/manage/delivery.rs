//! What a delegate is to apply: its profile, and the startup script with the values of its secrets. Who is not approved
//! gets neither.

use std::sync::Arc;

use muster::{
    delegate::{Delegate, Standing},
    id::{DelegateId, ProfileId, SecretId},
    profile::Profile,
    scope::Scope,
    text::Invalid,
    time::Timestamp,
    wire::{envelope::Refusal, profile::ProfileQuery},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    identity::{ensure_active, lock_approved, own_process},
    profiles::script_at,
    secrets::note_handed_out,
};
use crate::{
    caller::Caller,
    db::{
        Change,
        entity::{Scoped, delegate, profile, token},
    },
    error::{Conflict, Error},
    events::Topic,
    scripts::not_delivered,
    secret_values::{Expanded, expand},
    state::State,
};

/// What a delegate is to apply. It holds secrets.
pub struct Delivery {
    /// The profile.
    pub profile: Profile,
    /// The version of the script; see [`Delegate::script_version`].
    pub version: Timestamp,
    /// The script, with the values of its secrets.
    pub script: String,
    /// The secrets whose values it holds.
    secrets: Vec<SecretId>,
}

/// What the caller's own delegate is to apply; nothing where it may not run scripts, or has it already.
///
/// # Errors
/// [`Error::Conflict`] where the script cannot be put together; [`Error::Refused`] where the token was revoked meanwhile;
/// [`Error::Replayed`]; or where the database is out of reach.
pub async fn deliver(
    state: &State,
    caller: &Caller,
    id: Option<DelegateId>,
    has: &ProfileQuery,
) -> Result<Option<Delivery>, Error> {
    let now = state.clock.now();
    let mut found = own_process(state, caller, id).await?;
    loop {
        let due = found.filter(|delegate| delegate.may_run_scripts(now) && !has.is_current(delegate));
        let Some(delegate) = due else { return Ok(None) };
        let prepared = prepare(state, &delegate).await?;
        // Looked at again once everything is put together: what is handed out is of one version, and the delegate is
        // still to have it.
        let after = again(state, caller, &delegate).await?;
        let applies = |delegate: &Standing| (delegate.profile_id, delegate.script_version);
        if after.as_deref().map(applies) != Some(applies(&delegate)) {
            found = after;
            continue;
        }
        return match prepared {
            Ok(delivery) => {
                hand_out(state, caller, &delegate, delivery.as_ref()).await?;
                Ok(delivery)
            }
            Err(why) => {
                note_not_delivered(state, caller, &delegate, &why).await?;
                Err(Conflict::NotDelivered(why).into())
            }
        };
    }
}

/// The delegate as it is now, where it may still run scripts as the process that it was, and its token was not revoked
/// since the request began.
async fn again(state: &State, caller: &Caller, was: &Standing) -> Result<Option<Arc<Standing>>, Error> {
    let db = state.db.read();
    let good = token::Entity::find_by_id(caller.token.id.0).filter(token::Column::RevokedAt.is_null());
    good.one(db).await?.ok_or(Refusal::RevokedToken)?;
    let row = delegate::Entity::find_by_id(was.id.0).filter(delegate::Entity::under(&was.scope)).one(db).await?;
    let is_same = |delegate: &Standing| {
        let of = |delegate: &Standing| (delegate.key, delegate.instance.clone(), delegate.token_id);
        of(delegate) == of(was) && delegate.may_run_scripts(state.clock.now())
    };
    let delegate = row.map(Delegate::try_from).transpose()?.as_ref().map(Standing::from);
    Ok(delegate.filter(is_same).map(Arc::new))
}

/// Notes what is handed out: takes the proof, and writes down which secrets the delegate gets.
async fn hand_out(
    state: &State,
    caller: &Caller,
    delegate: &Standing,
    delivery: Option<&Delivery>,
) -> Result<(), Error> {
    let secrets = delivery.map(|delivery| delivery.secrets.as_slice()).unwrap_or_default();
    if caller.proof.is_none() && secrets.is_empty() {
        return Ok(());
    }
    let mut change = state.db.write().await?;
    spend_proof(&change, caller, delegate).await?;
    if !secrets.is_empty() {
        note_handed_out(&change, delegate, secrets, state.clock.now()).await?;
        change.touches(Topic::Secrets);
    }
    Ok(change.commit().await?)
}

/// Takes the proof that a script is handed out for, once for all managers and for good: whoever recorded the call cannot
/// have its answer again.
async fn spend_proof(change: &Change, caller: &Caller, delegate: &Standing) -> Result<(), Error> {
    let Some(proof) = &caller.proof else { return Ok(()) };
    let counter = i64::try_from(proof.claims.ctr).unwrap_or(i64::MAX);
    let column = delegate::Column::ProofCounter;
    let spent = delegate::Entity::update_many()
        .col_expr(column, Expr::value(counter))
        .filter(delegate::Column::Id.eq(delegate.id.0))
        .filter(Condition::any().add(column.is_null()).add(column.lt(counter)))
        .exec(&**change)
        .await?;
    if spent.rows_affected == 0 { Err(Error::Replayed) } else { Ok(()) }
}

/// The profile of a delegate in a scope.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn profile_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    profile: ProfileId,
) -> Result<Option<Profile>, DbErr> {
    let row = profile::Entity::find_by_id(profile.0).filter(profile::Entity::visible_from(scope));
    row.one(db).await?.map(Profile::try_from).transpose()
}

/// What a delegate is to apply, or why it cannot be handed out.
async fn prepare(state: &State, delegate: &Standing) -> Result<Result<Option<Delivery>, Invalid>, Error> {
    let Some(profile) = profile_of(state.db.read(), &delegate.scope, delegate.profile_id).await? else {
        return Ok(Ok(None));
    };
    let script = script_at(state.db.read(), &profile, delegate.script_version).await?;
    let expanded = expand(state, &profile.scope, profile.id, &script).await?;
    Ok(expanded.map(|Expanded { script, secrets }| {
        Some(Delivery { profile, version: delegate.script_version, script, secrets })
    }))
}

/// Notes that a script was not handed out, and why.
async fn note_not_delivered(state: &State, caller: &Caller, delegate: &Standing, why: &Invalid) -> Result<(), Error> {
    let mut change = state.db.write().await?;
    ensure_active(&change, caller.token.id).await?;
    let delegate = lock_approved(&change, caller, delegate.id).await?;
    if not_delivered(&change, &delegate, why, state.clock.now()).await? {
        change.touches(Topic::Scripts);
        change.touches(Topic::Delegates);
        change.commit().await?;
    }
    Ok(())
}
