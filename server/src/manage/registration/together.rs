//! First registrations that come at once are made in one change, with one statement for all of them where each alone takes
//! one. They are taken out of the queue once it is their turn to write, so that none waits for another change than that
//! of those before; and while these are committed, the next ones are made.
//!
//! This is a way to be faster, and decides nothing: who is not plainly new and plainly admitted is left to the way that
//! each registration goes alone, and so is everybody where anything fails.

use std::collections::{BTreeSet, HashMap, HashSet, hash_map::Entry};

use muster::{
    audit::Action,
    delegate::{Delegate, Registration},
    id::TokenId,
    scope::Scope,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{Registered, Wanted, admitted, reason, told, wanted_profile};
use crate::{
    caller::Caller,
    db::{
        Change, audit,
        entity::{Scoped, delegate, token},
        insert::insert_all,
        lock,
    },
    error::Error,
    events::Topic,
    presence,
    registrations::Applicant,
    state::State,
};

/// How many rows of their hosts are looked at: where more delegates share so few hosts, each goes alone.
const MAX_OF_HOSTS: u64 = 4096;

/// Registers a delegate together with others that come at the same time; none where it has to go alone.
pub(super) async fn register(state: &State, caller: &Caller, command: &Registration) -> Option<Registered> {
    let (tell, hear) = oneshot::channel();
    let applicant = Applicant { caller: caller.clone(), command: command.clone(), tell };
    if state.registrations.enter(applicant) {
        tokio::spawn(serve(state.clone()));
    }
    let (delegate, _told) = hear.await.ok()?;
    Some(Registered { delegate, keeps_profile: None })
}

/// Takes those who wait until nobody does. Whoever is dropped on the way goes alone.
async fn serve(state: State) {
    while !state.registrations.is_over() {
        // In a task of its own: whatever happens to it, the queue goes on.
        let taken = tokio::spawn(take(state.clone()));
        if let Err(error) = taken.await {
            tracing::error!(%error, "registrations that came at once failed together");
            drop(state.registrations.next());
        }
    }
}

/// Makes those who wait by the time that it is their turn to write; the commit is waited for beside the next ones.
async fn take(state: State) {
    let change = state.db.write().await;
    let applicants = state.registrations.next();
    let Ok(change) = change else { return };
    match make(&state, change, applicants).await {
        Ok(Some(made)) => drop(tokio::spawn(made.commit())),
        Ok(None) => {}
        Err(error) => tracing::debug!(%error, "each goes alone"),
    }
}

/// Delegates that exist once their change is committed.
struct Made {
    change: Change,
    applicants: Vec<Applicant>,
    delegates: Vec<Delegate>,
    lines: Vec<audit::Line>,
}

impl Made {
    async fn commit(self) {
        match self.change.commit().await {
            // Who does not listen any more was not promised anything.
            Ok(()) => {
                for ((one, delegate), line) in self.applicants.into_iter().zip(self.delegates).zip(self.lines) {
                    let _ = one.tell.send((delegate, line.told()));
                }
            }
            Err(error) => tracing::debug!(%error, "each goes alone"),
        }
    }
}

/// Makes those that are plainly new; none where nobody is.
async fn make(state: &State, mut change: Change, applicants: Vec<Applicant>) -> Result<Option<Made>, Error> {
    let Some(scope) = applicants.first().map(|first| first.caller.token.scope.clone()) else { return Ok(None) };
    let now = state.clock.now();
    let names =
        applicants.iter().map(|one| &one.command.facts).map(|facts| (facts.host_name.as_str(), facts.name.as_str()));
    lock::names(&change, &scope, names).await?;
    let tokens: BTreeSet<Uuid> = applicants.iter().map(|one| one.caller.token.id.0).collect();
    let good = lock::good_tokens_shared(&change, tokens).await?;
    let mut known = Known::of(&change, &scope, &applicants).await?;
    let mut wanted: HashMap<_, Wanted> = HashMap::new();
    let mut made = Vec::new();
    for applicant in applicants {
        let Applicant { caller, command, .. } = &applicant;
        let token = &caller.token;
        // One that was changed meanwhile is asked anew, and what is counted is counted alone.
        let is_good = good.get(&token.id.0) == Some(&token.revision) && token.restrictions.max_registrations.is_none();
        let is_allowed = token.restrictions.check_facts(&command.facts, None).is_ok();
        if token.scope != scope || !is_good || !is_allowed || known.takes(caller, command) {
            continue;
        }
        // All that it depends on.
        let asked = command.profile.as_ref().map(|asked| asked.text.clone());
        let wanted = match wanted.entry((token.default_profile, token.requires_approval, asked)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(wanted_profile(&change, token, command.profile.as_ref()).await?),
        };
        if reason(wanted, None).is_none() && state.limits.registration(token.id).is_ok() {
            let delegate = admitted(caller, command, wanted, None, now);
            made.push((applicant, delegate));
        }
    }
    if made.is_empty() {
        return Ok(None);
    }
    let (applicants, delegates): (Vec<Applicant>, Vec<Delegate>) = made.into_iter().unzip();
    insert_all(&change, delegates.iter().map(delegate::ActiveModel::from).collect()).await?;
    presence::connect_all(&change, &delegates, now).await?;
    let both = applicants.iter().zip(&delegates).map(|(Applicant { caller, .. }, delegate)| {
        caller.entry(delegate, Action::DelegateRegistered, told(delegate, &caller.token))
    });
    let entries: Vec<_> = both.collect();
    let lines = audit::record_all(&change, now, &entries).await?;
    change.touches(Topic::Delegates);
    change.touches(Topic::Tokens);
    Ok(Some(Made { change, applicants, delegates, lines }))
}

/// What is taken: whoever has any of it is known, or resembles somebody.
struct Known {
    keys: HashSet<String>,
    names: HashSet<(String, String)>,
    /// Tokens that succeed others, by which clients without a key may be known.
    successors: HashSet<TokenId>,
    /// The hosts have too many delegates to look at.
    is_crowded: bool,
}

impl Known {
    async fn of(change: &Change, scope: &Scope, applicants: &[Applicant]) -> Result<Self, Error> {
        let keys: Vec<String> = applicants.iter().filter_map(|one| one.caller.key()).map(ToString::to_string).collect();
        let keys: Vec<Option<String>> = if keys.is_empty() {
            Vec::new()
        } else {
            let rows = delegate::Entity::find().select_only().column(delegate::Column::PublicKey);
            let rows = rows.filter(delegate::Entity::at(scope)).filter(delegate::Column::PublicKey.is_in(keys));
            rows.into_tuple().all(&**change).await?
        };

        let hosts: BTreeSet<&str> = applicants.iter().map(|one| one.command.facts.host_name.as_str()).collect();
        let rows = delegate::Entity::find().select_only().columns([delegate::Column::HostName, delegate::Column::Name]);
        let rows = rows.filter(delegate::Entity::at(scope)).filter(delegate::Column::HostName.is_in(hosts));
        let names: Vec<(String, String)> = rows.limit(MAX_OF_HOSTS).into_tuple().all(&**change).await?;

        let tokens: BTreeSet<Uuid> = applicants.iter().map(|one| one.caller.token.id.0).collect();
        let rows = token::Entity::find().select_only().column(token::Column::SuccessorId);
        let rows = rows.filter(token::Column::SuccessorId.is_in(tokens));
        let successors: Vec<Option<Uuid>> = rows.into_tuple().all(&**change).await?;
        Ok(Self {
            is_crowded: names.len() as u64 >= MAX_OF_HOSTS,
            keys: keys.into_iter().flatten().collect(),
            names: names.into_iter().collect(),
            successors: successors.into_iter().flatten().map(TokenId).collect(),
        })
    }

    /// Whether somebody may be known, or resembles somebody: also one who came at the same time. Who does not is known
    /// from now on.
    fn takes(&mut self, caller: &Caller, command: &Registration) -> bool {
        let facts = &command.facts;
        // One that named a thumbprint may have registered before keys were proved.
        let may_be_unbound = caller.key().is_some() && facts.thumbprint.is_some();
        let may_be_a_successors = caller.key().is_none() && self.successors.contains(&caller.token.id);
        if self.is_crowded || may_be_unbound || may_be_a_successors {
            return true;
        }
        let is_key_known = caller.key().is_some_and(|key| !self.keys.insert(key.to_string()));
        let is_name_known = !self.names.insert((facts.host_name.to_string(), facts.name.to_string()));
        is_key_known || is_name_known
    }
}
