//! How a delegate is told no.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use muster::wire::envelope::{ERROR_HEADER, Envelope};

use crate::error::Error;

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
        let (status, code, message) = match &self.0 {
            Error::Refused(refusal) => (StatusCode::UNAUTHORIZED, refusal.code(), refusal.to_string()),
            Error::Invalid { error, .. } => (StatusCode::BAD_REQUEST, "INVALID_REQUEST", error.to_string()),
            Error::TooLarge(most) => {
                (StatusCode::PAYLOAD_TOO_LARGE, "INVALID_REQUEST", format!("The body is larger than {most} bytes."))
            }
            Error::Conflict(sentence) => (StatusCode::BAD_REQUEST, "INVALID_REQUEST", sentence.clone()),
            Error::NotFound(sentence) => (StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND", (*sentence).to_owned()),
            Error::TooMany(seconds) => {
                (StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", format!("Try again in {seconds} seconds."))
            }
            Error::Replayed => (
                StatusCode::CONFLICT,
                "PROOF_ALREADY_USED",
                "This proof was used before. Sign each call anew.".to_owned(),
            ),
            error if error.is_unavailable() => {
                tracing::warn!(%error, "a call of a delegate has to wait");
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    "UNAVAILABLE",
                    "The database cannot be used now. Try again.".to_owned(),
                )
            }
            error => {
                tracing::error!(%error, "a call of a delegate failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "GENERAL_ERROR", "The manager failed. Try again.".to_owned())
            }
        };
        let mut response = (status, Json(Envelope::<()>::refused(code, message))).into_response();
        if let Ok(code) = HeaderValue::from_str(code) {
            response.headers_mut().insert(ERROR_HEADER, code);
        }
        if let Error::TooMany(seconds) = self.0 {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
