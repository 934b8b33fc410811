//! What a request brings. What cannot be read is refused in the protocol's envelope, and not repeated.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::FromRequestParts,
    http::request::Parts,
};
use muster::text::Invalid;
use serde::de::DeserializeOwned;

use super::ApiError;
use crate::error::Error;

/// The largest body of a request, in bytes. Clients list hundreds of task types in it.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// The whole body.
///
/// # Errors
/// [`Error::TooLarge`].
pub async fn whole(body: Body) -> Result<Bytes, Error> {
    // A connection that broke is told the same: nobody reads it.
    to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| Error::TooLarge(MAX_BODY_BYTES))
}

/// Reads a body. What is wrong is told by its place alone: a parser's own words would repeat what stands there.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| {
        let what = if error.is_data() { "holds a field of the wrong type" } else { "is not JSON" };
        let (line, column) = (error.line(), error.column());
        Error::field("body", Invalid::new(format!("The body {what} at line {line}, column {column}.")))
    })
}

/// That a query cannot be read.
pub fn unreadable_query() -> Error {
    Error::field("query", Invalid::new("The query holds a parameter of the wrong type."))
}

/// The query.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(serde_urlencoded::from_str(query).map_err(|_| unreadable_query())?))
    }
}
