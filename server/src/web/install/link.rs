//! Links that hand out install files once, over HTTP.

use std::net::SocketAddr;

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt as _;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{
    install::bundle::Download,
    manage::install::links::{Redemption, RefusedLink, redeem},
    state,
};

/// The query of a link. It has no `Debug`: the key is as good as the token.
#[derive(Deserialize)]
pub struct Key {
    key: String,
    /// What the host calls itself, for a link that is for several.
    #[serde(default)]
    host: String,
}

const UNKNOWN: &str = "This link is not known. Copy the whole line from the console, in quotes.";
const USED: &str = "This link was used before. Make a new one in the console, under Download Delegate.";
const EXPIRED: &str = "This link has expired. Make a new one in the console, under Download Delegate.";
const NAMELESS: &str =
    "This link is for several hosts, and this one did not say what it is called. Run the whole line.";
const ONLY_WHOLE: &str = "This link hands out the whole file. Fetch it without a range.";
const OUTDATED: &str =
    "The token or the profile of this link is gone. Choose others in the console, under Download Delegate.";

/// Hands out the files of a link, once.
pub async fn fetch(
    State(state): State<state::State>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    key: Result<Query<Key>, QueryRejection>,
) -> Response {
    let redeemed = match key {
        Ok(_) if headers.contains_key(header::RANGE) => return told(StatusCode::RANGE_NOT_SATISFIABLE, ONLY_WHOLE),
        Ok(Query(Key { key, host })) => redeem(&state, &Zeroizing::new(key), &host, peer.ip()).await,
        Err(_) => Err(RefusedLink::Unknown),
    };
    match redeemed {
        Ok((download, redemption)) => follow(download, redemption),
        Err(RefusedLink::Unknown) => told(StatusCode::NOT_FOUND, UNKNOWN),
        Err(RefusedLink::Used) => told(StatusCode::GONE, USED),
        Err(RefusedLink::Expired) => told(StatusCode::GONE, EXPIRED),
        Err(RefusedLink::Outdated) => told(StatusCode::GONE, OUTDATED),
        Err(RefusedLink::Nameless) => told(StatusCode::BAD_REQUEST, NAMELESS),
        Err(RefusedLink::Failed(error)) => {
            tracing::error!(%error, "an install link could not be redeemed");
            told(StatusCode::SERVICE_UNAVAILABLE, "Muster could not do this. Try again in a moment.")
        }
    }
}

fn told(status: StatusCode, sentence: &str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], format!("{sentence}\n")).into_response()
}

/// Looking at a link does not use it up, and tells nothing about it.
pub async fn head() -> impl IntoResponse {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET"), (header::CACHE_CONTROL, "no-store")])
}

/// The answer. Where it is torn before its end the link is good again.
fn follow(download: Download, mut redemption: Redemption) -> Response {
    let mut left = download.size();
    let (parts, body) = download.into_response().into_parts();
    let body = body.into_data_stream().map(move |piece| {
        left = left.saturating_sub(piece.as_ref().map_or(0, Bytes::len));
        if left == 0 {
            redemption.arrived();
        }
        piece
    });
    Response::from_parts(parts, Body::from_stream(body))
}
