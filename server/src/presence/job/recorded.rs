//! Writing into the audit trail what was refused.

use std::collections::{BTreeSet, HashMap};

use muster::{
    audit::{Actor, FactChange, Origin},
    scope::Scope,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::super::recorded::{Counted, Place, RefusedWhat, reason};
use crate::{
    db::{
        audit::{Entry, record_all},
        entity::{Scoped, token, user},
    },
    events::Topic,
    proxies::subscriber,
    state::State,
};

/// Writes what is an entry by now; with `all` whatever is counted. Tells whether there was anything.
///
/// # Errors
/// Where the database is out of reach; what was counted is then written the next time.
pub async fn record_refused(state: &State, all: bool) -> Result<bool, DbErr> {
    let due = state.presence.recorded.take(state.clock.now(), all);
    if due.is_empty() {
        return Ok(false);
    }
    let written = write(state, &due).await;
    if written.is_err() {
        state.presence.recorded.put_back(due);
    }
    written.map(|()| true)
}

async fn write(state: &State, due: &[(Place, Counted)]) -> Result<(), DbErr> {
    let names = Names::of(state, due).await?;
    let account = Scope::account(state.account);
    let entries: Vec<_> = due
        .iter()
        .map(|((what, network), counted)| {
            let object = what.object();
            let (scope, name) = object.and_then(|id| names.0.get(&id)).map_or((&account, ""), |(s, n)| (s, n.as_str()));
            let actor = match what {
                RefusedWhat::Call(..) if !counted.name.is_empty() => {
                    Actor::Delegate { id: None, name: counted.name.clone() }
                }
                RefusedWhat::SignIn(..) => Actor::Stranger { claimed: name.to_owned() },
                RefusedWhat::Call(..) => Actor::Stranger { claimed: String::new() },
            };
            let origin = Origin { actor, address: network.map(|_| counted.address) };
            (
                origin,
                Entry { scope, action: what.action(), object, name, facts: facts(*what, network.is_some(), counted) },
            )
        })
        .collect();
    let mut change = state.db.write().await?;
    let lines = record_all(&change, state.clock.now(), &entries).await?;
    change.touches(Topic::Tokens);
    change.commit().await?;
    lines.into_iter().for_each(|line| drop(line.told()));
    Ok(())
}

fn facts(what: RefusedWhat, is_told_apart: bool, counted: &Counted) -> Vec<FactChange> {
    let why = match what {
        RefusedWhat::Call(_, code) => reason(code),
        RefusedWhat::SignIn(_, why) => why.reason(),
    };
    let mut facts = vec![FactChange::fact("reason", why)];
    if counted.count > 1 {
        facts.push(FactChange::fact("count", counted.count.to_string()));
        facts.push(FactChange::fact("since", counted.first_at.to_string()));
        let network = subscriber(counted.address);
        if network.is_ipv6() && is_told_apart {
            facts.push(FactChange::fact("network", format!("{network}/64")));
        }
    }
    if !is_told_apart {
        facts.push(FactChange::fact("from", "others, which are too many to be told apart"));
    }
    facts
}

/// What tokens and people are called, and where they belong.
struct Names(HashMap<Uuid, (Scope, String)>);

impl Names {
    async fn of(state: &State, due: &[(Place, Counted)]) -> Result<Self, DbErr> {
        let (mut tokens, mut users) = (BTreeSet::new(), BTreeSet::new());
        for ((what, _), _) in due {
            match what {
                RefusedWhat::Call(token, _) => tokens.extend(token.map(|id| id.0)),
                RefusedWhat::SignIn(user, _) => users.extend(user.map(|id| id.0)),
            }
        }
        let mut names = HashMap::new();
        if !tokens.is_empty() {
            let rows = token::Entity::find().filter(token::Column::Id.is_in(tokens)).all(state.db.read()).await?;
            names.extend(
                rows.into_iter().filter_map(|row| Some((row.id, (token::Entity::scope_of(&row).ok()?, row.name)))),
            );
        }
        if !users.is_empty() {
            let rows = user::Entity::find().filter(user::Column::Id.is_in(users)).all(state.db.read()).await?;
            names.extend(rows.into_iter().map(|row| (row.id, (Scope::account(state.account), row.email))));
        }
        Ok(Self(names))
    }
}
