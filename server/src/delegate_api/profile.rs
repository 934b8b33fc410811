//! The profile that a delegate applies. Who is not approved gets no script and no secret.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header::CACHE_CONTROL},
};
use muster::{
    delegate::Delegate,
    profile::Profile,
    text::Invalid,
    wire::{
        envelope::{Envelope, Refusal},
        profile::{ProfileParams, ProfileQuery},
    },
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    AccountQuery, ApiError, Query,
    authenticate::{authenticate, ensure_active},
    caller::{Caller, Presented, own_process},
    script::lock_own,
};
use crate::{
    db::entity::{Scoped, delegate, profile, token},
    error::Error,
    events::Topic,
    scripts::not_delivered,
    secrets::expand,
    state,
};

/// Secrets stand in the answer.
const NO_STORE: [(HeaderName, HeaderValue); 1] = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];

pub async fn profile(
    State(state): State<state::State>,
    Path(id): Path<String>,
    Query(query): Query<AccountQuery>,
    Query(has): Query<ProfileQuery>,
    presented: Presented,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Envelope<ProfileParams>>), ApiError> {
    let id = id.parse().ok();
    let caller = authenticate(&state, &presented, &query.account_id, id).await.map_err(Error::from)?;
    let now = state.clock.now();
    let mut found = own_process(&state, &caller, id).await?;
    loop {
        let due = found.filter(|delegate| delegate.may_run_scripts(now) && !has.is_current(delegate));
        let Some(delegate) = due else { return Ok((NO_STORE, Json(Envelope::new(None)))) };
        let params = params(&state, &delegate).await?;
        // Looked at again once everything is put together: what is handed out is of one version, and the delegate is
        // still to have it.
        let after = again(&state, &caller, &delegate).await?;
        let applies = |delegate: &Delegate| (delegate.profile_id, delegate.script_version);
        if after.as_ref().map(applies) != Some(applies(&delegate)) {
            found = after;
            continue;
        }
        return match params {
            Ok(params) => {
                spend_proof(&state, &caller, &delegate).await?;
                Ok((NO_STORE, Json(Envelope::new(params))))
            }
            Err(why) => Err(refuse(&state, &caller, &delegate, why).await?.into()),
        };
    }
}

/// The delegate as it is now, where it may still run scripts as the process that it was, and its token was not revoked
/// since the request began.
async fn again(state: &state::State, caller: &Caller, was: &Delegate) -> Result<Option<Delegate>, Error> {
    let db = state.db.read();
    let good = token::Entity::find_by_id(caller.token.id.0).filter(token::Column::RevokedAt.is_null());
    good.one(db).await?.ok_or(Refusal::RevokedToken)?;
    let row = delegate::Entity::find_by_id(was.id.0).filter(delegate::Entity::within(&was.scope)).one(db).await?;
    let is_same = |delegate: &Delegate| {
        let of = |delegate: &Delegate| (delegate.key, delegate.instance.clone(), delegate.token_id);
        of(delegate) == of(was) && delegate.may_run_scripts(state.clock.now())
    };
    Ok(row.map(Delegate::try_from).transpose()?.filter(is_same))
}

/// Takes the proof that a script is handed out for, once for all managers and for good: whoever recorded the call cannot
/// have its answer again.
async fn spend_proof(state: &state::State, caller: &Caller, delegate: &Delegate) -> Result<(), Error> {
    let Some(proof) = &caller.proof else { return Ok(()) };
    let counter = i64::try_from(proof.claims.ctr).unwrap_or(i64::MAX);
    let change = state.db.write().await?;
    let column = delegate::Column::ProofCounter;
    let spent = delegate::Entity::update_many()
        .col_expr(column, Expr::value(counter))
        .filter(delegate::Column::Id.eq(delegate.id.0))
        .filter(Condition::any().add(column.is_null()).add(column.lt(counter)))
        .exec(&*change)
        .await?;
    if spent.rows_affected == 0 {
        return Err(Error::Replayed);
    }
    Ok(change.commit().await?)
}

/// A delegate's profile.
///
/// # Errors
/// Where the database is out of reach.
pub async fn load(db: &impl ConnectionTrait, delegate: &Delegate) -> Result<Option<Profile>, Error> {
    let row = profile::Entity::find_by_id(delegate.profile_id.0).filter(profile::Entity::within(&delegate.scope));
    Ok(row.one(db).await?.map(Profile::try_from).transpose()?)
}

/// What a delegate is to apply, or why it cannot be handed out.
async fn params(state: &state::State, delegate: &Delegate) -> Result<Result<Option<ProfileParams>, Invalid>, Error> {
    let Some(profile) = load(state.db.read(), delegate).await? else { return Ok(Ok(None)) };
    let script = expand(state, &delegate.scope, &profile.spec.startup_script).await?;
    Ok(script.map(|script_content| {
        Some(ProfileParams {
            name: profile.spec.name.to_string(),
            profile_id: profile.id.to_string(),
            profile_last_updated_at: delegate.script_version,
            script_content,
        })
    }))
}

/// Notes that a script was not handed out, and says why.
async fn refuse(state: &state::State, caller: &Caller, delegate: &Delegate, why: Invalid) -> Result<Error, Error> {
    let mut change = state.db.write().await?;
    ensure_active(&change, caller.token.id).await?;
    let delegate = lock_own(&change, caller, Some(delegate.id)).await?;
    if not_delivered(&change, &delegate, &why, state.clock.now()).await? {
        change.touches(Topic::Scripts);
        change.touches(Topic::Delegates);
        change.commit().await?;
    }
    Ok(Error::Conflict(format!("The startup script was not delivered. {why}")))
}
