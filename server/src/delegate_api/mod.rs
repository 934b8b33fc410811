//! The door for delegates: the protocol that existing Harness delegates speak. See [`muster::wire`].
//!
//! A client may ignore every answer, so nothing here trusts it: a refusal is what the server does not do.

mod authenticate;
mod caller;
mod extract;
mod heartbeat;
mod profile;
mod recognise;
mod refuse;
mod register;
mod script;
mod tasks;
mod wanted_profile;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State as Shared},
    http::Uri,
    response::{IntoResponse as _, Response},
    routing::{get, post, put},
};
use muster::wire::path;
use serde::{Deserialize, de::DeserializeOwned};

use self::extract::{Body, Query};
pub use self::refuse::ApiError;
use crate::{error::Error, state::State};

/// The query that every call carries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct AccountQuery {
    #[serde(rename = "accountId")]
    account_id: String,
}

/// The routes of the protocol.
pub fn router() -> Router<State> {
    // Some clients keep polling with an empty id after a refused registration: they are answered like everybody.
    let nameless = |path: &str| path.replace("{id}", "");
    Router::new()
        .route(path::REGISTER, post(register::register))
        .route(path::HEARTBEAT, post(heartbeat::heartbeat))
        .route(path::UNREGISTER, post(heartbeat::unregister))
        .route(path::TASK_EVENTS, get(tasks::task_events))
        .route(&nameless(path::TASK_EVENTS), get(tasks::no_task_events))
        .route(path::PROFILE, get(profile::profile))
        .route(path::PROFILE_RESULT, post(script::result).layer(DefaultBodyLimit::max(script::RESULT_MOST)))
        .route(path::SCRIPT_RUN, put(script::report))
        .method_not_allowed_fallback(unknown)
}

/// What there is not: a good credential is told so, any other is refused as everywhere. Always in JSON, in the shape
/// that delegates and clients of the public APIs read.
pub async fn unknown(Shared(state): Shared<State>, uri: Uri, presented: caller::Presented) -> Response {
    let query: AccountQuery = serde_urlencoded::from_str(uri.query().unwrap_or_default()).unwrap_or_default();
    let error = match authenticate::authenticate(&state, &presented, &query.account_id, None).await {
        Ok(_) => Error::NotFound("There is nothing at this path."),
        Err(denied) => denied.into(),
    };
    ApiError(error).into_response()
}

/// Reads a body. What is wrong is told by its place alone: a parser's own words would repeat what stands there.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| {
        let what = if error.is_data() { "holds a field of the wrong type" } else { "is not JSON" };
        let (line, column) = (error.line(), error.column());
        let sentence = format!("The body {what} at line {line}, column {column}.");
        Error::field("body", muster::text::Invalid::new(sentence))
    })
}
