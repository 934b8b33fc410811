//! Who asks, for every request of the console; and where a page sends those who may not see it.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, OriginalUri, Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use leptos_axum::ResponseOptions;
use muster::{
    escape::{read_query, url_path},
    scope::Scope,
    user::{User, browser},
};
use muster_app::{
    second_factor,
    session::{CODE_PATH, LOGIN_PATH},
    ui::href::is_page,
};
use tower_http::request_id::RequestId;
use tower_sessions::Session;

use super::{SESSION_COOKIE, cookie, invitation, origins, remembered, single_sign_on};
use crate::{
    auth::{
        caller,
        device::{self, Device},
    },
    console::Operator,
    error::Error,
    manage::users::{
        self,
        sign_in::{Gone, gone},
    },
    state,
};

/// Finds who asks and puts the operator into the request. A page that needs somebody sends to where one signs in,
/// before Leptos begins: its own redirects would come too late.
pub async fn identify(
    State(state): State<state::State>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let user = match caller::find(&state, &session).await {
        Ok(user) => user,
        Err(error) => return failed(&error),
    };
    let must_enrol = match must_enrol(&state, &session, user.as_ref()).await {
        Ok(must) => must,
        Err(error) => return failed(&error),
    };
    // Only where nothing is done: a session that cannot be saved would turn an answer of success into an error.
    if user.is_some()
        && request.method() == Method::GET
        && let Err(error) = caller::extend(&session, state.clock.now()).await
    {
        return failed(&error);
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads && !request.uri().path().starts_with("/api/") {
        let original = request.extensions().get().map_or_else(|| request.uri().clone(), |OriginalUri(uri)| uri.clone());
        let asked = (request.uri(), &original);
        match elsewhere(&state, asked, request.headers(), &session, user.as_ref(), must_enrol).await {
            Ok(Some(path)) => return Redirect::to(&path).into_response(),
            Ok(None) => {}
            Err(error) => return failed(&error),
        }
    }
    let sends = request.method() == Method::POST;
    if user.is_none()
        && sends
        && let Err(Error::TooMany(seconds)) = state.limits.stranger(peer.ip())
    {
        let wait = [(header::RETRY_AFTER, seconds)];
        return (StatusCode::TOO_MANY_REQUESTS, wait, format!("Too many requests. Try again in {seconds} s.\n"))
            .into_response();
    }
    let headers = request.headers();
    let host = origins::host_of(request.uri(), headers);
    let login_is_kept_at = origins::login_is_kept_at(&state, request.uri(), headers);
    // Where somebody may sign in.
    let signs_in = sends || single_sign_on::is_entrance(request.uri().path());
    let device: Option<Device> = signs_in.then(|| cookie::read(&state.encryption, headers, device::COOKIE)).flatten();
    let remembered = user.as_ref().map(|user| remembered::read(&state.encryption, headers, user)).unwrap_or_default();
    let by_form = headers.contains_key(header::ORIGIN);
    let link = invitation::key_of(&state.encryption, request.uri().path(), headers);
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let browser = browser(agent);
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    let scope = request.extensions().get::<Scope>().cloned();
    let operator = Operator {
        scope: scope.unwrap_or_else(|| Scope::account(state.account)),
        state,
        user,
        session,
        address: peer.ip(),
        device,
        browser,
        must_enrol,
        link,
        remembered,
        login_is_kept_at,
        by_form,
        request_id: id.unwrap_or_default().to_owned(),
        host,
        response: ResponseOptions::default(),
    };
    request.extensions_mut().insert(operator);
    next.run(request).await
}

/// Whether a person has to set up a second factor before anything else. Whom the identity provider signed in gave one
/// there, or not, as it asks.
async fn must_enrol(state: &state::State, session: &Session, user: Option<&User>) -> Result<bool, Error> {
    match user {
        Some(user) if state.has_to_enrol(user) => Ok(!caller::is_by_single_sign_on(session).await?),
        _ => Ok(false),
    }
}

fn failed(error: &Error) -> Response {
    tracing::error!(%error, "a session could not be read");
    (StatusCode::SERVICE_UNAVAILABLE, "The database does not answer. Try again in a moment.\n").into_response()
}

/// Where a page request has to go instead. What is asked for is its original address.
async fn elsewhere(
    state: &state::State,
    (uri, original): (&Uri, &Uri),
    headers: &HeaderMap,
    session: &Session,
    user: Option<&User>,
    must_enrol: bool,
) -> Result<Option<String>, Error> {
    let path = uri.path();
    if user.is_some() {
        if must_enrol {
            return Ok((path != second_factor::PATH).then(|| second_factor::PATH.to_owned()));
        }
        return Ok(matches!(path, LOGIN_PATH | CODE_PATH | "/setup").then(|| after_login(uri)));
    }
    if users::none_yet(state).await? {
        return Ok((path != "/setup").then(|| "/setup".to_owned()));
    }
    if path == LOGIN_PATH || invitation::is_entrance(path) || single_sign_on::is_entrance(path) {
        return Ok(None);
    }
    if path == CODE_PATH {
        let is_awaited = caller::awaited(session, state.clock.now()).await?.is_some();
        return Ok((!is_awaited).then(|| "/login".to_owned()));
    }
    let ended = ended(state, headers).await?;
    let query = match (path, ended) {
        // Nowhere in particular.
        ("/" | "/setup", None | Some("by-itself")) => return Ok(Some("/login".to_owned())),
        ("/" | "/setup", Some(how)) => format!("ended={how}"),
        (_, ended) => {
            let wanted = original.path_and_query().map_or("/", |all| all.as_str());
            let ended = ended.map(|how| format!("&ended={how}")).unwrap_or_default();
            format!("next={}{ended}", url_path(wanted))
        }
    };
    Ok(Some(format!("/login?{query}")))
}

/// How it came that nobody is signed in with this browser any more, in the word of the entrance; none where nobody was.
async fn ended(state: &state::State, headers: &HeaderMap) -> Result<Option<&'static str>, Error> {
    // The cookie of a session is gone when it has lasted for as long as it may; what the browser is known by stays.
    let was_here = |name: &&str| cookie::find(headers, name).is_some();
    if ![SESSION_COOKIE, device::COOKIE].iter().any(was_here) {
        return Ok(None);
    }
    let device: Option<Device> = cookie::read(&state.encryption, headers, device::COOKIE);
    let gone = match device.as_ref().and_then(Device::last) {
        Some(email) => gone(state, email).await?,
        None => None,
    };
    Ok(Some(match gone {
        Some(Gone::Disabled) => "disabled",
        Some(Gone::Deleted) => "deleted",
        None => "by-itself",
    }))
}

/// Where somebody goes on who is signed in, and is at the entrance.
fn after_login(uri: &Uri) -> String {
    let next = uri.query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("next=")));
    next.map(read_query).filter(|next| is_page(next)).unwrap_or_else(|| "/".to_owned())
}
