//! For load balancers, orchestrators and search engines.

use axum::{extract::State, http::StatusCode};

use crate::state;

/// The process runs.
pub async fn live() -> &'static str {
    "ok\n"
}

/// The process can serve: its database takes writes, as a commit of the last seconds or of now has proved, and it is not
/// about to stop.
pub async fn ready(State(state): State<state::State>) -> (StatusCode, &'static str) {
    if state.stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match state.db.prove().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "the database takes no writes");
            (StatusCode::SERVICE_UNAVAILABLE, "the database takes no writes\n")
        }
    }
}

/// Nothing here is for search engines.
pub async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}
