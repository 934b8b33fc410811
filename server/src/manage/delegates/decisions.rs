//! Decisions of people about a delegate: whether it may work.

use muster::{
    audit::{Action, FactChange},
    delegate::{Decision, Delegate, Note, TransitionError},
    id::DelegateId,
    user::Permission,
};
use sea_orm::{ColumnTrait, Condition};

use super::{Context, save};
use crate::{db::entity::delegate, error::Error, events::Topic, presence};

/// Lets a waiting delegate work. `seen` is the revision that the decision was taken on: of two who decide at once the
/// second finds what the first did, and is told so.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Conflict`] where the delegate was decided on, or has changed, since it was seen.
pub async fn approve(cx: &Context, id: DelegateId, seen: i32, note: Option<Note>) -> Result<Delegate, Error> {
    decide(cx, id, Action::DelegateApproved, note, None, |delegate, decision| delegate.approve(seen, decision)).await
}

/// Turns a waiting delegate away. `seen` is the revision that the decision was taken on.
///
/// # Errors
/// As for [`approve`].
pub async fn reject(cx: &Context, id: DelegateId, seen: i32, note: Option<Note>) -> Result<Delegate, Error> {
    let ends = Some("rejected");
    decide(cx, id, Action::DelegateRejected, note, ends, |delegate, decision| delegate.reject(seen, decision)).await
}

/// Returns a rejected delegate to approval.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Conflict`] where it is not rejected.
pub async fn take_back(cx: &Context, id: DelegateId) -> Result<Delegate, Error> {
    decide(cx, id, Action::RejectionTakenBack, None, None, Delegate::take_back).await
}

/// Puts a delegate out of work, whatever its token: its next request is refused, and it gets neither work nor a script.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Conflict`] where it may not work as it is.
pub async fn disable(cx: &Context, id: DelegateId, note: Option<Note>) -> Result<Delegate, Error> {
    decide(cx, id, Action::DelegateDisabled, note, Some("disabled"), Delegate::disable).await
}

/// The same for a delegate that has to be as it was seen.
pub(super) async fn disable_as_seen(cx: &Context, id: DelegateId, seen: i32) -> Result<Delegate, Error> {
    let as_seen = |delegate: Delegate, decision| {
        delegate.unchanged_since(Some(seen))?;
        delegate.disable(decision)
    };
    decide(cx, id, Action::DelegateDisabled, None, Some("disabled"), as_seen).await
}

/// Lets a disabled delegate work again.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Conflict`] where it is not disabled.
pub async fn enable(cx: &Context, id: DelegateId) -> Result<Delegate, Error> {
    decide(cx, id, Action::DelegateEnabled, None, None, |delegate, _| delegate.enable()).await
}

/// Takes a decision, and records on what it was taken. `ends` is why the delegate's connection ends with it, where it
/// does.
async fn decide(
    cx: &Context,
    id: DelegateId,
    action: Action,
    note: Option<Note>,
    ends: Option<&str>,
    transition: impl FnOnce(Delegate, Decision) -> Result<Delegate, TransitionError>,
) -> Result<Delegate, Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let before: Delegate = cx.lock(&change, id, Permission::ManageDelegates).await?;
    let facts = evidence(&before, note.as_ref());
    let after = transition(before, Decision { by: cx.name().to_owned(), at: cx.now(), note })?;
    if let Some(cause) = ends {
        let this = Condition::all().add(delegate::Column::Id.eq(id.0));
        presence::disconnect(&change, this, cx.now(), cause).await?;
        // Lists of tokens count the connected, and what runs there ends.
        change.touches(Topic::Tokens);
        change.touches(Topic::Scripts);
    }
    save(cx, &change, &after, action, facts).await?;
    change.touches(Topic::Delegates);
    change.commit().await?;
    Ok(after)
}

/// What a decision was taken on, and what was noted of it, for the record.
fn evidence(delegate: &Delegate, note: Option<&Note>) -> Vec<FactChange> {
    let key = delegate.key.map_or_else(
        || FactChange::fact("key", "none"),
        |key| FactChange::fact("fingerprint", key.thumbprint().fingerprint()),
    );
    let host = FactChange::fact("host", delegate.facts.host_name.as_str());
    let address = FactChange::fact("address", delegate.address.as_str());
    let note = note.map(|note| FactChange::fact("note", note.to_string()));
    [key, host, address].into_iter().chain(note).collect()
}
