//! Forms.
//!
//! The browser posts straight to a server function's URL and shows whatever comes back, so the answer is turned into a
//! redirect: onwards after success, back to the form after an error. The error and what was typed travel in the
//! session, never in a URL, and are gone once shown. Nothing is stored for somebody who is not signed in: there they
//! travel in a cookie, sealed.
//!
//! A page with scripts does not leave the form ([`FROM_PAGE`]): where that is not taken, the page comes back at once, as
//! the answer.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Extension,
    body::{Body, Bytes, to_bytes},
    extract::{OriginalUri, Request},
    http::{
        HeaderMap, HeaderValue, StatusCode, Uri,
        header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, REFERER, SET_COOKIE},
        request::Parts,
    },
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use muster::scope::Scope;
use muster_app::{Assets, error::ConsoleError, ui::form::Flash};
use tower_sessions::cookie::time::Duration;

use super::{MAX_FORM_BYTES, cookie, pages, scope};
use crate::{console::Operator, state};

/// The header by which the console's own script says that it puts the answer into the page that is open.
const FROM_PAGE: &str = "muster-form";

/// Under which name a session holds what a form left.
const FLASH: &str = "flash";

/// How many fields are given back.
const MAX_FIELDS: usize = 16;
/// The cookie of somebody who is not signed in.
const COOKIE: &str = "muster_flash";
/// The most bytes in it: sealed and encoded they fit into a cookie.
const MAX_COOKIE: usize = cookie::MAX_VALUE / 4 * 3 - 64;
/// How long it lasts.
const COOKIE_LASTS: Duration = Duration::minutes(10);
/// Fields that are not given back.
const SECRETS: [&str; 4] = ["password", "current_password", "code", "value"];

fn is_plain_form(headers: &HeaderMap) -> bool {
    let has = |name, part| headers.get(name).and_then(|v| v.to_str().ok()).is_some_and(|text| text.contains(part));
    has(ACCEPT, "text/html") && has(CONTENT_TYPE, "application/x-www-form-urlencoded")
}

/// Middleware around the server functions.
pub async fn posted(Extension(assets): Extension<Assets>, request: Request, next: Next) -> Response {
    if !is_plain_form(request.headers()) {
        return next.run(request).await;
    }
    let operator = request.extensions().get::<Operator>().cloned();
    let endpoint = request.uri().path().to_owned();
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_FORM_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let referrer = local_referrer(&parts.headers);
    let page = parts.headers.contains_key(FROM_PAGE).then(|| page_at(&parts, &referrer)).flatten();
    // The server function then answers as to its own client, and does not write errors into a URL.
    parts.headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let answer = next.run(Request::from_parts(parts, Body::from(body.clone()))).await;
    if answer.status().is_success() {
        let onwards = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
        return with_cookies(Redirect::to(onwards.unwrap_or(&referrer)).into_response(), answer.headers());
    }
    let error = match to_bytes(answer.into_body(), MAX_FORM_BYTES).await {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or(ConsoleError::Unreachable),
        Err(_) => ConsoleError::Unreachable,
    };
    // Who is not signed in any more is sent where one signs in.
    let page = page.filter(|_| error != ConsoleError::SignedOut);
    match (operator, page) {
        (Some(_), Some(mut page)) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            page.extensions_mut().insert(Flash {
                endpoint,
                error,
                fields: typed(&body).collect(),
                shown: Arc::default(),
            });
            let mut response = pages::render(&assets, page).await;
            // What the page itself has to say comes first.
            if response.status().is_success() {
                *response.status_mut() = status;
            }
            response
        }
        (Some(operator), None) => flash_and_return(&operator, endpoint, error, &body, &referrer).await,
        (None, _) => Redirect::to(&referrer).into_response(),
    }
}

/// A request for the page that a form stood on, by who sent the form.
fn page_at(sent: &Parts, page: &str) -> Option<Request> {
    let mut request = Request::get(page).body(Body::empty()).ok()?;
    *request.extensions_mut() = sent.extensions.clone();
    let address = OriginalUri(request.uri().clone());
    request.extensions_mut().insert(address);
    request.extensions_mut().remove::<Scope>();
    if let Some(operator) = sent.extensions.get::<Operator>() {
        request = scope::take_off(operator.scope.account, request);
        // The form may stand on a page of another scope than the one it went to.
        let scope = request.extensions().get().cloned().unwrap_or_else(|| Scope::account(operator.scope.account));
        request.extensions_mut().insert(Operator { scope, ..operator.clone() });
    }
    *request.headers_mut() = sent.headers.clone();
    [CONTENT_TYPE, CONTENT_LENGTH].iter().for_each(|name| _ = request.headers_mut().remove(name));
    Some(request)
}

/// The answer to the browser, with what the server function gave it to keep.
fn with_cookies(mut response: Response, given: &HeaderMap) -> Response {
    for cookie in given.get_all(SET_COOKIE) {
        response.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    response
}

/// What a form left, if it did: gone once taken. A session that holds nothing is not written.
///
/// # Errors
/// Where the database is out of reach.
pub async fn take_flash(
    operator: &Operator,
    headers: &HeaderMap,
) -> Result<Option<Flash>, tower_sessions::session::Error> {
    if operator.user.is_none() {
        return Ok(cookie::read(&operator.state.encryption, headers, COOKIE));
    }
    if operator.session.get_value(FLASH).await?.is_none() {
        return Ok(None);
    }
    operator.session.remove(FLASH).await
}

/// Removes the cookie that a form left for somebody who is not signed in.
pub fn forget_flash(state: &state::State, response: &mut Response) {
    if let Some(cookie) = cookie::remove(state, COOKIE) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// Leaves an error and what was typed for the next page, and sends the browser back to it.
pub async fn flash_and_return(
    operator: &Operator,
    endpoint: String,
    error: ConsoleError,
    body: &Bytes,
    back: &str,
) -> Response {
    let fields = typed(body);
    let mut response = Redirect::to(back).into_response();
    if operator.user.is_none() {
        let flash = small(Flash { endpoint, error, fields: BTreeMap::new(), shown: Arc::default() }, fields);
        if let Some(cookie) = cookie::write(&operator.state, COOKIE, &flash, COOKIE_LASTS) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        return response;
    }
    let flash = Flash { endpoint, error, fields: fields.collect(), shown: Arc::default() };
    if let Err(error) = operator.session.insert(FLASH, flash).await {
        tracing::warn!(%error, "what a form left could not be kept");
    }
    response
}

/// What was typed into a form, but for what is secret.
fn typed(body: &Bytes) -> impl Iterator<Item = (String, String)> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    pairs
        .into_iter()
        .filter(|(name, value)| !SECRETS.contains(&name.as_str()) && name.len() + value.len() <= MAX_FORM_BYTES)
        .take(MAX_FIELDS)
}

/// As many of the fields as a cookie holds, the first ones first.
fn small(mut flash: Flash, fields: impl Iterator<Item = (String, String)>) -> Flash {
    let size = |flash: &Flash| serde_json::to_vec(flash).map_or(usize::MAX, |json| json.len());
    for (name, value) in fields {
        if name.len() + value.len() > MAX_COOKIE || flash.fields.contains_key(&name) {
            continue;
        }
        flash.fields.insert(name.clone(), value);
        if size(&flash) > MAX_COOKIE {
            flash.fields.remove(&name);
        }
    }
    flash
}

/// The page that the form stood on: its path and query, never another site.
pub fn local_referrer(headers: &HeaderMap) -> String {
    headers
        .get(REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<Uri>().ok())
        .and_then(|uri| uri.path_and_query().map(|all| all.as_str().to_owned()))
        .filter(|path| muster_app::ui::href::is_page(path))
        .unwrap_or_else(|| "/delegates".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_on_this_site() {
        let back = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REFERER, HeaderValue::from_str(text).unwrap());
            local_referrer(&headers)
        };
        assert_eq!(back("http://127.0.0.1:3000/tokens/new?revoked=1"), "/tokens/new?revoked=1");
        assert_eq!(back("https://evil.example//evil.example/x"), "/delegates");
        assert_eq!(back("nonsense"), "/delegates");
    }
}
