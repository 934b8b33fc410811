//! What went wrong, in words and as an exit code.

use std::{fmt, process::ExitCode};

use muster_client::log_safe;
use serde::Deserialize;

/// How the program ends; see [`crate::AFTER_HELP`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Something went wrong on this machine, or was called off.
    Failed = 1,
    /// A wrong argument, or a value that the manager cannot take; clap's code, too.
    Usage = 2,
    /// No API key that works.
    SignedOut = 3,
    /// The key's role does not allow it.
    Forbidden = 4,
    /// There is no such thing.
    NotFound = 5,
    /// The state of things does not allow it.
    Conflict = 6,
    /// The manager cannot be reached, is busy or failed.
    Unavailable = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// An argument is wrong.
    #[error("{0}")]
    Usage(String),
    /// There is no key to ask with.
    #[error("{0}")]
    SignedOut(String),
    /// There is no object of such a name.
    #[error("{0}")]
    NotFound(String),
    /// The manager says no.
    #[error(transparent)]
    Refused(Box<Problem>),
    /// The manager does not answer, or what answers is none.
    #[error("{manager}: {reason}")]
    Unavailable {
        /// Its address.
        manager: String,
        /// What happened.
        reason: String,
    },
    /// Something on this machine.
    #[error("{0}")]
    Local(String),
    /// The person said no.
    #[error("nothing was changed")]
    CalledOff,
    /// It was told already.
    #[error("")]
    Told(Exit),
}

impl Failure {
    /// How the program ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::SignedOut(_) => Exit::SignedOut,
            Self::NotFound(_) => Exit::NotFound,
            Self::Refused(problem) => problem.exit(),
            Self::Unavailable { .. } => Exit::Unavailable,
            Self::Local(_) | Self::CalledOff => Exit::Failed,
            Self::Told(exit) => *exit,
        }
    }

    /// Says it on standard error.
    pub fn tell(&self) {
        if !matches!(self, Self::Told(_)) {
            eprintln!("muster: {self}");
        }
    }

    /// Whether there is no such object.
    pub fn is_not_found(&self) -> bool {
        self.exit() == Exit::NotFound
    }
}

/// What the manager says of what it did not do: a problem document (RFC 9457) of its API.
#[derive(Clone, Debug, Deserialize, thiserror::Error)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// What kind of problem it is.
    pub code: String,
    /// What to change.
    pub detail: String,
    /// The fields that cannot be taken.
    #[serde(default)]
    pub errors: Vec<FieldProblem>,
}

/// A field that cannot be taken.
#[derive(Clone, Debug, Deserialize)]
pub struct FieldProblem {
    /// Its name.
    pub field: String,
    /// What to change.
    pub detail: String,
}

impl Problem {
    fn exit(&self) -> Exit {
        match self.status {
            401 => Exit::SignedOut,
            403 => Exit::Forbidden,
            404 => Exit::NotFound,
            409 => Exit::Conflict,
            429 | 500.. => Exit::Unavailable,
            _ => Exit::Usage,
        }
    }

    /// Whether a field of this name cannot be taken.
    pub fn is_about(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.status == 401 {
            return f.write_str("the API key is unknown, expired or deleted; run `muster login` with another one");
        }
        if self.errors.is_empty() {
            return f.write_str(&log_safe(&self.detail));
        }
        let told = self.errors.iter().map(|error| format!("{}: {}", log_safe(&error.field), log_safe(&error.detail)));
        f.write_str(&told.collect::<Vec<_>>().join("\n        "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_told_in_its_own_words() {
        let read = |text: &str| serde_json::from_str::<Problem>(text).unwrap();
        let conflict = read(r#"{"status":409,"code":"CHANGED","detail":"Ada approved it.\u001b[2J"}"#);
        assert_eq!((conflict.to_string().as_str(), conflict.exit()), ("Ada approved it. [2J", Exit::Conflict));
        let wrong = read(
            r#"{"type":"about:blank","status":422,"code":"INVALID","detail":"A",
                "errors":[{"field":"name","detail":"A"},{"field":"types","detail":"B"}]}"#,
        );
        assert_eq!((wrong.to_string().as_str(), wrong.exit()), ("name: A\n        types: B", Exit::Usage));
        for (status, exit) in [(401, Exit::SignedOut), (403, Exit::Forbidden), (404, Exit::NotFound)] {
            assert_eq!(Problem { status, ..conflict.clone() }.exit(), exit);
        }
        for status in [429, 500, 503] {
            assert_eq!(Problem { status, ..conflict.clone() }.exit(), Exit::Unavailable);
        }
    }
}
