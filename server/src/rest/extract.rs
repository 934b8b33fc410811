//! Reading requests: what cannot be read is told as any other problem.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
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
        let bytes = match Bytes::from_request(request, state).await {
            Ok(bytes) => bytes,
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(Error::TooLarge(MAX_BODY_BYTES).into());
            }
            Err(error) => return Err(Error::field("", Invalid::new(error.body_text())).into()),
        };
        serde_json::from_slice(&bytes).map(Self).map_err(|error| Error::field("", unread(&error)).into())
    }
}

/// Says why JSON cannot be read, but not what was in it: that may be a secret in the wrong place.
fn unread(error: &serde_json::Error) -> Invalid {
    let text = error.to_string();
    let told = text.split_once(", expected ").filter(|_| text.starts_with("invalid "));
    let told = told.map_or(text.as_str(), |(_, expected)| expected);
    let is_value = told.len() < text.len();
    Invalid::new(format!("The body cannot be read: {}{told}.", if is_value { "expected " } else { "" }))
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

#[cfg(test)]
mod tests {
    use super::unread;
    use crate::rest::tokens::CreateToken;

    #[test]
    fn what_was_in_a_body_is_not_repeated() {
        for (body, told) in [
            (r#"{"name":["s3cr3t"]}"#, "expected a string at line 1 column 8"),
            (r#"{"name":"x","requires_approval":"s3cr3t"}"#, "expected a boolean at line 1 column 40"),
            (r#"{"name":"x","max_registrations":-5}"#, "expected u32 at line 1 column 34"),
            ("{}", "missing field `name` at line 1 column 2"),
            (r#"{"name":"x","colour":"s3cr3t"}"#, "unknown field `colour`"),
            ("s3cr3t", "expected value at line 1 column 1"),
        ] {
            let error = serde_json::from_str::<CreateToken>(body).err().unwrap();
            let text = unread(&error).to_string();
            assert!(text.contains(told) && !text.contains("s3cr3t"), "{body}: {text}");
        }
    }
}
