//! The envelope around replies, and the body of a refusal.

use serde::{Deserialize, Serialize};

use crate::named_enum::named_enum;

/// The envelope of a reply.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<T> {
    /// Always an empty object.
    #[serde(default)]
    pub meta_data: Option<serde_json::Map<String, serde_json::Value>>,
    /// What was asked for.
    pub resource: Option<T>,
    /// What went wrong; empty in a reply that succeeded.
    #[serde(default)]
    pub response_messages: Vec<Message>,
}

impl<T> Envelope<T> {
    /// A reply that succeeded.
    pub fn new(resource: Option<T>) -> Self {
        Self { meta_data: Some(serde_json::Map::new()), resource, response_messages: Vec::new() }
    }

    /// A reply that says what went wrong.
    pub fn refused(code: &str, message: impl Into<String>) -> Self {
        let message = Message {
            code: code.to_owned(),
            level: "ERROR".to_owned(),
            message: message.into(),
            exception: None,
            failure_types: Vec::new(),
        };
        Self { meta_data: None, resource: None, response_messages: vec![message] }
    }
}

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// A word for programs: `REVOKED_TOKEN`, `INVALID_REQUEST`.
    pub code: String,
    /// Always `ERROR`.
    #[serde(default)]
    pub level: String,
    /// A sentence for people.
    #[serde(default)]
    pub message: String,
    /// Always null.
    #[serde(default)]
    pub exception: Option<serde_json::Value>,
    /// Always empty.
    #[serde(default)]
    pub failure_types: Vec<serde_json::Value>,
}

/// The header that repeats a refusal's code.
pub const ERROR_HEADER: &str = "x-harness-error";

named_enum! {
    /// Why a credential is refused; each is answered with status 401.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
    pub enum Refusal: code {
        /// The token was revoked by a person.
        #[error("Revoked Delegate Token.")]
        RevokedToken = "REVOKED_TOKEN";
        /// The credential is malformed, or no token of this account opens it.
        #[error("Token is not valid.")]
        InvalidToken = "INVALID_TOKEN";
        /// The credential or its token is too old.
        #[error("Token expired.")]
        ExpiredToken = "EXPIRED_TOKEN";
        /// The call brings a proof of a key that does not hold: it was altered, or made for another call.
        #[error("The proof of the delegate's key does not hold.")]
        InvalidProof = "INVALID_PROOF";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_shape_that_clients_read() {
        let refused = Envelope::<()>::refused(Refusal::RevokedToken.code(), Refusal::RevokedToken.to_string());
        assert_eq!(
            serde_json::to_value(refused).unwrap(),
            serde_json::json!({"metaData": null, "resource": null, "responseMessages": [{
                "code": "REVOKED_TOKEN", "level": "ERROR", "message": "Revoked Delegate Token.",
                "exception": null, "failureTypes": [],
            }]})
        );
        assert_eq!(
            serde_json::to_value(Envelope::<()>::new(None)).unwrap(),
            serde_json::json!({"metaData": {}, "resource": null, "responseMessages": []})
        );
    }
}
