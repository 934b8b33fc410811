//! The error that crosses to the browser: it says what a person can do, and holds no source and no secret.

use leptos::{prelude::*, server_fn::codec::JsonEncoding};
use muster::{
    form::InvalidFields,
    problem::{Code, Problem},
    text::InvalidField,
};
use serde::{Deserialize, Serialize};

/// Why the console could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum ConsoleError {
    /// Nobody is signed in, or the session has ended.
    #[error("Your session has ended. Sign in again.")]
    SignedOut,
    /// The person's role does not include it.
    #[error("Your role does not allow this. Ask an account administrator.")]
    Forbidden,
    /// What was asked for cannot be done, for a reason that a person can do something about.
    #[error("{0}")]
    Problem(Problem),
    /// Too many attempts.
    #[error("Too many attempts. Try again in {0} seconds.")]
    TooMany(u32),
    /// The database cannot be used for the moment. Nothing changed.
    #[error("The database cannot be used right now. Nothing was changed; try again in a moment.")]
    Unavailable,
    /// The database was lost in the middle of a commit.
    #[error("The database was lost while this was being saved. Look whether it was saved before you try again.")]
    UnknownOutcome,
    /// Too many others are at it.
    #[error("Muster is busy with other log-ins. Try again in {0} seconds.")]
    Busy(u32),
    /// The request was sent by a page of another site, as far as the server can tell; a sentence for people.
    #[error("{0}")]
    OtherSite(String),
    /// The server failed; its log has the details under this request id.
    #[error("Muster could not do this. Try again; the server's log tells more under request {0}.")]
    Internal(String),
    /// The request did not get through, or was not understood.
    #[error("The server could not be reached. Check the connection and try again.")]
    Unreachable,
}

impl ConsoleError {
    /// A field cannot be taken as it is.
    #[must_use]
    pub fn field(field: &str, message: impl ToString) -> Self {
        Self::Problem(Problem::new(Code::Invalid, field, message.to_string()))
    }

    /// There is no such thing; a sentence for people.
    #[must_use]
    pub fn not_found(message: impl ToString) -> Self {
        Self::Problem(Problem::new(Code::NotFound, "", message.to_string()))
    }

    /// The problem with fields of a form, or with the form as a whole.
    #[must_use]
    pub fn of_field(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem).filter(|one| matches!(one.code, Code::Invalid | Code::NameTaken)),
            _ => None,
        }
    }

    /// Whether there is no such thing, or no longer.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.code == Code::NotFound)
    }

    /// The HTTP status that goes with it.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::Problem(problem) => problem.code.status(),
            Self::TooMany(_) => 429,
            Self::OtherSite(_) => 403,
            Self::Internal(_) => 500,
            Self::Unavailable | Self::UnknownOutcome => 503,
            Self::Busy(_) => 503,
            Self::Unreachable => 400,
        }
    }

    /// In how many seconds to try again, where that is known.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooMany(seconds) | Self::Busy(seconds) => Some(*seconds),
            _ => None,
        }
    }
}

impl From<InvalidField> for ConsoleError {
    fn from(wrong: InvalidField) -> Self {
        InvalidFields::from(wrong).into()
    }
}

impl From<InvalidFields> for ConsoleError {
    fn from(wrong: InvalidFields) -> Self {
        Self::Problem(wrong.into())
    }
}

impl FromServerFnError for ConsoleError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::Unreachable
    }
}
