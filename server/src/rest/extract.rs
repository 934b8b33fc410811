//! Reading requests: what cannot be read is told as any other problem.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::JsonRejection},
    http::{StatusCode, request::Parts},
};
use muster::text::Invalid;
use serde::de::DeserializeOwned;

use super::{MAX_BODY_BYTES, problem::Rejection};
use crate::error::{Error, Object};

/// A body in JSON.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Error::TooLarge(MAX_BODY_BYTES).into())
            }
            Err(error) => Err(Error::field("", Invalid::new(error.body_text())).into()),
        }
    }
}

/// What stands behind the question mark.
pub struct Asking<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Asking<T> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(Self(query)),
            Err(error) => Err(Error::field("", Invalid::new(error.body_text())).into()),
        }
    }
}

/// The id of an object in a path. What is none names no object.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: std::str::FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let Ok(Path(text)) = Path::<String>::from_request_parts(parts, state).await else {
            return Err(Error::NotFound(Object::Path).into());
        };
        text.parse().map(Self).map_err(|_| Error::NotFound(Object::Path).into())
    }
}

/// Reads one of the words of an enumeration in a query.
///
/// # Errors
/// Lists the words.
pub fn word<T>(
    field: &'static str,
    text: Option<&str>,
    read: impl Fn(&str) -> Option<T>,
    all: &[&str],
) -> Result<Option<T>, Error> {
    let read = |text: &str| {
        let sentence = || Invalid::new(format!("Use one of {}.", all.join(", ")));
        read(text).ok_or_else(|| Error::field(field, sentence()))
    };
    text.filter(|text| !text.is_empty()).map(read).transpose()
}
