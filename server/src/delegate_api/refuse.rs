//! How a delegate is told no.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use muster::{
    problem::Code,
    wire::envelope::{ERROR_HEADER, Envelope},
};

use crate::error::{Conflict, Error, Object};

/// An error on its way to a delegate.
#[derive(Debug)]
pub struct ApiError(pub Error);

impl<E: Into<Error>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, message) = told(&self.0);
        let mut response = (status, Json(Envelope::<()>::refused(code, message))).into_response();
        if let Ok(code) = HeaderValue::from_str(code) {
            response.headers_mut().insert(ERROR_HEADER, code);
        }
        if let Error::TooMany(seconds) | Error::Busy(seconds) = self.0 {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Status, code and sentence, as clients of the protocol read them. What is internal is logged here.
fn told(error: &Error) -> (StatusCode, &'static str, String) {
    let invalid = |message: String| (StatusCode::BAD_REQUEST, "INVALID_REQUEST", message);
    match (error, error.code()) {
        (Error::Refused(refusal), _) => (StatusCode::UNAUTHORIZED, refusal.code(), refusal.to_string()),
        (Error::Restricted(restriction), _) => (StatusCode::FORBIDDEN, restriction.code(), restriction.to_string()),
        (Error::Replayed, _) => {
            let sentence = "This proof was used before. Sign each call anew.";
            (StatusCode::CONFLICT, "PROOF_ALREADY_USED", sentence.to_owned())
        }
        (Error::Invalid(fields), _) => invalid(fields.first().error.to_string()),
        (Error::Conflict(conflict), _) => invalid(sentence(conflict)),
        (Error::NotFound(object), _) => (StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND", not_found(*object).to_owned()),
        (Error::TooLarge(most), _) => {
            let sentence = format!("The body is larger than {most} bytes.");
            (StatusCode::PAYLOAD_TOO_LARGE, "INVALID_REQUEST", sentence)
        }
        (Error::TooMany(seconds), _) => {
            (StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", format!("Try again in {seconds} seconds."))
        }
        (Error::Busy(seconds), _) => {
            let sentence = format!("Many delegates call at once. Try again in {seconds} seconds.");
            (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", sentence)
        }
        (error, Code::Unavailable | Code::UnknownOutcome) => {
            tracing::warn!(%error, "a call of a delegate has to wait");
            let sentence = "The database cannot be used now. Try again.";
            (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", sentence.to_owned())
        }
        // What no delegate is told: who asks here is no person, and names nothing.
        (error, _) => {
            tracing::error!(%error, "a call of a delegate failed");
            (StatusCode::INTERNAL_SERVER_ERROR, "GENERAL_ERROR", "The manager failed. Try again.".to_owned())
        }
    }
}

const fn not_found(object: Object) -> &'static str {
    match object {
        Object::Path => "There is nothing at this path.",
        _ => "There is no such delegate. Register first.",
    }
}

fn sentence(conflict: &Conflict) -> String {
    match conflict {
        Conflict::NotApproved(_) => "This delegate is not approved.".to_owned(),
        Conflict::NotDelivered(why) => format!("The startup script was not delivered. {why}"),
        Conflict::ForeignRun => "This run belongs to another delegate. Choose another id.".to_owned(),
        other => other.to_string(),
    }
}
