//! What a request brings. What cannot be read is refused in the protocol's envelope, and not repeated.

use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
};
use muster::text::Invalid;
use serde::de::DeserializeOwned;

use super::ApiError;
use crate::error::Error;

/// The largest body of a request, in bytes. Clients list hundreds of task types in it.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// The whole body.
pub struct Body(pub Bytes);

impl<S: Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        // A connection that broke is told the same: nobody reads it.
        to_bytes(request.into_body(), MAX_BODY_BYTES)
            .await
            .map(Self)
            .map_err(|_| Error::TooLarge(MAX_BODY_BYTES).into())
    }
}

/// Reads a body. What is wrong is told by its place alone: a parser's own words would repeat what stands there.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| {
        let what = if error.is_data() { "holds a field of the wrong type" } else { "is not JSON" };
        let (line, column) = (error.line(), error.column());
        Error::field("body", Invalid::new(format!("The body {what} at line {line}, column {column}.")))
    })
}

/// The query.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        let unreadable = |_| Error::field("query", Invalid::new("The query holds a parameter of the wrong type."));
        Ok(Self(serde_urlencoded::from_str(query).map_err(unreadable)?))
    }
}
