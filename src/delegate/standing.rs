//! What of a delegate decides on its calls. It is small: a manager keeps it in memory for every delegate that it hears.

use std::time::Duration;

use super::{Admission, Delegate, DelegateKey, DelegateName, Instance, Kinship};
use crate::{
    id::{DelegateId, ProfileId, ScriptRunId, TokenId},
    scope::Scope,
    time::Timestamp,
};

/// What of a [`Delegate`] decides on its calls: whose they are, and what it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// [`Delegate::id`].
    pub id: DelegateId,
    /// [`Delegate::scope`].
    pub scope: Scope,
    /// What it calls itself.
    pub name: DelegateName,
    /// How often it says that it calls.
    pub heartbeat_interval: Option<Duration>,
    /// [`Delegate::profile_id`].
    pub profile_id: ProfileId,
    /// [`Delegate::script_version`].
    pub script_version: Timestamp,
    /// [`Delegate::cancelled_run`].
    pub cancelled_run: Option<ScriptRunId>,
    /// [`Delegate::token_id`].
    pub token_id: TokenId,
    /// [`Delegate::key`].
    pub key: Option<DelegateKey>,
    /// [`Delegate::instance`].
    pub instance: Option<Instance>,
    /// [`Delegate::held_until`].
    pub held_until: Option<Timestamp>,
    /// Whether there is a [`Delegate::conflict`].
    pub has_conflict: bool,
    /// [`Delegate::admission`].
    pub admission: Admission,
    /// Whether it counts as connected.
    pub is_connected: bool,
}

impl From<&Delegate> for Standing {
    fn from(delegate: &Delegate) -> Self {
        Self {
            id: delegate.id,
            scope: delegate.scope.clone(),
            name: delegate.facts.name.clone(),
            heartbeat_interval: delegate.facts.heartbeat_interval(),
            profile_id: delegate.profile_id,
            script_version: delegate.script_version,
            cancelled_run: delegate.cancelled_run,
            token_id: delegate.token_id,
            key: delegate.key,
            instance: delegate.instance.clone(),
            held_until: delegate.held_until,
            has_conflict: delegate.conflict.is_some(),
            admission: delegate.admission,
            is_connected: delegate.connected_until.is_some(),
        }
    }
}

impl Standing {
    /// Whether a call is this delegate's own. A delegate that has a key is known by it, whatever token it holds; one
    /// that has none by its token or that token's successor. `tokens` are the caller's token and those it succeeds.
    #[must_use]
    pub fn belongs_to(&self, key: Option<&DelegateKey>, tokens: &[TokenId]) -> bool {
        match (&self.key, key) {
            (Some(own), Some(shown)) => own == shown,
            (None, None) => tokens.contains(&self.token_id),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// What the process that makes a call is to the one that was known. Calls without a proof tell no processes apart.
    #[must_use]
    pub fn kinship(&self, shown: Option<&Instance>) -> Kinship {
        match (&self.instance, shown) {
            (Some(known), Some(shown)) if known.name == shown.name => Kinship::Same,
            (Some(known), Some(shown)) if known.start >= shown.start => Kinship::Copy,
            (None, None) => Kinship::Same,
            _ => Kinship::Later,
        }
    }

    /// The run that it is to end, where it works: of any other nothing runs.
    #[must_use]
    pub fn cancels(&self) -> Option<ScriptRunId> {
        self.cancelled_run.filter(|_| self.admission == Admission::Enabled)
    }

    /// Whether it may be given scripts, and with them secrets: it is approved, and no process before it may still run.
    #[must_use]
    pub fn may_run_scripts(&self, now: Timestamp) -> bool {
        self.admission == Admission::Enabled && self.held_until.is_none_or(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegate::{DelegateSecretKey, tests::delegate};

    fn standing() -> Standing {
        Standing::from(&delegate(Admission::Enabled))
    }

    fn key(byte: u8) -> DelegateKey {
        DelegateSecretKey::from_bytes(&[byte; 32]).public()
    }

    fn process(name: &str, start: u64) -> Instance {
        Instance { name: name.to_owned(), start }
    }

    #[test]
    fn a02_a_key_is_what_a_delegate_is_known_by_and_without_one_its_token() {
        let mut standing = standing();
        let (own, other) = (standing.token_id, TokenId(uuid::Uuid::from_u128(77)));
        assert!(standing.belongs_to(None, &[other, own]) && !standing.belongs_to(None, &[other]));
        assert!(!standing.belongs_to(Some(&key(1)), &[own]));
        standing.key = Some(key(1));
        assert!(standing.belongs_to(Some(&key(1)), &[other]));
        assert!(!standing.belongs_to(Some(&key(2)), &[own]) && !standing.belongs_to(None, &[own]));
    }

    #[test]
    fn a06_an_older_process_and_another_of_the_same_start_are_copies() {
        let mut standing = standing();
        assert_eq!(standing.kinship(None), Kinship::Same);
        assert_eq!(standing.kinship(Some(&process("a", 5))), Kinship::Later);
        standing.instance = Some(process("a", 5));
        for (shown, kinship) in [
            (process("a", 5), Kinship::Same),
            (process("b", 6), Kinship::Later),
            (process("b", 5), Kinship::Copy),
            (process("b", 4), Kinship::Copy),
        ] {
            assert_eq!(standing.kinship(Some(&shown)), kinship, "{shown:?}");
        }
    }
}
