//! A delegate registers: it is known, or new; and if new, it is admitted or waits for a person.

mod recognise;
pub mod together;
mod wanted_profile;

use std::sync::Arc;

use muster::{
    audit::{Action, FactChange},
    delegate::{
        Admission, AskedProfile, Delegate, Facts, Kinship, Reason, Registration, Standing, Status, silent_after,
    },
    id::DelegateId,
    profile::Approval,
    time::Timestamp,
    token::{Restriction, Token},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait as _, PaginatorTrait, QueryFilter, sea_query::Expr,
};

use self::{
    recognise::{Known, recognise, resembled},
    wanted_profile::{Wanted, wanted_profile},
};
use super::{
    delivery::profile_of,
    identity::{active, check_fresh, conflicting, ensure_active, take_place},
};
use crate::{
    caller::Caller,
    config::Bounds,
    db::{
        Change,
        entity::{Scoped, delegate, delegate_listing as listing, token},
        failure::{is_crossed, is_orphaned, is_taken},
        lock,
    },
    error::Error,
    events::Topic,
    presence, random,
    state::State,
};

/// What became of a registration.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The delegate; its admission says whether it may work.
    pub delegate: Delegate,
    /// The name of the profile that it keeps, where it asked for another one.
    pub keeps_profile: Option<String>,
}

/// Finds the delegate that registers, or admits it as a new one.
///
/// # Errors
/// [`Error::Refused`] where its token was revoked meanwhile; [`Error::Restricted`] where that is not good for it;
/// [`Error::Replayed`]; [`Error::TooMany`] where too many
/// register at once or wait for approval; or where the database is out of reach.
pub async fn register(state: &State, caller: &Caller, command: &Registration) -> Result<Registered, Error> {
    let name = command.facts.name.as_str();
    let _place = take_place(state)?;
    let now = state.clock.now();
    let registered = match together::register(state, caller, command).await {
        Some(registered) => Ok(registered),
        None => alone(state, caller, command).await,
    };
    let (token, address) = (caller.token.id, caller.address);
    let turned_away = match &registered {
        Ok(Registered { delegate, .. }) => {
            state.presence.used(token, now, delegate.id, name, address);
            None
        }
        Err(Error::TooMany(_)) => Some(presence::TOO_MANY),
        Err(Error::Restricted(restriction)) => Some(restriction.code()),
        Err(_) => None,
    };
    if let Some(code) = turned_away {
        state.metrics.refusals.inc();
        state.presence.refused(Some(token), code, now, address, name);
    }
    registered
}

async fn alone(state: &State, caller: &Caller, command: &Registration) -> Result<Registered, Error> {
    let mut caller = caller.clone();
    loop {
        match (Attempt { state, caller: &caller, command }).register().await {
            Ok(Step::Registered(registered)) => return Ok(*registered),
            Ok(Step::Changed(token)) => {
                token.restrictions.check_address(caller.address)?;
                caller.token = token;
            }
            // The same delegate registered twice at once, at two managers: the second time it is known. Or its profile
            // was deleted beside this; or two changes were in each other's way.
            Err(Error::Database(error)) if is_taken(&error) || is_orphaned(&error) || is_crossed(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

/// How far an attempt came.
enum Step {
    /// To its end.
    Registered(Box<Registered>),
    /// The token was changed since it was authenticated: what it is good for now counts.
    Changed(Arc<Token>),
}

/// A registration under way.
struct Attempt<'a> {
    state: &'a State,
    caller: &'a Caller,
    command: &'a Registration,
}

impl Attempt<'_> {
    fn facts(&self) -> &Facts {
        &self.command.facts
    }

    async fn register(&self) -> Result<Step, Error> {
        let now = self.state.clock.now();
        let mut change = self.state.db.write().await?;
        let names = (self.facts().host_name.as_str(), self.facts().name.as_str());
        lock::names(&change, &self.caller.token.scope, [names].into_iter()).await?;
        if let Some(changed) = self.lock_token(&change).await? {
            return Ok(Step::Changed(changed));
        }
        let known = recognise(&change, self.caller, self.command).await?;
        if let Some(Known { before, .. }) = &known {
            check_fresh(self.state, self.caller, before.id)?;
            if before.admission.is_barred() {
                self.state.presence.cut_off(before.id, now, self.caller.clock_behind(now));
                let registered = Registered { delegate: before.clone(), keeps_profile: None };
                return Ok(Step::Registered(Box::new(registered)));
            }
        }
        let before = known.as_ref().map(|known| &known.before.facts);
        self.caller.token.restrictions.check_facts(self.facts(), before)?;
        let asked = self.command.profile.as_ref();
        let wanted = wanted_profile(&change, &self.caller.token, asked).await?;
        let registered = match known {
            Some(known) => {
                let has = profile_of(&*change, &known.before.scope, known.before.profile_id).await?;
                let has = has.map(|profile| profile.spec.name.to_string());
                let other = |_: &&AskedProfile| wanted.unknown || wanted.profile.id != known.before.profile_id;
                let asked = asked.filter(other);
                let keeps_profile = has.filter(|_| asked.is_some());
                Registered { delegate: self.register_again(&change, known, asked, now).await?, keeps_profile }
            }
            None => Registered { delegate: self.admit(&change, wanted, now).await?, keeps_profile: None },
        };
        change.touches(Topic::Delegates);
        change.touches(Topic::Tokens);
        change.commit().await?;
        Ok(Step::Registered(Box::new(registered)))
    }

    /// Holds the token, so that nothing is done with it after its revocation was acknowledged; gives it where it was
    /// changed since the call was authenticated. Of one that counts its delegates the row is held for that.
    async fn lock_token(&self, change: &Change) -> Result<Option<Arc<Token>>, Error> {
        let token = &self.caller.token;
        let row = match token.restrictions.max_registrations {
            Some(_) => active(lock::token_counted(change, token.id).await?)?,
            None => ensure_active(change, token.id).await?,
        };
        let changed = row.revision != token.revision;
        Ok(changed.then(|| Token::try_from(row).map(Arc::new)).transpose()?)
    }

    /// Counts a first registration, where the token has a limit. The row is held: see [`Self::lock_token`].
    async fn count(&self, change: &Change) -> Result<(), Error> {
        let token = &self.caller.token;
        let Some(most) = token.restrictions.max_registrations else { return Ok(()) };
        let counted = token::Entity::update_many()
            .col_expr(token::Column::Registrations, Expr::col(token::Column::Registrations).add(1))
            .filter(token::Column::Id.eq(token.id.0))
            .filter(token::Column::Registrations.lt(most))
            .exec(&**change)
            .await?;
        if counted.rows_affected == 0 { Err(Restriction::UsedUp.into()) } else { Ok(()) }
    }

    /// A delegate that is known is back.
    async fn register_again(
        &self,
        change: &Change,
        known: Known,
        asked: Option<&AskedProfile>,
        now: Timestamp,
    ) -> Result<Delegate, Error> {
        let Known { before, binds } = known;
        let instance = self.caller.instance();
        let kinship = Standing::from(&before).kinship(instance.as_ref());
        let mut changes = before.facts.changes_to(self.facts());
        let address = self.caller.address.to_string();
        if before.address != address && !before.address.is_empty() {
            changes.push(FactChange::new("address", before.address.as_str(), address.as_str()));
        }
        let mut after = before.clone();
        if binds {
            (after.key, after.unbound) = (self.caller.key().copied(), false);
        }
        after.asked_profile = asked.map(|asked| asked.text.clone());
        after.clock_behind = self.caller.clock_behind(now);
        let is_copy = kinship == Kinship::Copy && before.conflict.is_none();
        if is_copy {
            after = after.suspect(&address, now);
        } else if kinship == Kinship::Later && before.conflict.is_none() {
            after.take_over(instance.as_ref(), &address);
        }
        after.address = address;
        let mut after = after.register_again(self.facts().clone(), self.caller.token.id, now);
        if before.address != after.address && after.revision == before.revision {
            // Also something that a person decides by.
            after.revision += 1;
        }
        delegate::Entity::update(delegate::ActiveModel::from(&after)).exec(&**change).await?;
        if before.connected_until.is_none() {
            presence::connect(change, &after, now).await?;
        }
        let tell = |action, facts| self.caller.record(change, &after, action, facts, now);
        if binds && let Some(key) = &after.key {
            let fingerprint = FactChange::fact("fingerprint", key.thumbprint().fingerprint());
            tell(Action::KeyBound, vec![fingerprint]).await?;
        }
        if is_copy {
            tell(Action::IdentityConflict, conflicting(&after)).await?;
        }
        self.caller.record_token_switch(change, &before, &after, now).await?;
        if !changes.is_empty() {
            self.caller.record(change, &after, Action::DelegateChanged, changes, now).await?;
        }
        Ok(after)
    }

    /// A delegate registers for the first time.
    async fn admit(&self, change: &Change, wanted: Wanted, now: Timestamp) -> Result<Delegate, Error> {
        let token = &self.caller.token;
        self.count(change).await?;
        self.state.limits.registration(token.id)?;
        let resembles = resembled(change, token, self.facts()).await?;
        if reason(&wanted, resembles).is_some() {
            self.check_pending(change).await?;
        }
        let delegate = admitted(self.caller, self.command, &wanted, resembles, now);
        delegate::ActiveModel::from(&delegate).insert(&**change).await?;
        presence::connect(change, &delegate, now).await?;
        self.caller.record(change, &delegate, Action::DelegateRegistered, told(&delegate, token), now).await?;
        Ok(delegate)
    }

    /// Refuses one more that waits, where too many do.
    async fn check_pending(&self, change: &Change) -> Result<(), Error> {
        let token = &self.caller.token;
        let waits = listing::Column::Status.eq(listing::status(Status::PendingApproval));
        let waiting = listing::Entity::find().filter(waits);
        let of_token = waiting.clone().filter(listing::Column::TokenId.eq(token.id.0)).count(&**change).await?;
        let in_all = waiting.filter(listing::Entity::at(&token.scope)).count(&**change).await?;
        let Bounds { pending_per_token, pending, .. } = self.state.bounds;
        if of_token >= pending_per_token.into() || in_all >= pending.into() {
            tracing::debug!(token = token.name.as_str(), "too many delegates wait for approval");
            return Err(Error::TooMany(60));
        }
        Ok(())
    }
}

/// Why a new delegate waits, where it does.
fn reason(wanted: &Wanted, resembles: Option<DelegateId>) -> Option<Reason> {
    Reason::of_new(resembles.is_some(), wanted.unknown, wanted.approval == Approval::Require)
}

/// A delegate that registers for the first time.
fn admitted(
    caller: &Caller,
    command: &Registration,
    wanted: &Wanted,
    resembles: Option<DelegateId>,
    now: Timestamp,
) -> Delegate {
    let (token, facts) = (&caller.token, &command.facts);
    let reason = reason(wanted, resembles);
    let asked = command.profile.as_ref().filter(|_| wanted.unknown);
    Delegate {
        id: DelegateId::new(now, &random::bytes()),
        scope: token.scope.clone(),
        profile_id: wanted.profile.id,
        script_version: wanted.profile.script_changed_at,
        selectors: None,
        given_description: None,
        cancelled_run: None,
        token_id: token.id,
        token_before: None,
        key: caller.key().copied(),
        unbound: false,
        instance: caller.instance(),
        held_until: None,
        conflict: None,
        address: caller.address.to_string(),
        clock_behind: caller.clock_behind(now),
        asked_profile: asked.map(|asked| asked.text.clone()),
        resembles,
        admission: if reason.is_some() { Admission::WaitingForApproval } else { Admission::Enabled },
        reason,
        warned: reason.is_none() && wanted.approval == Approval::Warn,
        decision: None,
        disabled: None,
        registered_at: now,
        last_heartbeat_at: now,
        connected_until: Some(now.plus(silent_after(facts.heartbeat_interval()))),
        refused_at: None,
        revision: 1,
        facts: facts.clone(),
    }
}

/// What the audit trail tells of a first registration.
fn told(delegate: &Delegate, token: &Token) -> Vec<FactChange> {
    let host = FactChange::fact("host", delegate.facts.host_name.as_str());
    let mut facts = vec![host, FactChange::fact("token", token.name.as_str())];
    facts.extend(delegate.asked_profile.as_deref().map(|asked| FactChange::fact("unknown profile", asked)));
    facts.extend(delegate.warned.then(|| FactChange::fact("approval", "would have waited, were it required")));
    facts.extend(delegate.resembles.map(|other| FactChange::fact("resembles delegate", other.to_string())));
    facts
}
