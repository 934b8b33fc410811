//! Whose a delegate is: which calls are its own, and when two processes use one identity.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Admission, Delegate, DelegateKey, Reason};
use crate::{id::TokenId, time::Timestamp};

/// A running process of a delegate, as its proofs name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// A random name, made anew at each start.
    pub name: String,
    /// Which start it is: larger than that of every process before it that had the same files.
    pub start: u64,
}

/// What a process is to the one that was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinship {
    /// The same process.
    Same,
    /// One that started later, or the first.
    Later,
    /// One that cannot be, unless there are two copies of the key: an older one, or another of the same start.
    Copy,
}

/// Two processes used one identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// When that was found.
    pub at: Timestamp,
    /// The addresses that they came from: the one that was known, and the one that cannot be.
    pub addresses: [String; 2],
}

/// For the record.
impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [known, other] = &self.addresses;
        write!(f, "from {known} and {other}")
    }
}

impl Delegate {
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

    /// Takes a process that started later for this delegate's. Where the one before was not heard to stop, it may be a
    /// copy's: what is secret waits until the one before has been silent for as long as it may.
    pub fn take_over(&mut self, instance: Option<&Instance>, address: &str) {
        if self.instance.is_some() {
            self.held_until = self.connected_until;
        }
        self.instance = instance.cloned();
        address.clone_into(&mut self.address);
    }

    /// Notes that two processes use this identity: neither works until a person has decided.
    #[must_use]
    pub fn suspect(mut self, address: &str, now: Timestamp) -> Self {
        if self.admission == Admission::Rejected {
            return self;
        }
        self.conflict = Some(Conflict { at: now, addresses: [self.address.clone(), address.to_owned()] });
        self.admission = Admission::WaitingForApproval;
        self.reason = Some(Reason::Conflict);
        self.decision = None;
        self.revision += 1;
        self
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

    fn key(byte: u8) -> DelegateKey {
        DelegateSecretKey::from_bytes(&[byte; 32]).public()
    }

    fn process(name: &str, start: u64) -> Instance {
        Instance { name: name.to_owned(), start }
    }

    #[test]
    fn a02_a_key_is_what_a_delegate_is_known_by_and_without_one_its_token() {
        let mut delegate = delegate(Admission::Enabled);
        let (own, other) = (delegate.token_id, TokenId(uuid::Uuid::from_u128(77)));
        assert!(delegate.belongs_to(None, &[other, own]) && !delegate.belongs_to(None, &[other]));
        assert!(!delegate.belongs_to(Some(&key(1)), &[own]));
        delegate.key = Some(key(1));
        assert!(delegate.belongs_to(Some(&key(1)), &[other]));
        assert!(!delegate.belongs_to(Some(&key(2)), &[own]) && !delegate.belongs_to(None, &[own]));
    }

    #[test]
    fn a06_an_older_process_and_another_of_the_same_start_are_copies() {
        let mut delegate = delegate(Admission::Enabled);
        assert_eq!(delegate.kinship(None), Kinship::Same);
        assert_eq!(delegate.kinship(Some(&process("a", 5))), Kinship::Later);
        delegate.instance = Some(process("a", 5));
        for (shown, kinship) in [
            (process("a", 5), Kinship::Same),
            (process("b", 6), Kinship::Later),
            (process("b", 5), Kinship::Copy),
            (process("b", 4), Kinship::Copy),
        ] {
            assert_eq!(delegate.kinship(Some(&shown)), kinship, "{shown:?}");
        }
    }

    #[test]
    fn a06_secrets_wait_until_the_process_before_is_surely_gone() {
        let mut delegate = delegate(Admission::Enabled);
        let until = delegate.connected_until.unwrap();
        delegate.take_over(Some(&process("a", 1)), "192.0.2.1");
        assert!(delegate.may_run_scripts(Timestamp::from_millis(0)), "nobody was before it");
        delegate.take_over(Some(&process("b", 2)), "192.0.2.2");
        assert!(!delegate.may_run_scripts(until.minus(std::time::Duration::from_millis(1))));
        assert!(delegate.may_run_scripts(until));
        delegate.connected_until = None;
        delegate.take_over(Some(&process("c", 3)), "192.0.2.3");
        assert!(delegate.may_run_scripts(Timestamp::from_millis(0)), "the one before said that it stops");
    }

    #[test]
    fn a06_two_processes_of_one_identity_wait_for_a_person() {
        let mut before = delegate(Admission::Enabled);
        before.address = "192.0.2.1".to_owned();
        let now = Timestamp::from_millis(9);
        let after = before.suspect("192.0.2.2", now);
        assert_eq!((after.admission, after.reason), (Admission::WaitingForApproval, Some(Reason::Conflict)));
        assert_eq!(after.conflict.as_ref().unwrap().addresses, ["192.0.2.1", "192.0.2.2"]);
        let approved = after.clone().approve(after.revision, "ada@example.com", now).unwrap();
        assert_eq!((approved.conflict, approved.instance, approved.reason), (None, None, None));
        let rejected = delegate(Admission::Rejected).suspect("192.0.2.2", now);
        assert_eq!(rejected.admission, Admission::Rejected);
    }
}
