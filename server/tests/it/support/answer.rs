//! A whole answer, read to its end.

use axum::{
    body::{Bytes, to_bytes},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// Reads a response to its end. A stream of events has none.
    pub async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 64 * 1024 * 1024).await.unwrap();
        Self { status: parts.status, headers: parts.headers, body }
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        self.to()
    }

    /// The body as a type of the contract.
    #[track_caller]
    pub fn to<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    /// A header's value; empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("the header is text"))
    }

    /// Where the browser is sent.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// Status and JSON, to compare both at once.
    #[track_caller]
    pub fn pair(&self) -> (StatusCode, Value) {
        (self.status, self.json())
    }

    /// The same answer, where it is a success.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.status.is_success(), "{} {}", self.status, String::from_utf8_lossy(&self.body));
        self
    }

    /// Status, code and sentence of a refusal by the delegate API; checks that the header repeats the code.
    #[track_caller]
    pub fn refusal(&self) -> (StatusCode, String, String) {
        let envelope = self.json();
        let message = &envelope["responseMessages"][0];
        let [code, sentence] = ["code", "message"].map(|part| message[part].as_str().unwrap_or_default().to_owned());
        assert_eq!(envelope["resource"], Value::Null, "{envelope}");
        assert_eq!(self.header("x-harness-error"), code, "{envelope}");
        (self.status, code, sentence)
    }

    /// The resource in the envelope of the delegate API.
    #[track_caller]
    pub fn resource(self) -> Value {
        let mut envelope = self.ok().json();
        assert_eq!(
            (&envelope["metaData"], &envelope["responseMessages"]),
            (&serde_json::json!({}), &serde_json::json!([]))
        );
        envelope["resource"].take()
    }
}
