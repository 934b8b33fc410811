//! The door for delegates: the protocol that existing Harness delegates speak. See [`muster::wire`].
//!
//! A client may ignore every answer, so nothing here trusts it: a refusal is what the server does not do.

mod authenticate;
mod authenticated;
mod extract;
mod heartbeat;
mod presented;
mod profile;
mod refuse;
mod register;
mod script;
mod tasks;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post, put},
};
use muster::wire::path;

use self::authenticated::Authenticated;
pub use self::refuse::ApiError;
use crate::{
    error::{Error, Object},
    state::State,
};

/// The routes of the protocol.
pub fn router() -> Router<State> {
    // Some clients keep polling with an empty id after a refused registration: they are answered like everybody.
    let nameless = |path: &str| path.replace("{id}", "");
    Router::new()
        .route(path::REGISTER, post(register::register))
        .route(path::HEARTBEAT, post(heartbeat::heartbeat))
        .route(path::UNREGISTER, post(heartbeat::unregister))
        .route(path::TASK_EVENTS, get(tasks::task_events))
        .route(&nameless(path::TASK_EVENTS), get(tasks::task_events))
        .route(path::PROFILE, get(profile::profile))
        .route(path::PROFILE_RESULT, post(script::result).layer(DefaultBodyLimit::max(script::MAX_RESULT_BYTES)))
        .route(path::SCRIPT_RUN, put(script::report))
        .method_not_allowed_fallback(unknown)
}

/// What there is not: a good credential is told so, any other is refused as everywhere. Always in JSON, in the shape
/// that delegates and clients of the public APIs read.
pub async fn unknown(authenticated: Result<Authenticated, ApiError>) -> ApiError {
    authenticated.err().unwrap_or(ApiError(Error::NotFound(Object::Path)))
}
