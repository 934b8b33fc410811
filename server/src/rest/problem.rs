//! What programs are told where something could not be done: `application/problem+json` (RFC 9457), with a code that stays
//! the same.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use muster::problem::Code;
use serde::Serialize;
use utoipa::ToSchema;

use super::document::PROBLEM;
use crate::{error::Error, problem::describe};

/// What could not be done, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the code says what kind of problem it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What the status means.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What kind of problem it is, in a word that is never given another meaning, as `NAME_TAKEN`.
    pub code: &'static str,
    /// What to change, for people.
    pub detail: String,
    /// The fields that cannot be taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// A field that cannot be taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Its name.
    pub field: String,
    /// What to change.
    pub detail: String,
}

/// An error on its way to a program.
#[derive(Debug)]
pub struct Rejection(Error);

impl<E: Into<Error>> From<E> for Rejection {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let error = self.0;
        let code = error.code();
        let retry_after = match &error {
            Error::TooMany(seconds) | Error::Busy(seconds) => Some(*seconds),
            _ => None,
        };
        let (detail, errors) = match describe(&error) {
            Some(problem) => {
                let first = (!problem.field.is_empty()).then(|| (problem.field, problem.message.clone()));
                let others = problem.others.into_iter().map(|other| (other.field, other.message));
                let errors = first.into_iter().chain(others);
                (problem.message, errors.map(|(field, detail)| FieldProblem { field, detail }).collect())
            }
            None => (detail(code).to_owned(), Vec::new()),
        };
        match code {
            Code::Internal => tracing::error!(%error, "a call of the public API failed"),
            Code::UnknownOutcome => tracing::warn!(%error, "nobody can tell whether a change was saved"),
            _ => {}
        }
        let mut response = respond(code, detail, errors);
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// What is told of a kind of problem, where the error has no sentence of its own.
const fn detail(code: Code) -> &'static str {
    match code {
        Code::SignedOut => {
            "Send an API key that works in the header x-api-key. This one is unknown, expired or deleted, or there is none."
        }
        Code::Forbidden => "Neither the key nor its owner has a role that allows this.",
        Code::TooMany => "Too many requests. Wait for as long as Retry-After says.",
        Code::Unavailable => "Muster cannot do this right now. Nothing was changed; try again in a moment.",
        Code::UnknownOutcome => {
            "The database was lost while this was being saved. Look whether it was saved before you try again."
        }
        _ => "Muster could not do this. The server's log tells more under the request's id (header x-request-id).",
    }
}

fn respond(code: Code, detail: String, errors: Vec<FieldProblem>) -> Response {
    // A page marks the field; to a program it is the state of things that does not allow it.
    let status = if code == Code::NameTaken { StatusCode::CONFLICT.as_u16() } else { code.status() };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let title = status.canonical_reason().unwrap_or_default().to_owned();
    let problem = Problem { kind: "about:blank", title, status: status.as_u16(), code: code.code(), detail, errors };
    let mut response = (status, Json(problem)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
    // Whoever keeps what came of a call has to know whether anything may have changed.
    response.extensions_mut().insert(code);
    if code == Code::SignedOut {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Muster\""));
    }
    response
}
