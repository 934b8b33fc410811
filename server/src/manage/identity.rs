//! Which delegate calls: the token that the credential was made with, and the key that the call is signed with.
//!
//! Every use case that speaks of a delegate asks [`own`] for it: a delegate that is not the caller's is answered like one
//! that does not exist, and nothing of it is read, changed or noted.

use std::sync::Arc;

use muster::{
    audit::{Action, Actor, FactChange, Origin},
    delegate::{Admission, Delegate, Kinship, Standing},
    id::{DelegateId, TokenId},
    time::Timestamp,
    wire::envelope::Refusal,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use tokio::sync::SemaphorePermit;
use uuid::Uuid;

use crate::{
    caller::Caller,
    db::{
        Change,
        audit::{self, Entry},
        entity::{delegate, token},
        lock,
    },
    error::{Conflict, Error, Object},
    events::Topic,
    random,
    state::State,
};

/// How many rotations back a token is followed.
const MAX_ROTATIONS: usize = 16;

impl Caller {
    /// Writes into the audit trail what the delegate does, as a part of the change that does it.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub(super) async fn record(
        &self,
        change: &Change,
        delegate: &Delegate,
        action: Action,
        facts: Vec<FactChange>,
        now: Timestamp,
    ) -> Result<(), DbErr> {
        let (origin, entry) = self.entry(delegate, action, facts);
        audit::record(change, &origin, now, entry).await
    }

    /// What the audit trail tells of something that the delegate does.
    pub(super) fn entry<'a>(
        &self,
        delegate: &'a Delegate,
        action: Action,
        facts: Vec<FactChange>,
    ) -> (Origin, Entry<'a>) {
        let (scope, name) = (&delegate.scope, delegate.facts.name.as_str());
        let actor = Actor::Delegate { id: Some(delegate.id), name: name.to_owned() };
        let origin = Origin { actor, address: Some(self.address) };
        (origin, Entry { scope, action, object: Some(delegate.id.0), name, facts })
    }

    /// Writes into the audit trail that the delegate went over to the caller's token, where it did.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub(super) async fn record_token_switch(
        &self,
        change: &Change,
        before: &Delegate,
        after: &Delegate,
        now: Timestamp,
    ) -> Result<(), DbErr> {
        if before.token_id == after.token_id {
            return Ok(());
        }
        let row = token::Entity::find_by_id(before.token_id.0).one(&**change).await?;
        let from = row.map_or_else(|| "a deleted token".to_owned(), |row| row.name);
        let switched = FactChange::new("token", from, self.token.name.as_str());
        self.record(change, after, Action::TokenSwitched, vec![switched], now).await
    }
}

/// A token and those that it succeeds by rotation.
///
/// # Errors
/// Where the database is out of reach.
pub async fn lineage(db: &impl ConnectionTrait, token: TokenId) -> Result<Vec<TokenId>, DbErr> {
    let mut all = vec![token];
    while let Some(last) = all.last().filter(|_| all.len() < MAX_ROTATIONS) {
        let before = token::Entity::find().select_only().column(token::Column::Id);
        let before = before.filter(token::Column::SuccessorId.eq(last.0)).into_tuple::<Uuid>().one(db).await?;
        match before.map(TokenId).filter(|before| !all.contains(before)) {
            Some(before) => all.push(before),
            None => break,
        }
    }
    Ok(all)
}

/// Whether a delegate is the caller's own.
///
/// # Errors
/// Where the database is out of reach.
pub async fn is_own(db: &impl ConnectionTrait, caller: &Caller, delegate: &Standing) -> Result<bool, DbErr> {
    let own = [caller.token.id];
    if delegate.key.is_some() || caller.proof.is_some() || delegate.token_id == caller.token.id {
        return Ok(delegate.belongs_to(caller.key(), &own));
    }
    Ok(delegate.belongs_to(None, &lineage(db, caller.token.id).await?))
}

/// What is known of the delegate of this id, where it is the caller's own, and what the calling process is to the one
/// that was known. A copy of a delegate's key is found out here.
///
/// # Errors
/// [`Error::Replayed`] where the proof was used before; or where the database is out of reach.
pub async fn own(
    state: &State,
    caller: &Caller,
    id: Option<DelegateId>,
) -> Result<Option<(Arc<Standing>, Kinship)>, Error> {
    let Some(delegate) = known_own(state, caller, id).await? else { return Ok(None) };
    check_fresh(state, caller, delegate.id)?;
    let kinship = delegate.kinship(caller.instance().as_ref());
    let is_open = !delegate.has_conflict && !delegate.admission.is_barred();
    if kinship == Kinship::Copy && is_open {
        let suspected = suspect(state, caller, delegate.id).await?;
        return Ok(suspected.map(|delegate| (Arc::new(Standing::from(&delegate)), Kinship::Copy)));
    }
    Ok(Some((delegate, kinship)))
}

/// What is known of the delegate of this id, where it is the caller's own.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn known_own(
    state: &State,
    caller: &Caller,
    id: Option<DelegateId>,
) -> Result<Option<Arc<Standing>>, Error> {
    let Some(id) = id else { return Ok(None) };
    let Some(delegate) = state.db.standing(id).await? else { return Ok(None) };
    let is_own = caller.token.scope.contains(&delegate.scope) && is_own(state.db.read(), caller, &delegate).await?;
    Ok(is_own.then_some(delegate))
}

/// What is known of the delegate of this id, where it is the caller's own and the calling process is the one that is
/// known: who asks for work or tells of it has to have said before that it is there.
///
/// # Errors
/// As for [`own`].
pub async fn own_process(
    state: &State,
    caller: &Caller,
    id: Option<DelegateId>,
) -> Result<Option<Arc<Standing>>, Error> {
    let found = own(state, caller, id).await?;
    Ok(found.filter(|(_, kinship)| *kinship == Kinship::Same).map(|(delegate, _)| delegate))
}

/// Refuses a proof that was used before.
///
/// # Errors
/// [`Error::Replayed`].
pub fn check_fresh(state: &State, caller: &Caller, id: DelegateId) -> Result<(), Error> {
    match &caller.proof {
        Some(proof) if !state.presence.is_fresh(id, &proof.claims.ins, proof.claims.ctr, state.clock.now()) => {
            Err(Error::Replayed)
        }
        _ => Ok(()),
    }
}

/// Notes that two processes use an identity, where that still is so.
async fn suspect(state: &State, caller: &Caller, id: DelegateId) -> Result<Option<Delegate>, Error> {
    let _place = take_place(state)?;
    let mut change = state.db.write().await?;
    let row = lock::delegate(&change, &caller.token.scope, id).await?;
    let Some(before) = row.map(Delegate::try_from).transpose()? else { return Ok(None) };
    let kinship = Standing::from(&before).kinship(caller.instance().as_ref());
    if before.conflict.is_some() || kinship != Kinship::Copy {
        return Ok(Some(before));
    }
    let after = before.suspect(&caller.address.to_string(), state.clock.now());
    delegate::Entity::update(delegate::ActiveModel::from(&after)).exec(&*change).await?;
    caller.record(&change, &after, Action::IdentityConflict, conflicting(&after), state.clock.now()).await?;
    change.touches(Topic::Delegates);
    change.commit().await?;
    Ok(Some(after))
}

/// From where two processes use an identity, for the record.
pub(super) fn conflicting(delegate: &Delegate) -> Vec<FactChange> {
    let addresses =
        delegate.conflict.iter().flat_map(|conflict| ["known at", "also at"].into_iter().zip(&conflict.addresses));
    addresses.map(|(what, address)| FactChange::fact(what, address.as_str())).collect()
}

/// A place among the changes that delegates ask for, kept until the change is made.
///
/// # Errors
/// [`Error::Busy`] where too many wait.
pub(super) fn take_place(state: &State) -> Result<SemaphorePermit<'_>, Error> {
    state.delegate_changes.try_acquire().map_err(|_| {
        // Not all at the same time again.
        let [spread] = random::bytes();
        Error::Busy(2 + u32::from(spread % 8))
    })
}

/// Refuses a token that was revoked since it was authenticated. Asked inside the transaction of a change, so that
/// nothing is done for a token after its revocation was acknowledged.
///
/// # Errors
/// [`Refusal::RevokedToken`], also where it was deleted since.
pub async fn ensure_active(change: &Change, token: TokenId) -> Result<token::Model, Error> {
    active(lock::token_shared(change, token).await?)
}

/// The row of a token that was not revoked.
///
/// # Errors
/// As for [`ensure_active`].
pub(super) fn active(row: Option<token::Model>) -> Result<token::Model, Error> {
    row.filter(|row| row.revoked_at.is_none()).ok_or_else(|| Refusal::RevokedToken.into())
}

/// The caller's own delegate of this id, which nobody else changes until the end of this change. Who is not approved
/// has run nothing.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] where it is not approved; or where the database is out of reach.
pub async fn lock_approved(change: &Change, caller: &Caller, id: DelegateId) -> Result<Delegate, Error> {
    let row = lock::delegate(change, &caller.token.scope, id).await?;
    let delegate = Delegate::try_from(row.ok_or(Error::NotFound(Object::Delegate))?)?;
    if !is_own(&**change, caller, &Standing::from(&delegate)).await? {
        return Err(Error::NotFound(Object::Delegate));
    }
    if delegate.admission == Admission::Enabled { Ok(delegate) } else { Err(Conflict::NotApproved(None).into()) }
}
