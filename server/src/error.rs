//! What can go wrong in a use case, with its sources, and the two ways out: to the console and to a delegate.
//!
//! Sources go to the log under the request's id; what leaves says what a person can do, and no more.

use muster::{
    delegate::TransitionError, profile::ProfileError, text::Invalid, token::TokenError, wire::envelope::Refusal,
};
use muster_app::error::ConsoleError;
use sea_orm::DbErr;
use tower_sessions::session_store::Error as SessionError;

use crate::{
    auth::password::PasswordError,
    db::failure::{is_taken, is_unavailable, is_unknown_outcome},
    keyring::Unsealable,
};

/// In how many seconds to try again where too many others are at it.
const BUSY: u32 = 2;

/// Why a use case did not come about. Nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// The person's role does not include it.
    #[error("the role does not allow it")]
    Forbidden,
    /// There is no such thing, or no longer; a sentence for people.
    #[error("{0}")]
    NotFound(&'static str),
    /// A field of a form, or of a request's body, cannot be taken.
    #[error("{field}: {error}")]
    Invalid {
        /// Which field; empty for the whole.
        field: &'static str,
        /// What to change.
        error: Invalid,
    },
    /// The state of things does not allow it; a sentence for people.
    #[error("{0}")]
    Conflict(String),
    /// A request is larger than this many bytes.
    #[error("the request is larger than {0} bytes")]
    TooLarge(usize),
    /// Too many attempts; in how many seconds to try again.
    #[error("too many attempts, try again in {0} s")]
    TooMany(u32),
    /// A delegate's credential is refused.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// A delegate's proof was used before.
    #[error("the proof was used before")]
    Replayed,
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// The session store failed.
    #[error("session: {0}")]
    Session(#[from] tower_sessions::session::Error),
    /// Something sealed does not open.
    #[error(transparent)]
    Unsealable(#[from] Unsealable),
    /// A password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// A file could not be read.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
}

impl Error {
    /// An error of one field.
    pub fn field(field: &'static str, error: Invalid) -> Self {
        Self::Invalid { field, error }
    }

    /// What to say instead where a row could not be written because its name is taken: of two who take it at once, one
    /// finds nothing and is told by the database.
    #[must_use]
    pub fn or_taken(self, field: &'static str, sentence: impl FnOnce() -> String) -> Self {
        match &self {
            Self::Database(error) if is_taken(error) => Self::field(field, Invalid::new(sentence())),
            _ => self,
        }
    }

    /// Whether the database cannot be had for the moment: the same request may succeed later.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Database(error) => is_unavailable(error),
            // Sessions are kept in the database.
            Self::Session(tower_sessions::session::Error::Store(SessionError::Backend(_))) => true,
            _ => false,
        }
    }

    /// The way out to the console. What is internal is logged here, under the request's id.
    #[must_use]
    pub fn into_console(self, request_id: &str) -> ConsoleError {
        match self {
            Self::Database(error) if is_unknown_outcome(&error) => {
                tracing::warn!(request_id, %error, "nobody can tell whether a change was saved");
                ConsoleError::UnknownOutcome
            }
            error if error.is_unavailable() => {
                tracing::warn!(request_id, %error, "a console call has to wait");
                ConsoleError::Unavailable
            }
            Self::SignedOut => ConsoleError::SignedOut,
            Self::Forbidden => ConsoleError::Forbidden,
            Self::NotFound(sentence) => ConsoleError::NotFound(sentence.to_owned()),
            Self::Invalid { field, error } => ConsoleError::field(field, error),
            Self::Conflict(sentence) => ConsoleError::Conflict(sentence),
            Self::TooMany(seconds) => ConsoleError::TooMany(seconds),
            Self::TooLarge(_) => ConsoleError::field("", self),
            Self::Password(PasswordError::Busy) => ConsoleError::Busy(BUSY),
            Self::Refused(_)
            | Self::Replayed
            | Self::Database(_)
            | Self::Session(_)
            | Self::Unsealable(_)
            | Self::Password(_)
            | Self::File(_) => {
                tracing::error!(request_id, error = %self, "a console call failed");
                ConsoleError::Internal(request_id.to_owned())
            }
        }
    }
}

impl From<TransitionError> for Error {
    fn from(error: TransitionError) -> Self {
        Self::Conflict(error.to_string())
    }
}

impl From<TokenError> for Error {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::ExpiresInThePast => Self::field("expires_in_days", Invalid::new(error.to_string())),
            TokenError::AlreadyRevoked(_)
            | TokenError::StillActive(_)
            | TokenError::NotActive(_)
            | TokenError::AlreadyRotated(_) => Self::Conflict(error.to_string()),
        }
    }
}

impl From<ProfileError> for Error {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::PrimaryKeepsItsName => Self::field("name", Invalid::new(error.to_string())),
            ProfileError::PrimaryStays | ProfileError::Changed(_) => Self::Conflict(error.to_string()),
        }
    }
}
