//! Links that work once: by one an invited person comes in, by another somebody chooses a new password.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Email, PersonName};
use crate::{named_enum::named_enum, time::Timestamp};

const DAY: u64 = 24 * 60 * 60;

named_enum! {
    /// What a person does with a link.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum LinkKind: code, label {
        /// Takes up an invitation: gives a name and a password.
        Invitation = "INVITATION", "Invitation";
        /// Chooses a new password.
        PasswordReset = "PASSWORD_RESET", "Password reset";
    }
}

/// Where links lead: what makes one work follows behind a slash.
pub const LINK_PATH: &str = "/invitation";

impl LinkKind {
    /// How long a link works. One that is for somebody who has work to do here already is used soon, or not at all.
    #[must_use]
    pub const fn works_for(self) -> Duration {
        match self {
            Self::Invitation => Duration::from_secs(7 * DAY),
            Self::PasswordReset => Duration::from_secs(DAY),
        }
    }
}

/// A link that waits to be used, without what makes it work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLink {
    /// What it is for.
    pub kind: LinkKind,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// What a link says to who opened it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedLink {
    /// What it is for.
    pub kind: LinkKind,
    /// Whose it is.
    pub email: Email,
    /// What that person is called, where that is known.
    pub name: Option<PersonName>,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// Who is signed in with this browser, where somebody else is: using the link signs that one out.
    pub signed_in_as: Option<Email>,
}
