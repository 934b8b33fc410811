//! The manager of Muster: console back end, delegate API and storage. See `docs/ARCHITECTURE.md` for the map.

pub mod auth;
pub mod caller;
pub mod clock;
pub mod config;
pub mod connections;
pub mod console;
pub mod db;
pub mod delegate_api;
pub mod encryption;
pub mod error;
pub mod events;
mod install;
pub mod manage;
pub mod metrics;
mod origin;
pub mod presence;
pub mod problem;
pub mod program;
pub mod proxies;
pub mod random;
pub mod registrations;
pub mod rest;
pub mod retention;
pub mod scripts;
pub mod secret_values;
pub mod serve;
pub mod single_sign_on;
pub mod start;
pub mod state;
pub mod token_values;
pub mod web;

use axum::{
    Router,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header::RETRY_AFTER},
    response::Response,
};
use tower::util::MapRequestLayer;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    trace::TraceLayer,
};

use crate::{state::State, web::assets::Files};

/// Everything that is served, over HTTP alone.
pub fn router(state: &State, files: Files) -> Router {
    // What rendering spawns runs on tokio. A second router of the same process finds it set.
    let _ = any_spawner::Executor::init_tokio();
    let doors = &state.metrics.doors;
    let routes = Router::new()
        .merge(doors.assets.watch(files.routes))
        .merge(doors.delegates.watch(delegate_api::router()))
        .merge(doors.api.watch(rest::router(state, &files.assets.css)))
        .merge(web::router(state, files.assets));
    let proxies = state.trusted_proxies.clone();
    web::security(routes)
        .layer(axum::middleware::map_response(retry_later))
        .layer(CatchPanicLayer::new())
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, Ids(state.clone())))
        // First of all: from here on the address is that of who asks.
        .layer(MapRequestLayer::new(move |mut request: Request| {
            request.headers_mut().remove(REQUEST_ID);
            proxies.rewrite(&mut request);
            request
        }))
        .with_state(state.clone())
}

/// Who finds Muster not ready is told when to come back.
async fn retry_later(mut response: Response) -> Response {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().entry(RETRY_AFTER).or_insert(HeaderValue::from_static("2"));
    }
    response
}

/// The header that holds a request's id. Ours alone: a client's would let it write into the log what others look for.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A span for each request. The query is left out: it holds what people search for; and what makes a link work.
fn span(request: &Request) -> tracing::Span {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    let client = proxies::client_of(request).map(tracing::field::display);
    let (method, path) = (request.method(), web::invitation::loggable(request.uri().path()));
    tracing::info_span!("request", id = id.unwrap_or_default(), client, %method, path)
}

#[derive(Clone)]
struct Ids(State);

impl MakeRequestId for Ids {
    fn make_request_id<B>(&mut self, _: &http::Request<B>) -> Option<RequestId> {
        let id = muster::id::RequestId::new(self.0.clock.now(), &random::bytes());
        http::HeaderValue::from_str(&id.to_string()).ok().map(RequestId::new)
    }
}
