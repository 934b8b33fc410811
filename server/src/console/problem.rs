//! What pages say where something could not be done.

use muster::problem::Code;
use muster_app::error::ConsoleError;

use crate::{auth::password::PasswordError, error::Error, problem::describe};

/// In how many seconds to try again where too many others are at it.
const BUSY_SECONDS: u32 = 2;

/// An error on its way to the browser. What is internal is logged here, under the request's id.
pub fn to_console(error: &Error, request_id: &str) -> ConsoleError {
    if let Some(problem) = describe(error) {
        return ConsoleError::Problem(problem);
    }
    match error {
        Error::SignedOut => ConsoleError::SignedOut,
        Error::Forbidden => ConsoleError::Forbidden,
        Error::TooMany(seconds) => ConsoleError::TooMany(*seconds),
        Error::Busy(seconds) => ConsoleError::Busy(*seconds),
        Error::Password(PasswordError::Busy) => ConsoleError::Busy(BUSY_SECONDS),
        _ => internal(error, request_id),
    }
}

fn internal(error: &Error, request_id: &str) -> ConsoleError {
    match error.code() {
        Code::UnknownOutcome => {
            tracing::warn!(request_id, %error, "nobody can tell whether a change was saved");
            ConsoleError::UnknownOutcome
        }
        Code::Unavailable => {
            tracing::warn!(request_id, %error, "a console call has to wait");
            ConsoleError::Unavailable
        }
        _ => {
            tracing::error!(request_id, %error, "a console call failed");
            ConsoleError::Internal(request_id.to_owned())
        }
    }
}
