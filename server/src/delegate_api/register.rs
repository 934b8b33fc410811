//! Registration.

use axum::{Json, extract::State};
use muster::{
    audit::Action,
    delegate::{Admission, Delegate, Facts, Kinship, Reason, silent_after},
    id::DelegateId,
    time::Timestamp,
    wire::{
        envelope::Envelope,
        register::{RegisterReply, RegisterRequest, SELF_DESTRUCT},
    },
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{
    AccountQuery, ApiError, Body, Query,
    authenticate::{authenticate, ensure_active},
    caller::{Caller, Presented, check_fresh},
    parse,
    recognise::{Known, recognise, resembled},
    wanted_profile::{Wanted, wanted_profile},
};
use crate::{
    chance,
    db::{
        Change,
        audit::{self, Entry},
        entity::{Scoped, delegate, token},
        failure::{is_crossed, is_orphaned, is_taken},
    },
    error::Error,
    events::Topic,
    presence, state,
};

/// How many delegates of one token may wait for approval at once, so that a leaked token cannot fill the database.
const MAX_PENDING: u64 = 1000;
/// How many delegates may wait for approval in all.
const MAX_PENDING_IN_ALL: u64 = 20_000;
/// The word under which registrations that are turned away are counted.
pub const TOO_MANY: &str = "TOO_MANY";

pub async fn register(
    State(state): State<state::State>,
    Query(query): Query<AccountQuery>,
    presented: Presented,
    Body(body): Body,
) -> Result<Json<Envelope<RegisterReply>>, ApiError> {
    let request = parse::<RegisterRequest>(&body);
    let hint = request.as_ref().ok().and_then(|request| request.delegate_id.parse().ok());
    let caller = authenticate(&state, &presented, &query.account_id, hint).await.map_err(Error::from)?;
    let request = request?;
    let facts = request.facts(&caller.address.to_string()).map_err(|error| Error::field("body", error))?;
    state.presence.used(caller.token.id, state.clock.now(), facts.name.as_str());
    let arrival = Arrival { state: &state, caller: &caller, request: &request, facts: &facts };
    let admitted = loop {
        match arrival.admit().await {
            // The same delegate registered twice at once, at two managers: the second time it is known. Or its profile
            // was deleted beside this; or two changes were in each other's way.
            Err(Error::Database(error)) if is_taken(&error) || is_orphaned(&error) || is_crossed(&error) => {}
            other => break other,
        }
    };
    if matches!(admitted, Err(Error::TooMany(_))) {
        let (token, now) = (Some(caller.token.id), state.clock.now());
        state.presence.refused(token, TOO_MANY, now, caller.address, facts.name.as_str());
    }
    let (delegate, keeps) = admitted?;
    let rejected = delegate.admission == Admission::Rejected;
    let reply = RegisterReply {
        delegate_id: if rejected { String::new() } else { delegate.id.to_string() },
        action: rejected.then(|| SELF_DESTRUCT.to_owned()),
        keeps_profile: keeps,
        ..RegisterReply::default()
    };
    Ok(Json(Envelope::new(Some(reply))))
}

/// A registration under way.
struct Arrival<'a> {
    state: &'a state::State,
    caller: &'a Caller,
    request: &'a RegisterRequest,
    facts: &'a Facts,
}

impl Arrival<'_> {
    /// Finds the delegate, or takes it in as a new one. Also gives the name of its profile, where it asked for another.
    async fn admit(&self) -> Result<(Delegate, Option<String>), Error> {
        let now = self.state.clock.now();
        let mut change = self.state.db.write().await?;
        ensure_active(&change, self.caller.token.id).await?;
        let known = recognise(&change, self.caller, self.request, self.facts).await?;
        if let Some(Known { before, .. }) = &known {
            check_fresh(self.state, self.caller, before.id)?;
            if before.admission == Admission::Rejected {
                return Ok((before.clone(), None));
            }
        }
        let asked = &self.request.delegate_profile_id;
        let (after, keeps) = match known {
            Some(known) => {
                let wanted = wanted_profile(&change, &self.caller.token, asked).await?;
                let profile = super::profile::load(&*change, &known.before).await?;
                let has = profile.as_ref().map(|profile| profile.spec.name.to_string());
                let other =
                    !asked.trim().is_empty() && (wanted.unknown || wanted.profile.id != known.before.profile_id);
                let asked = other.then(|| asked.trim().to_owned());
                (self.take_back(&change, known, asked, now).await?, has.filter(|_| other))
            }
            None => {
                let wanted = wanted_profile(&change, &self.caller.token, asked).await?;
                (self.take_in(&change, wanted, now).await?, None)
            }
        };
        change.touches(Topic::Delegates);
        change.touches(Topic::Tokens);
        change.commit().await?;
        Ok((after, keeps))
    }

    /// A delegate that is known is back.
    async fn take_back(
        &self,
        change: &Change,
        known: Known,
        asked: Option<String>,
        now: Timestamp,
    ) -> Result<Delegate, Error> {
        let Known { before, binds } = known;
        let instance = self.caller.instance();
        let kinship = before.kinship(instance.as_ref());
        let mut changes = before.facts.changes_to(self.facts);
        let address = self.caller.address.to_string();
        if before.address != address && !before.address.is_empty() {
            changes.push(format!("address {} → {address}", before.address));
        }
        let mut after = before.clone();
        if binds {
            (after.key, after.unbound) = (self.caller.key().copied(), false);
        }
        after.asked_profile = asked.map(shortened);
        after.clock_behind = self.caller.clock_behind(now);
        let is_copy = kinship == Kinship::Copy && before.conflict.is_none();
        if is_copy {
            after = after.suspect(&address, now);
        } else if kinship == Kinship::Later && before.conflict.is_none() {
            after.take_over(instance.as_ref(), &address);
        }
        after.address = address;
        let mut after = after.register_again(self.facts.clone(), self.caller.token.id, now);
        if before.address != after.address && after.revision == before.revision {
            // Also something that a person decides by.
            after.revision += 1;
        }
        delegate::Entity::update(delegate::ActiveModel::from(&after)).exec(&**change).await?;
        if before.connected_until.is_none() {
            presence::connect(change, &after, now).await?;
        }
        let tell = |action, detail| self.record(change, &after, action, detail, now);
        if binds && let Some(key) = &after.key {
            tell(Action::KeyBound, format!("fingerprint {}", key.thumbprint().short())).await?;
        }
        if is_copy && let Some(conflict) = &after.conflict {
            let [known, other] = &conflict.addresses;
            tell(Action::IdentityConflict, format!("from {known} and {other}")).await?;
        }
        if before.token_id != after.token_id {
            tell(Action::TokenSwitched, self.token_step(change, &before).await?).await?;
        }
        if !changes.is_empty() {
            tell(Action::DelegateChanged, changes.join("; ")).await?;
        }
        Ok(after)
    }

    /// From which token to which.
    async fn token_step(&self, change: &Change, before: &Delegate) -> Result<String, Error> {
        let row = token::Entity::find_by_id(before.token_id.0).one(&**change).await?;
        let from = row.map_or_else(|| "a deleted token".to_owned(), |row| row.name);
        Ok(format!("{from} → {}", self.caller.token.name))
    }

    /// A delegate registers for the first time.
    async fn take_in(&self, change: &Change, wanted: Wanted, now: Timestamp) -> Result<Delegate, Error> {
        let token = &self.caller.token;
        self.state.limits.registration(token.id)?;
        let resembles = resembled(change, token, self.facts).await?;
        let required = wanted.profile.spec.requires_approval || wanted.floor;
        let reason = Reason::of_new(resembles.is_some(), wanted.unknown, required);
        if reason.is_some() {
            self.check_pending(change).await?;
        }
        let asked = self.request.delegate_profile_id.trim();
        let delegate = Delegate {
            id: DelegateId::new(now, &chance::bytes()),
            scope: token.scope.clone(),
            profile_id: wanted.profile.id,
            script_version: wanted.profile.script_changed_at,
            selectors: None,
            token_id: token.id,
            token_before: None,
            key: self.caller.key().copied(),
            unbound: false,
            instance: self.caller.instance(),
            held_until: None,
            conflict: None,
            address: self.caller.address.to_string(),
            clock_behind: self.caller.clock_behind(now),
            asked_profile: wanted.unknown.then(|| shortened(asked.to_owned())),
            resembles,
            admission: if reason.is_some() { Admission::WaitingForApproval } else { Admission::Enabled },
            reason,
            decision: None,
            registered_at: now,
            last_heartbeat_at: now,
            connected_until: Some(now.plus(silent_after(self.facts.heartbeat_interval()))),
            refused_at: None,
            revision: 1,
            facts: self.facts.clone(),
        };
        delegate::ActiveModel::from(&delegate).insert(&**change).await?;
        presence::connect(change, &delegate, now).await?;
        let mut detail = format!("host {}, token {}", delegate.facts.host_name, token.name);
        if let Some(asked) = &delegate.asked_profile {
            detail.push_str(&format!("; asked for profile {asked}, which does not exist"));
        }
        if resembles.is_some() {
            detail.push_str("; another delegate has this host and name");
        }
        self.record(change, &delegate, Action::DelegateRegistered, detail, now).await?;
        Ok(delegate)
    }

    /// Refuses one more that waits, where too many do.
    async fn check_pending(&self, change: &Change) -> Result<(), Error> {
        let token = &self.caller.token;
        let waiting = || {
            let waits = delegate::Column::Admission.eq(Admission::WaitingForApproval.code());
            delegate::Entity::find().filter(delegate::Entity::within(&token.scope)).filter(waits)
        };
        let of_token = waiting().filter(delegate::Column::TokenId.eq(token.id.0)).count(&**change).await?;
        if of_token >= MAX_PENDING || waiting().count(&**change).await? >= MAX_PENDING_IN_ALL {
            tracing::warn!(token = token.name.as_str(), "too many delegates wait for approval");
            return Err(Error::TooMany(60));
        }
        Ok(())
    }

    async fn record(
        &self,
        change: &Change,
        delegate: &Delegate,
        action: Action,
        detail: String,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (scope, name) = (&delegate.scope, delegate.facts.name.as_str());
        let entry = Entry { scope, action, object: Some(delegate.id.0), name, detail };
        Ok(audit::record(change, &self.caller.origin(delegate), now, entry).await?)
    }
}

/// What was asked for, made fit to be shown: a client may write anything.
fn shortened(asked: String) -> String {
    const MOST: usize = 100;
    let plain = asked.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(MOST).collect()
}
