//! Doing one thing to several delegates: each is a decision of its own.

use serde::{Deserialize, Serialize};

use super::Status;
use crate::{
    id::{DelegateId, ProfileId},
    named_enum::named_enum,
    text::{Invalid, InvalidField},
};

/// To how many delegates something is done at once, at most.
pub const MAX_SELECTED: usize = 200;

named_enum! {
    /// What is done to each of several delegates.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Act: slug, label {
        /// Those that wait are let work.
        Approve = "approve", "Approve";
        /// Those that wait are turned away.
        Reject = "reject", "Reject";
        /// They get another profile.
        SwitchProfile = "profile", "Switch profile";
        /// They are put out of work.
        Disable = "disable", "Disable";
        /// Their listings are removed.
        Delete = "delete", "Delete";
    }
}

impl Act {
    /// Whether it can be done to a delegate of a status.
    #[must_use]
    pub const fn suits(self, status: Status) -> bool {
        match self {
            Self::Approve | Self::Reject => matches!(status, Status::PendingApproval),
            Self::Disable => matches!(status, Status::Connected | Status::NotConnected),
            Self::SwitchProfile | Self::Delete => true,
        }
    }
}

/// What is done, with what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// See [`Act::Approve`].
    Approve,
    /// See [`Act::Reject`].
    Reject,
    /// See [`Act::SwitchProfile`].
    SwitchProfile(ProfileId),
    /// See [`Act::Disable`].
    Disable,
    /// See [`Act::Delete`].
    Delete,
}

/// A delegate that was selected, and the revision that the person saw of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Which one.
    pub id: DelegateId,
    /// See [`super::Delegate::revision`].
    pub seen: i32,
}

impl Selected {
    /// Reads what a form holds: `id:revision`, with blanks between them.
    ///
    /// # Errors
    /// Where there are none or too many, or one cannot be read.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, InvalidField> {
        let wrong = |sentence: String| Invalid::new(sentence).of_field("selected");
        let one = |text: &str| {
            let (id, seen) = text.split_once(':')?;
            Some(Self { id: id.parse().ok()?, seen: seen.parse().ok()? })
        };
        let all: Option<Vec<Self>> = text.split_whitespace().map(one).collect();
        let all = all.ok_or_else(|| wrong("Select the delegates again: the form could not be read.".to_owned()))?;
        match all.len() {
            0 => Err(wrong("Select a delegate first.".to_owned())),
            1..=MAX_SELECTED => Ok(all),
            _ => Err(wrong(format!("Select at most {MAX_SELECTED} delegates at once."))),
        }
    }

    /// Writes them as [`Selected::parse_all`] reads them.
    #[must_use]
    pub fn write_all(all: &[Self]) -> String {
        all.iter().map(|Self { id, seen }| format!("{id}:{seen}")).collect::<Vec<_>>().join(" ")
    }
}

/// What came of it for one delegate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Which one.
    pub id: DelegateId,
    /// Its name; empty where it is not known any more.
    pub name: String,
    /// Why nothing was done to it, as a sentence; none where it was done.
    pub problem: Option<String>,
}

/// What came of it for all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What was asked for.
    pub act: Act,
    /// In the order in which it was done.
    pub outcomes: Vec<Outcome>,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_selection_is_read_back_as_it_was_written() {
        let all: Vec<Selected> =
            (1..4).map(|number| Selected { id: DelegateId(Uuid::from_u128(number)), seen: 7 }).collect();
        assert_eq!(Selected::parse_all(&Selected::write_all(&all)), Ok(all));
        let many = vec![Selected { id: DelegateId(Uuid::from_u128(1)), seen: 1 }; MAX_SELECTED + 1];
        for wrong in ["", "x", "01900000-0000-7000-8000-000000000000:x", &Selected::write_all(&many)] {
            assert!(Selected::parse_all(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_who_waits_is_decided_on() {
        let suits = |act: Act| Status::ALL.into_iter().filter(|status| act.suits(*status)).collect::<Vec<_>>();
        assert_eq!(suits(Act::Approve), [Status::PendingApproval]);
        assert_eq!(suits(Act::Disable), [Status::Connected, Status::NotConnected]);
        assert_eq!(suits(Act::Delete), Status::ALL);
    }
}
