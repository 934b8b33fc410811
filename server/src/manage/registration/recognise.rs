//! Whether a delegate that registers is known.

use muster::{
    delegate::{Delegate, Facts, Registration},
    id::{DelegateId, TokenId},
    token::Token,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::identity::lineage;
use crate::{
    caller::Caller,
    db::{
        Change,
        entity::{Scoped, delegate},
        lock,
    },
    error::Error,
};

/// A delegate that is known, and locked.
pub struct Known {
    /// As it was.
    pub before: Delegate,
    /// Whether it registered before keys were proved, and is bound to the caller's key now.
    pub binds: bool,
}

/// The delegate that registers again. One that proves a key is known by it, whatever it says of itself; any other by its
/// host, its name and its token or the one which that succeeds. Another key, or none where there was one, is another
/// delegate.
///
/// # Errors
/// Where the database is out of reach.
pub async fn recognise(change: &Change, caller: &Caller, command: &Registration) -> Result<Option<Known>, Error> {
    let Some(key) = caller.key() else {
        let known = without_key(change, caller, &command.facts).await?;
        return Ok(known.map(|before| Known { before, binds: false }));
    };
    let own = delegate::Column::PublicKey.eq(key.to_string());
    if let Some(before) = find(change, caller, Condition::all().add(own)).await? {
        return Ok(Some(Known { before, binds: false }));
    }
    Ok(unbound(change, caller, command).await?.map(|before| Known { before, binds: true }))
}

/// A delegate without a key, by its host, its name and its token; of several tokens the newest counts.
async fn without_key(change: &Change, caller: &Caller, facts: &Facts) -> Result<Option<Delegate>, Error> {
    let tokens = lineage(&**change, caller.token.id).await?;
    by_name(change, caller, facts, &tokens, Condition::all()).await
}

/// A delegate that registered before keys were proved: by the id that it was given then, or else by its host and name;
/// with its token; and with the fingerprint that it named then. Clients that named none have no key to come back with.
async fn unbound(change: &Change, caller: &Caller, command: &Registration) -> Result<Option<Delegate>, Error> {
    let facts = &command.facts;
    let Some(thumbprint) = &facts.thumbprint else { return Ok(None) };
    let tokens = lineage(&**change, caller.token.id).await?;
    let unbound = Condition::all()
        .add(delegate::Column::Unbound.eq(true))
        .add(delegate::Column::Thumbprint.eq(thumbprint.as_str()));
    if let Some(id) = command.former_id {
        let by_id = unbound
            .clone()
            .add(delegate::Column::Id.eq(id.0))
            .add(delegate::Column::PublicKey.is_null())
            .add(delegate::Column::TokenId.is_in(tokens.iter().map(|token| token.0)));
        if let Some(found) = find(change, caller, by_id).await? {
            return Ok(Some(found));
        }
    }
    by_name(change, caller, facts, &tokens, unbound).await
}

async fn by_name(
    change: &Change,
    caller: &Caller,
    facts: &Facts,
    tokens: &[TokenId],
    and: Condition,
) -> Result<Option<Delegate>, Error> {
    for token in tokens {
        let named = and
            .clone()
            .add(delegate::Column::HostName.eq(facts.host_name.as_str()))
            .add(delegate::Column::Name.eq(facts.name.as_str()))
            .add(delegate::Column::PublicKey.is_null())
            .add(delegate::Column::TokenId.eq(token.0));
        if let Some(found) = find(change, caller, named).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The delegate under a condition, in the token's scope, locked so that a decision beside this is not undone.
async fn find(change: &Change, caller: &Caller, which: Condition) -> Result<Option<Delegate>, Error> {
    let scope = &caller.token.scope;
    let id = delegate::Entity::find().select_only().column(delegate::Column::Id);
    let id = id.filter(delegate::Entity::at(scope)).filter(which.clone());
    let Some(id) = id.into_tuple::<Uuid>().one(&**change).await? else { return Ok(None) };
    let row = lock::delegate(change, scope, DelegateId(id)).await?;
    Ok(row.map(Delegate::try_from).transpose()?)
}

/// The newest delegate that has a host and a name already: who registers under them is a stranger to it.
///
/// # Errors
/// Where the database is out of reach.
pub async fn resembled(change: &Change, token: &Token, facts: &Facts) -> Result<Option<DelegateId>, Error> {
    let same = delegate::Entity::find()
        .select_only()
        .column(delegate::Column::Id)
        .filter(delegate::Entity::at(&token.scope))
        .filter(delegate::Column::HostName.eq(facts.host_name.as_str()))
        .filter(delegate::Column::Name.eq(facts.name.as_str()))
        .order_by_desc(delegate::Column::Id);
    Ok(same.into_tuple::<Uuid>().one(&**change).await?.map(DelegateId))
}
