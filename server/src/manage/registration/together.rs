//! First registrations that come at once are made in one change, with one statement for all of them where each alone takes
//! one.
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
    },
    error::Error,
    events::Topic,
    manage::identity::ensure_active,
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
    let delegate = hear.await.ok().flatten()?;
    Some(Registered { delegate, keeps_profile: None })
}

/// Takes those who wait until nobody does.
async fn serve(state: State) {
    while let Some(applicants) = state.registrations.next() {
        let state = state.clone();
        // In a task of its own: whatever happens to it, the queue goes on.
        let served = tokio::spawn(async move {
            let made = match applicants.as_slice() {
                // Nothing is gained.
                [_] => None,
                several => {
                    make(&state, several).await.inspect_err(|error| tracing::debug!(%error, "each goes alone")).ok()
                }
            };
            let mut made = made.unwrap_or_default();
            for (at, applicant) in applicants.into_iter().enumerate() {
                let _ = applicant.tell.send(made.remove(&at));
            }
        });
        if let Err(error) = served.await {
            tracing::error!(%error, "registrations that came at once failed together");
        }
    }
}

/// Makes those that are plainly new, by their places among all.
async fn make(state: &State, applicants: &[Applicant]) -> Result<HashMap<usize, Delegate>, Error> {
    let Some(scope) = applicants.first().map(|first| first.caller.token.scope.clone()) else {
        return Ok(HashMap::new());
    };
    let now = state.clock.now();
    let mut change = state.db.write().await?;
    let good = good_tokens(&change, applicants).await?;
    let mut known = Known::of(&change, &scope, applicants).await?;
    let mut wanted: HashMap<(TokenId, Option<&str>), Wanted> = HashMap::new();
    let mut made = Vec::new();
    for (at, Applicant { caller, command, .. }) in applicants.iter().enumerate() {
        let token = &caller.token;
        if token.scope != scope || !good.contains(&token.id) || known.takes(caller, command) {
            continue;
        }
        let asked = (token.id, command.profile.as_ref().map(|asked| asked.text.as_str()));
        let wanted = match wanted.entry(asked) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(wanted_profile(&change, token, command.profile.as_ref()).await?),
        };
        if reason(wanted, None).is_none() && state.limits.registration(token.id).is_ok() {
            made.push((at, admitted(caller, command, wanted, None, now)));
        }
    }
    if made.is_empty() {
        return Ok(HashMap::new());
    }
    let (places, delegates): (Vec<usize>, Vec<Delegate>) = made.into_iter().unzip();
    let rows = delegates.iter().map(delegate::ActiveModel::from);
    delegate::Entity::insert_many(rows).exec_without_returning(&*change).await?;
    presence::connect_all(&change, &delegates, now).await?;
    let entries: Vec<_> = places
        .iter()
        .zip(&delegates)
        .map(|(at, delegate)| {
            let caller = &applicants[*at].caller;
            caller.entry(delegate, Action::DelegateRegistered, told(delegate, &caller.token))
        })
        .collect();
    audit::record_all(&change, now, &entries).await?;
    change.touches(Topic::Delegates);
    change.touches(Topic::Tokens);
    change.commit().await?;
    Ok(places.into_iter().zip(delegates).collect())
}

/// The tokens that are good, and stay so until the end of the change.
async fn good_tokens(change: &Change, applicants: &[Applicant]) -> Result<HashSet<TokenId>, Error> {
    // In the order in which everybody locks them.
    let all: BTreeSet<TokenId> = applicants.iter().map(|one| one.caller.token.id).collect();
    let mut good = HashSet::new();
    for id in all {
        match ensure_active(change, id).await {
            Ok(()) => drop(good.insert(id)),
            Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(good)
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
        let keys = applicants.iter().filter_map(|one| one.caller.key()).map(ToString::to_string);
        let rows = delegate::Entity::find().select_only().column(delegate::Column::PublicKey);
        let rows = rows.filter(delegate::Entity::at(scope)).filter(delegate::Column::PublicKey.is_in(keys));
        let keys: Vec<Option<String>> = rows.into_tuple().all(&**change).await?;

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
