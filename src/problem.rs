//! What went wrong, as programs read it: a code that stays the same, and a sentence for people that may change.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{form::InvalidFields, named_enum::named_enum, text::InvalidField};

named_enum! {
    /// What kind of problem it is. Programs may rely on these words: one is never given another meaning.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum Code: code {
        /// Nobody is signed in, or the session has ended.
        SignedOut = "SIGNED_OUT";
        /// The roles of who asks do not include it.
        Forbidden = "FORBIDDEN";
        /// There is no such object, or it cannot be seen by who asks.
        NotFound = "NOT_FOUND";
        /// A field cannot be taken as it is.
        Invalid = "INVALID";
        /// Another object has this name.
        NameTaken = "NAME_TAKEN";
        /// Somebody else changed the object since it was looked at, or decided first.
        Changed = "CHANGED";
        /// The object is not in a state that allows it.
        WrongState = "WRONG_STATE";
        /// Other objects need it.
        InUse = "IN_USE";
        /// It was asked for before, by a call of the same name.
        Repeated = "REPEATED";
        /// There are as many as there may be.
        LimitReached = "LIMIT_REACHED";
        /// A request is too large.
        TooLarge = "TOO_LARGE";
        /// Too many attempts, or too many others at once; try again later.
        TooMany = "TOO_MANY";
        /// A credential is refused.
        Refused = "REFUSED";
        /// The database cannot be used for the moment. Nothing changed.
        Unavailable = "UNAVAILABLE";
        /// The database was lost in the middle of a commit: nobody can tell whether it was saved.
        UnknownOutcome = "UNKNOWN_OUTCOME";
        /// The server failed.
        Internal = "INTERNAL";
    }
}

impl Code {
    /// The HTTP status that goes with it.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::SignedOut | Self::Refused => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Changed | Self::WrongState | Self::InUse | Self::Repeated | Self::LimitReached => 409,
            Self::TooLarge => 413,
            Self::Invalid | Self::NameTaken => 422,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable | Self::UnknownOutcome => 503,
        }
    }
}

/// A problem with what was asked for. Nothing changed, unless its code says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of problem it is.
    pub code: Code,
    /// The name of the field that is to be changed; empty where it is none in particular.
    pub field: String,
    /// What a person can do; never a secret, and never what stands behind the problem.
    pub message: String,
    /// Further fields that are to be changed, in the form's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<FieldProblem>,
}

/// A field that is to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Its name.
    pub field: String,
    /// What a person can do; never a secret.
    pub message: String,
}

impl Problem {
    /// A problem with one field; with none in particular where that is empty.
    pub fn new(code: Code, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, field: field.into(), message: message.into(), others: Vec::new() }
    }

    /// Each field that is to be changed, and what a person can do.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let others = self.others.iter().map(|other| (other.field.as_str(), other.message.as_str()));
        std::iter::once((self.field.as_str(), self.message.as_str())).chain(others)
    }
}

impl From<InvalidFields> for Problem {
    fn from(wrong: InvalidFields) -> Self {
        let problem =
            |wrong: &InvalidField| FieldProblem { field: wrong.field.to_owned(), message: wrong.error.to_string() };
        let FieldProblem { field, message } = problem(wrong.first());
        Self { code: Code::Invalid, field, message, others: wrong.iter().skip(1).map(problem).collect() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: Vec<&str> = self.fields().map(|(_, message)| message).collect();
        f.write_str(&messages.join(" "))
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_word_everywhere() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.code());
            assert_eq!(Code::from_code(code.code()), Some(code));
        }
    }

    #[test]
    fn programs_read_the_code() {
        let mut problem = Problem::new(Code::NameTaken, "name", "There is a token edge already.");
        let json = r#"{"code":"NAME_TAKEN","field":"name","message":"There is a token edge already."}"#;
        assert_eq!(serde_json::to_string(&problem).unwrap(), json);
        assert_eq!(serde_json::from_str::<Problem>(json).unwrap(), problem);
        problem.others.push(FieldProblem { field: "value".to_owned(), message: "Write a value.".to_owned() });
        let json = serde_json::to_string(&problem).unwrap();
        assert!(json.ends_with(r#","others":[{"field":"value","message":"Write a value."}]}"#), "{json}");
        assert_eq!(serde_json::from_str::<Problem>(&json).unwrap(), problem);
        assert_eq!(problem.to_string(), "There is a token edge already. Write a value.");
    }
}
