//! Who asks: the API key that a request brings.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use muster::{api_key::ApiKeyValue, escape::read_query, scope::Scope, user::Permission};
use tower_http::request_id::RequestId;

use super::{limit::Allowance, problem::Rejection};
use crate::{
    error::{Error, Object},
    manage::{Context, api_keys, scopes},
    state,
};

/// The header that existing clients send a key in; `Authorization: Bearer` does, too.
const API_KEY: &str = "x-api-key";

/// A program's request for a use case.
#[derive(Clone)]
pub struct Asked {
    /// Who asks, and what it may do.
    pub cx: Context,
    /// Where it asks.
    pub scope: Scope,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Error::SignedOut.into())
    }
}

/// Finds who asks, before anything of the request is read. Nobody else gets further.
pub async fn identify(
    State(state): State<state::State>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    let id = id.unwrap_or_default().to_owned();
    let value = brought(request.headers()).and_then(ApiKeyValue::parse);
    let mut allowance = None;
    let found = match find(state, peer.ip(), value, id, &mut allowance).await {
        Ok(asked) => at_scope(asked, &mut request).await,
        Err(error) => Err(error),
    };
    let mut response = match found {
        Ok(asked) => {
            request.extensions_mut().insert(asked);
            next.run(request).await
        }
        Err(error) => Rejection::from(error).into_response(),
    };
    if let Some(allowance) = allowance {
        allowance.tell(&mut response);
    }
    // What a key reads is for it alone.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn find(
    state: state::State,
    address: IpAddr,
    value: Option<ApiKeyValue>,
    request_id: String,
    allowance: &mut Option<Allowance>,
) -> Result<Asked, Error> {
    let principal = match &value {
        Some(value) => api_keys::verify(&state, value, address).await?,
        None => None,
    };
    // Who guesses is slowed down by address: the id in a key is no secret, and must not slow down who has the rest of it.
    let (Some(principal), Some(value)) = (principal, value) else {
        state.limits.stranger(address)?;
        return Err(Error::SignedOut);
    };
    let checked = state.limits.program(value.key);
    *allowance = Allowance::of(&checked);
    checked?;
    // A key of one scope asks there, unless it says otherwise.
    let scope = match principal.grants.as_slice() {
        [only] => only.scope.clone(),
        _ => Scope::account(state.account),
    };
    Ok(Asked { cx: Context { state, principal, address: Some(address), request_id }, scope })
}

/// Takes the scope off the query, as operations do not know it: it says where the request asks.
async fn at_scope(asked: Asked, request: &mut Request) -> Result<Asked, Error> {
    let query = request.uri().query().unwrap_or_default();
    let (named, rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(|pair| pair.starts_with("scope="));
    let Some(named) = named.last().and_then(|pair| pair.strip_prefix("scope=")) else { return Ok(asked) };
    let scope = Scope::parse(asked.scope.account, &read_query(named)).map_err(|error| Error::field("scope", error))?;
    let path = request.uri().path();
    let uri = if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) };
    *request.uri_mut() = uri.parse().map_err(Error::internal)?;
    // What nobody may see who asks is not there for him.
    let is_there = asked.cx.principal.may(Permission::View, &scope) && scopes::exists(&asked.cx.state, &scope).await?;
    if is_there { Ok(Asked { scope, ..asked }) } else { Err(Error::NotFound(Object::of_scope(&scope))) }
}

fn brought(headers: &HeaderMap) -> Option<&str> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let bearer = || text("authorization")?.strip_prefix("Bearer ").map(str::trim);
    text(API_KEY).or_else(bearer)
}
