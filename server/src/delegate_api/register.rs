//! Registration.

use std::net::SocketAddr;

use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::HeaderMap,
};
use muster::{
    audit::{Action, Actor, Origin},
    delegate::{Admission, Delegate, Facts, silent_after},
    id::{DelegateId, ProfileId},
    profile::{Profile, ProfileName},
    text::Invalid,
    time::Timestamp,
    token::Token,
    wire::{
        envelope::Envelope,
        register::{RegisterReply, RegisterRequest, SELF_DESTRUCT},
    },
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
};

use super::{
    AccountQuery, ApiError, Body, Query,
    authenticate::{authenticate, still_good},
    parse,
};
use crate::{
    chance,
    console::{primary, rotation_step},
    db::{
        Change,
        audit::{self, Entry},
        entity::{Scoped, delegate, profile},
    },
    error::{Error, is_taken},
    events::Topic,
    presence, state,
};

/// How many delegates of one token may wait for approval at once, so that a leaked token cannot fill the database.
const PENDING_MOST: u64 = 1000;

pub async fn register(
    State(state): State<state::State>,
    Query(query): Query<AccountQuery>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Json<Envelope<RegisterReply>>, ApiError> {
    let request = parse::<RegisterRequest>(&body);
    let hint = request.as_ref().ok().and_then(|request| request.delegate_id.parse().ok());
    let token = authenticate(&state, &headers, &query.account_id, hint).await.map_err(Error::from)?;
    let request = request?;
    let facts = request.facts(&peer.ip().to_string()).map_err(|error| Error::field("body", error))?;
    state.presence.used(token.id, state.clock.now(), facts.name.as_str());
    let delegate = loop {
        match admit(&state, &token, &request, facts.clone(), peer).await {
            // The same delegate registered twice at once, at two managers: the second time it is known.
            Err(Error::Database(error)) if is_taken(&error) => {}
            other => break other?,
        }
    };
    let rejected = delegate.admission == Admission::Rejected;
    let reply = RegisterReply {
        delegate_id: if rejected { String::new() } else { delegate.id.to_string() },
        action: rejected.then(|| SELF_DESTRUCT.to_owned()),
        ..RegisterReply::default()
    };
    Ok(Json(Envelope::new(Some(reply))))
}

/// Finds the delegate, or takes it in as a new one.
async fn admit(
    state: &state::State,
    token: &Token,
    request: &RegisterRequest,
    facts: Facts,
    peer: SocketAddr,
) -> Result<Delegate, Error> {
    let now = state.clock.now();
    let mut change = state.db.write().await?;
    still_good(&change, token).await?;
    let known = known(&change, token, request, &facts).await?;
    let origin = |id| {
        let actor = Actor::Delegate { id: Some(id), name: facts.name.to_string() };
        Origin { actor, address: Some(peer.ip()) }
    };
    let (after, action) = match known {
        Some(before) if before.admission == Admission::Rejected => return Ok(before),
        Some(before) => {
            let after = before.clone().register_again(facts.clone(), token.id, now);
            let row = delegate::ActiveModel::from(&after);
            delegate::Entity::update(row).exec(&*change).await.map_err(|error| taken(error, &facts))?;
            if before.token_id != token.id {
                rotation_step(&change, before.token_id, now).await?;
            }
            if before.connected_until.is_none() {
                presence::connect(&change, &after, now).await?;
            }
            let changed = after.revision != before.revision;
            (after, changed.then_some(Action::DelegateChanged))
        }
        None => {
            let after = take_in(state, &change, token, request, facts.clone(), now).await?;
            (after, Some(Action::DelegateRegistered))
        }
    };
    if let Some(action) = action {
        let entry = Entry {
            scope: &after.scope,
            action,
            object: Some(after.id.0),
            name: after.facts.name.as_str(),
            detail: format!("host {}, token {}", after.facts.host_name, token.name),
        };
        audit::record(&*change, &origin(after.id), now, entry).await?;
    }
    change.touches(Topic::Delegates);
    change.touches(Topic::Tokens);
    change.commit().await?;
    Ok(after)
}

/// A delegate that is known by its id may give itself a name that another one of its host has.
fn taken(error: sea_orm::DbErr, facts: &Facts) -> Error {
    if is_taken(&error) {
        let (name, host) = (&facts.name, &facts.host_name);
        let sentence = format!("delegateName: there is another delegate {name} on host {host}.");
        return Error::field("body", Invalid::new(sentence));
    }
    error.into()
}

/// The delegate that registers again: by its id where that is its own, else by host and name. A token is good for
/// delegates of its own scope alone.
async fn known(
    db: &Change,
    token: &Token,
    request: &RegisterRequest,
    facts: &Facts,
) -> Result<Option<Delegate>, Error> {
    let here = || {
        delegate::Entity::find()
            .filter(delegate::Entity::within(&token.scope))
            .filter(delegate::Column::HostName.eq(facts.host_name.as_str()))
            // Held, so that a decision beside this is not undone.
            .lock_exclusive()
    };
    if let Ok(id) = request.delegate_id.parse::<DelegateId>()
        && let Some(row) = here().filter(delegate::Column::Id.eq(id.0)).one(&**db).await?
    {
        return Ok(Some(row.try_into()?));
    }
    let row = here().filter(delegate::Column::Name.eq(facts.name.as_str())).one(&**db).await?;
    Ok(row.map(Delegate::try_from).transpose()?)
}

async fn take_in(
    state: &state::State,
    change: &Change,
    token: &Token,
    request: &RegisterRequest,
    facts: Facts,
    now: Timestamp,
) -> Result<Delegate, Error> {
    state.limits.registration(token.id)?;
    let profile = profile_for(&**change, token, &request.delegate_profile_id).await?;
    let admission = Admission::of_new(&profile);
    if admission == Admission::WaitingForApproval {
        let waiting = Condition::all()
            .add(delegate::Column::TokenId.eq(token.id.0))
            .add(delegate::Column::Admission.eq(Admission::WaitingForApproval.code()));
        if delegate::Entity::find().filter(waiting).count(&**change).await? >= PENDING_MOST {
            tracing::warn!(token = token.name.as_str(), "too many delegates of one token wait for approval");
            return Err(Error::TooMany(60));
        }
    }
    let delegate = Delegate {
        id: DelegateId::new(now, &chance::bytes()),
        scope: token.scope.clone(),
        profile_id: profile.id,
        script_version: profile.script_changed_at,
        selectors: None,
        token_id: token.id,
        admission,
        decision: None,
        registered_at: now,
        last_heartbeat_at: now,
        connected_until: Some(now.plus(silent_after(facts.heartbeat_interval()))),
        refused_at: None,
        revision: 1,
        facts,
    };
    delegate::ActiveModel::from(&delegate).insert(&**change).await?;
    presence::connect(change, &delegate, now).await?;
    Ok(delegate)
}

/// The profile that decides: the one asked for by id or by name, else the token's, else Primary.
async fn profile_for(db: &impl ConnectionTrait, token: &Token, asked: &str) -> Result<Profile, Error> {
    let find = |which: Condition| async move {
        let row = profile::Entity::find().filter(profile::Entity::within(&token.scope)).filter(which).one(db).await?;
        Ok::<_, Error>(row.map(Profile::try_from).transpose()?)
    };
    let by_id = |id: ProfileId| find(Condition::all().add(profile::Column::Id.eq(id.0)));
    if let Ok(id) = asked.parse::<ProfileId>()
        && let Some(profile) = by_id(id).await?
    {
        return Ok(profile);
    }
    if let Ok(name) = ProfileName::parse(asked)
        && let Some(profile) = find(Condition::all().add(profile::Column::Name.eq(name.as_str()))).await?
    {
        return Ok(profile);
    }
    if let Some(id) = token.default_profile
        && let Some(profile) = by_id(id).await?
    {
        return Ok(profile);
    }
    primary(db, &token.scope).await
}
