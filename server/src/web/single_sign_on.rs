//! The way to the identity provider and back, as the browser goes it. Both are links that the browser follows as a whole: what
//! goes wrong is told at the entrance.

use axum::{
    Extension,
    body::Bytes,
    extract::{Query, State},
    http::{
        HeaderMap, HeaderValue,
        header::{CACHE_CONTROL, REFERRER_POLICY, SET_COOKIE},
    },
    response::{IntoResponse, Redirect, Response},
};
use muster_app::{
    error::ConsoleError,
    session::{LOGIN_PATH, SSO_PATH, after_sign_in},
};
use serde::Deserialize;
use tower_sessions::cookie::time::Duration;

use super::{cookie, forms::flash_and_return};
use crate::{
    console::Operator,
    single_sign_on::{Answer, Attempt, CALLBACK_PATH, LASTS},
    state,
};

/// The cookie that holds a sign-in that is under way.
const COOKIE: &str = "muster_sso";

/// Where somebody wants to go who signs in.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

/// Sends the browser to the identity provider.
pub async fn begin(
    State(state): State<state::State>,
    Extension(operator): Extension<Operator>,
    Query(Wanted { next }): Query<Wanted>,
) -> Response {
    let (address, attempt) = match operator.begin_single_sign_on(next).await {
        Ok(begun) => begun,
        Err(error) => return told(&operator, error).await,
    };
    let lasts = Duration::try_from(LASTS).unwrap_or(Duration::MINUTE);
    match cookie::write(&state, COOKIE, &attempt, lasts) {
        Some(cookie) => private(Redirect::to(&address).into_response(), Some(cookie)),
        // An address to go on to that fits into no cookie.
        None => Redirect::to(LOGIN_PATH).into_response(),
    }
}

/// Takes the browser back.
pub async fn finish(
    State(state): State<state::State>,
    Extension(operator): Extension<Operator>,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Response {
    let attempt: Option<Attempt> = cookie::read(&state.encryption, &headers, COOKIE);
    let next = attempt.as_ref().map(|attempt| attempt.next.clone()).unwrap_or_default();
    // It works once, whatever comes of it.
    let forget = cookie::remove(&state, COOKIE);
    let response = match operator.finish_single_sign_on(attempt, answer).await {
        Ok(known) => private(Redirect::to(after_sign_in(&next)).into_response(), known),
        Err(error) => told(&operator, error).await,
    };
    private(response, forget)
}

/// Tells at the entrance what went wrong.
async fn told(operator: &Operator, error: ConsoleError) -> Response {
    flash_and_return(operator, SSO_PATH.to_owned(), error, &Bytes::new(), LOGIN_PATH).await
}

/// The addresses of these answers hold what is nobody else's business.
fn private(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(cookie) = cookie {
        headers.append(SET_COOKIE, cookie);
    }
    response
}

/// Whether an address is on the way: who goes it is not signed in.
pub fn is_entrance(path: &str) -> bool {
    matches!(path, SSO_PATH | CALLBACK_PATH)
}
