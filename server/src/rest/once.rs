//! Calls with an `Idempotency-Key`: however often a program repeats one, it is made once.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use muster::{audit::Actor, id::OnceCallId, problem::Code, text::Invalid};
use sha2::{Digest as _, Sha256};

use super::{MAX_BODY_BYTES, authenticated::Asked, problem::Rejection};
use crate::{
    error::Error,
    manage::once::{self, Begun, Call},
    state,
};

/// The header by which a program names a call.
pub const HEADER: &str = "idempotency-key";
/// Says of an answer that it is that of the first call.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The most characters of a name.
pub const MAX_NAME_LENGTH: usize = 128;

/// Stands beside an answer that holds a value which is told once: it is not kept.
#[derive(Clone, Copy, Debug)]
pub struct ToldOnce;

/// Makes a call once, where it has a name.
pub async fn once(State(state): State<state::State>, asked: Asked, request: Request, next: Next) -> Response {
    let named = request.method() == Method::POST && request.headers().contains_key(HEADER);
    if !named {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let begun = async {
        let name = name(&parts.headers)?;
        let body = to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| Error::TooLarge(MAX_BODY_BYTES))?;
        let Actor::ApiKey { id: key, .. } = asked.cx.principal.actor else { return Err(Error::SignedOut) };
        let call = Call { key, name, digest: digest(&asked, &parts, &body) };
        Ok((once::begin(&state, &call).await?, body))
    };
    match begun.await {
        Ok((Begun::First(id), body)) => {
            // Who repeats a call has often stopped waiting for the first: that goes through to its end.
            let made = tokio::spawn(make(state, id, Request::from_parts(parts, Body::from(body)), next));
            made.await.unwrap_or_else(|error| Rejection::from(Error::internal(error)).into_response())
        }
        Ok((Begun::Answered(status, body), _)) => replayed(status, body),
        Err(error) => Rejection::from(error).into_response(),
    }
}

fn name(headers: &HeaderMap) -> Result<String, Error> {
    let text = headers.get(HEADER).and_then(|name| name.to_str().ok()).unwrap_or_default().trim();
    let is_name = (1..=MAX_NAME_LENGTH).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_graphic());
    let sentence = || Invalid::new(format!("Use 1 to {MAX_NAME_LENGTH} visible ASCII characters, as a UUID has."));
    is_name.then(|| text.to_owned()).ok_or_else(|| Error::field("Idempotency-Key", sentence()))
}

/// What is asked for: the operation, where, and with what.
fn digest(asked: &Asked, parts: &Parts, body: &Bytes) -> String {
    let mut digest = Sha256::new();
    for part in [parts.uri.path(), asked.scope.identifiers().as_str(), parts.uri.query().unwrap_or_default()] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.update(body);
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes the call, and keeps what came of it.
async fn make(state: state::State, id: OnceCallId, request: Request, next: Next) -> Response {
    let (parts, body) = next.run(request).await.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Rejection::from(Error::internal("an answer could not be read")).into_response();
    };
    let kept = if parts.status.is_success() {
        let told_once = parts.extensions.get::<ToldOnce>().is_some();
        let text = (!told_once).then(|| String::from_utf8_lossy(&body).into_owned());
        once::finish(&state, id, parts.status.as_u16(), text).await
    } else if matches!(parts.extensions.get(), Some(Code::UnknownOutcome | Code::Internal)) {
        // Nobody knows what came of it.
        Ok(())
    } else {
        once::forget(&state, id).await
    };
    if let Err(error) = kept {
        tracing::warn!(%error, "what came of a call with an Idempotency-Key is not kept: it cannot be repeated");
    }
    Response::from_parts(parts, Body::from(body))
}

fn replayed(status: u16, body: String) -> Response {
    let mut response = (StatusCode::from_u16(status).unwrap_or(StatusCode::OK), body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
