//! The state machine of admission: waiting → enabled or rejected, and a rejection can be taken back; enabled → disabled,
//! and back.

use serde::{Deserialize, Serialize};

use super::Delegate;
use crate::{named_enum::named_enum, text::line_type, time::Timestamp};

named_enum! {
    /// Whether a delegate may work. The words are the protocol's own, but for `Rejected` and `Disabled`, which clients see
    /// as `DELETED`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Admission: code {
        /// A person has to decide.
        WaitingForApproval = "WAITING_FOR_APPROVAL";
        /// It works.
        Enabled = "ENABLED";
        /// A person turned it away; it stays so until the rejection is taken back.
        Rejected = "REJECTED";
        /// A person put it out of work, whatever its token; it stays so until it is enabled again.
        Disabled = "DISABLED";
    }
}

impl Admission {
    /// Whether a person said that it may do nothing at all: its calls are answered as those of a delegate that was
    /// deleted, and change nothing.
    #[must_use]
    pub const fn is_barred(self) -> bool {
        matches!(self, Self::Rejected | Self::Disabled)
    }
}

line_type!(
    /// What a person notes of a decision, for those who look at it later.
    Note, "The note", 500
);

named_enum! {
    /// Why a delegate waits for a person.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Reason: code {
        /// Its profile or its token requires approval.
        Required = "REQUIRED";
        /// It asked for a profile that does not exist.
        UnknownProfile = "UNKNOWN_PROFILE";
        /// Another delegate has its host and name: it was installed anew, or cloned, or is an impostor.
        Resembles = "RESEMBLES";
        /// Two processes use its identity.
        Conflict = "CONFLICT";
        /// A rejection was taken back.
        TakenBack = "TAKEN_BACK";
    }
}

impl Reason {
    /// Why a delegate that registers for the first time waits; none where it may work at once. Nothing that a delegate
    /// says of itself lowers what its token requires.
    #[must_use]
    pub const fn of_new(resembles: bool, unknown_profile: bool, required: bool) -> Option<Self> {
        match (resembles, unknown_profile, required) {
            (true, _, _) => Some(Self::Resembles),
            (_, true, _) => Some(Self::UnknownProfile),
            (_, _, true) => Some(Self::Required),
            _ => None,
        }
    }
}

/// Who decided, when, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The person's email address.
    pub by: String,
    /// By the manager's clock.
    pub at: Timestamp,
    /// What the person noted of it.
    pub note: Option<Note>,
}

/// Why a decision was not taken. Nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// Somebody else was first.
    #[error("{name} was already {} by {}.", verb(*.admission), .decision.by)]
    AlreadyDecided {
        /// The delegate's name.
        name: String,
        /// What that person decided.
        admission: Admission,
        /// The person who was first.
        decision: Decision,
    },
    /// It needs no decision.
    #[error("{name} is already enabled: its profile did not require approval.")]
    NoDecisionNeeded {
        /// The delegate's name.
        name: String,
    },
    /// Only a rejected delegate has a rejection to take back.
    #[error("{name} is not rejected.")]
    NotRejected {
        /// The delegate's name.
        name: String,
    },
    /// Only a delegate that may work can be disabled.
    #[error("{name} is not enabled: there is nothing to disable.")]
    NotEnabled {
        /// The delegate's name.
        name: String,
    },
    /// Only a disabled delegate can be enabled.
    #[error("{name} is not disabled.")]
    NotDisabled {
        /// The delegate's name.
        name: String,
    },
    /// The delegate registered anew with other facts since the person looked.
    #[error("{name} has changed since you looked. Check its facts and decide again.")]
    Changed {
        /// The delegate's name.
        name: String,
    },
}

const fn verb(admission: Admission) -> &'static str {
    match admission {
        Admission::WaitingForApproval => "returned to approval",
        Admission::Enabled => "approved",
        Admission::Rejected => "rejected",
        Admission::Disabled => "disabled",
    }
}

impl Delegate {
    /// Lets a waiting delegate work. `seen` is the revision that the person saw.
    ///
    /// # Errors
    /// Where somebody else decided first, no decision is needed, or the delegate has changed since.
    pub fn approve(self, seen: i32, decision: Decision) -> Result<Self, TransitionError> {
        self.decide(Admission::Enabled, seen, decision)
    }

    /// Turns a waiting delegate away. `seen` is the revision that the person saw.
    ///
    /// # Errors
    /// As for [`Delegate::approve`].
    pub fn reject(self, seen: i32, decision: Decision) -> Result<Self, TransitionError> {
        self.decide(Admission::Rejected, seen, decision)
    }

    /// Returns a rejected delegate to approval.
    ///
    /// # Errors
    /// [`TransitionError::NotRejected`].
    pub fn take_back(mut self, decision: Decision) -> Result<Self, TransitionError> {
        if self.admission != Admission::Rejected {
            return Err(TransitionError::NotRejected { name: self.facts.name.into() });
        }
        self.admission = Admission::WaitingForApproval;
        self.reason = Some(Reason::TakenBack);
        self.decision = Some(decision);
        self.revision += 1;
        Ok(self)
    }

    /// Puts a delegate out of work. Who let it work before stays known: enabled again, it needs no approval.
    ///
    /// # Errors
    /// [`TransitionError::NotEnabled`].
    pub fn disable(mut self, decision: Decision) -> Result<Self, TransitionError> {
        if self.admission != Admission::Enabled {
            return Err(TransitionError::NotEnabled { name: self.facts.name.into() });
        }
        self.admission = Admission::Disabled;
        self.disabled = Some(decision);
        self.connected_until = None;
        self.revision += 1;
        Ok(self)
    }

    /// Lets a disabled delegate work again.
    ///
    /// # Errors
    /// [`TransitionError::NotDisabled`].
    pub fn enable(mut self) -> Result<Self, TransitionError> {
        if self.admission != Admission::Disabled {
            return Err(TransitionError::NotDisabled { name: self.facts.name.into() });
        }
        self.admission = Admission::Enabled;
        self.disabled = None;
        self.revision += 1;
        Ok(self)
    }

    /// That it is as a person saw it, where it is known what that was.
    ///
    /// # Errors
    /// [`TransitionError::Changed`].
    pub fn unchanged_since(&self, seen: Option<i32>) -> Result<(), TransitionError> {
        match seen {
            Some(seen) if seen != self.revision => Err(TransitionError::Changed { name: self.facts.name.to_string() }),
            Some(_) | None => Ok(()),
        }
    }

    fn decide(mut self, admission: Admission, seen: i32, decision: Decision) -> Result<Self, TransitionError> {
        let name = self.facts.name.to_string();
        if self.admission != Admission::WaitingForApproval {
            return Err(match self.disabled.or(self.decision) {
                Some(decision) => TransitionError::AlreadyDecided { name, admission: self.admission, decision },
                None => TransitionError::NoDecisionNeeded { name },
            });
        }
        if self.revision != seen {
            return Err(TransitionError::Changed { name });
        }
        self.admission = admission;
        self.reason = None;
        if admission == Admission::Rejected {
            self.connected_until = None;
        }
        if self.conflict.take().is_some() {
            // Whichever of the two speaks next goes on; the other is found out again.
            (self.instance, self.held_until) = (None, None);
        }
        self.warned = false;
        self.decision = Some(decision);
        self.revision += 1;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegate::tests::delegate;

    fn by(person: &str) -> Decision {
        Decision { by: person.to_owned(), at: Timestamp::from_millis(77), note: None }
    }

    #[test]
    fn every_step_of_the_state_machine() {
        use Admission::{Disabled, Enabled, Rejected, WaitingForApproval};
        type Step = fn(Delegate) -> Result<Delegate, TransitionError>;
        let approve: Step = |d| d.approve(1, by("ada@example.com"));
        let reject: Step = |d| d.reject(1, by("ada@example.com"));
        let take_back: Step = |d| d.take_back(by("ada@example.com"));
        let disable: Step = |d| d.disable(by("ada@example.com"));
        let enable: Step = Delegate::enable;
        for (from, step, to) in [
            (WaitingForApproval, approve, Some(Enabled)),
            (WaitingForApproval, reject, Some(Rejected)),
            (WaitingForApproval, take_back, None),
            (WaitingForApproval, disable, None),
            (WaitingForApproval, enable, None),
            (Enabled, approve, None),
            (Enabled, reject, None),
            (Enabled, take_back, None),
            (Enabled, disable, Some(Disabled)),
            (Enabled, enable, None),
            (Rejected, approve, None),
            (Rejected, reject, None),
            (Rejected, take_back, Some(WaitingForApproval)),
            (Rejected, disable, None),
            (Rejected, enable, None),
            (Disabled, approve, None),
            (Disabled, reject, None),
            (Disabled, take_back, None),
            (Disabled, disable, None),
            (Disabled, enable, Some(Enabled)),
        ] {
            let result = step(delegate(from));
            assert_eq!(result.as_ref().ok().map(|d| d.admission), to, "from {from:?}");
            if let Ok(after) = result {
                let decided = match to {
                    Some(Disabled) => after.disabled,
                    _ if from == Disabled => None,
                    _ => after.decision,
                };
                assert_eq!(decided, (from != Disabled).then(|| by("ada@example.com")));
                assert_eq!(after.revision, 2);
            }
        }
    }

    #[test]
    fn who_let_it_work_stays_known_while_it_is_disabled() {
        let approved = delegate(Admission::WaitingForApproval).approve(1, by("ada@example.com")).unwrap();
        let disabled = approved.disable(by("bob@example.com")).unwrap();
        assert_eq!((disabled.decision.as_ref(), disabled.connected_until), (Some(&by("ada@example.com")), None));
        let error = disabled.clone().approve(3, by("eve@example.com")).unwrap_err();
        assert_eq!(error.to_string(), "edge-1 was already disabled by bob@example.com.");
        let enabled = disabled.enable().unwrap();
        assert_eq!((enabled.decision, enabled.disabled), (Some(by("ada@example.com")), None));
    }

    #[test]
    fn the_second_to_decide_is_told_who_did_what() {
        let rejected = delegate(Admission::WaitingForApproval).reject(1, by("ada@example.com")).unwrap();
        let error = rejected.approve(1, by("bob@example.com")).unwrap_err();
        assert_eq!(error.to_string(), "edge-1 was already rejected by ada@example.com.");
    }

    #[test]
    fn a_decision_on_sight_of_older_facts_is_refused() {
        let error = delegate(Admission::WaitingForApproval).approve(0, by("ada@example.com")).unwrap_err();
        assert!(matches!(error, TransitionError::Changed { .. }));
    }
}
