//! Reading requests: what cannot be read is told as any other problem.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{StatusCode, request::Parts},
};
use muster::text::Invalid;
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, Unexpected},
};
use serde_json::Number;

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
    text.map(read).transpose()
}

/// Reads an integer as JSON Schema has them: `3.0` is one, too.
///
/// # Errors
/// Where it is none, or is out of bounds.
pub fn integer<'de, D: Deserializer<'de>, T: TryFrom<i64>>(deserializer: D) -> Result<T, D::Error> {
    whole(&Number::deserialize(deserializer)?)
}

/// The same, of a field that can be null.
///
/// # Errors
/// As for [`integer`].
pub fn optional_integer<'de, D: Deserializer<'de>, T: TryFrom<i64>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::<Number>::deserialize(deserializer)?.map(|number| whole(&number)).transpose()
}

fn whole<T: TryFrom<i64>, E: de::Error>(number: &Number) -> Result<T, E> {
    let whole = number.as_i64().or_else(|| whole_float(number.as_f64()?));
    let expected = format!("an integer of {} bits at most", 8 * size_of::<T>());
    whole
        .and_then(|whole| T::try_from(whole).ok())
        .ok_or_else(|| E::invalid_value(Unexpected::Other("number"), &expected.as_str()))
}

/// Up to 2^53 a floating-point number says which integer it is.
fn whole_float(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and far from the bounds")]
    (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
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
            (r#"{"name":"x","max_registrations":-5}"#, "expected an integer of 32 bits at most"),
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
