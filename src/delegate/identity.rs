//! Whose a delegate is: which calls are its own, and when two processes use one identity.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Admission, Delegate, Reason};
use crate::time::Timestamp;

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
        if self.admission.is_barred() {
            return self;
        }
        self.conflict = Some(Conflict { at: now, addresses: [self.address.clone(), address.to_owned()] });
        self.admission = Admission::WaitingForApproval;
        self.reason = Some(Reason::Conflict);
        self.decision = None;
        self.revision += 1;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegate::{Decision, Standing, tests::delegate};

    fn process(name: &str, start: u64) -> Instance {
        Instance { name: name.to_owned(), start }
    }

    #[test]
    fn a06_secrets_wait_until_the_process_before_is_surely_gone() {
        let mut delegate = delegate(Admission::Enabled);
        let until = delegate.connected_until.unwrap();
        let may_run_scripts = |delegate: &Delegate, now| Standing::from(delegate).may_run_scripts(now);
        delegate.take_over(Some(&process("a", 1)), "192.0.2.1");
        assert!(may_run_scripts(&delegate, Timestamp::from_millis(0)), "nobody was before it");
        delegate.take_over(Some(&process("b", 2)), "192.0.2.2");
        assert!(!may_run_scripts(&delegate, until.minus(std::time::Duration::from_millis(1))));
        assert!(may_run_scripts(&delegate, until));
        delegate.connected_until = None;
        delegate.take_over(Some(&process("c", 3)), "192.0.2.3");
        assert!(may_run_scripts(&delegate, Timestamp::from_millis(0)), "the one before said that it stops");
    }

    #[test]
    fn a06_two_processes_of_one_identity_wait_for_a_person() {
        let mut before = delegate(Admission::Enabled);
        before.address = "192.0.2.1".to_owned();
        let now = Timestamp::from_millis(9);
        let after = before.suspect("192.0.2.2", now);
        assert_eq!((after.admission, after.reason), (Admission::WaitingForApproval, Some(Reason::Conflict)));
        assert_eq!(after.conflict.as_ref().unwrap().addresses, ["192.0.2.1", "192.0.2.2"]);
        let decision = Decision { by: "ada@example.com".to_owned(), at: now, note: None };
        let approved = after.clone().approve(after.revision, decision).unwrap();
        assert_eq!((approved.conflict, approved.instance, approved.reason), (None, None, None));
        for barred in [Admission::Rejected, Admission::Disabled] {
            assert_eq!(delegate(barred).suspect("192.0.2.2", now).admission, barred);
        }
    }
}
