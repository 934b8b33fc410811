//! The console over HTTP: pages, server functions, forms without JavaScript, live events.

mod access;
pub mod assets;
pub mod cookie;
mod events;
mod export;
mod forms;
mod headers;
mod health;
mod install;
pub mod invitation;
mod origins;
mod pages;
pub mod remembered;
mod scope;
mod script_log;
mod single_sign_on;
pub mod theme;

use std::collections::BTreeSet;

use axum::{
    Extension, Router, middleware,
    routing::{any, get, post},
};
use leptos::server_fn::axum::server_fn_paths;
use muster::install::files::FETCH_PATH;
use muster_app::{Assets, session::SSO_PATH};
use tower_http::{CompressionLevel, compression::CompressionLayer, csrf::CsrfLayer, limit::RequestBodyLimitLayer};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

pub use self::{
    forms::{flash_and_return, local_referrer},
    headers::security,
};
use crate::{
    auth::session::{LASTS, Sessions},
    delegate_api,
    single_sign_on::CALLBACK_PATH,
    state::State,
};

/// What the cookie of a session is called.
const SESSION_COOKIE: &str = "muster_session";
/// The largest form: a startup script of 64 Ki characters, percent-encoded.
const MAX_FORM_BYTES: usize = 1024 * 1024;

/// Where machines knock that speak Harness's protocols: what is not known there is answered to them, never by a page.
const MACHINE_DOORS: [&str; 4] = ["/api", "/gateway", "/ng", "/audit/api"];

/// The routes that need no session, and those that look after it themselves.
pub fn router(state: &State, assets: Assets) -> Router<State> {
    let sessions = SessionManagerLayer::new(Sessions::new(state.db.clone(), state.clock.clone()))
        .with_name(SESSION_COOKIE)
        .with_same_site(SameSite::Lax)
        .with_secure(state.has_secure_cookies())
        .with_expiry(Expiry::OnInactivity(LASTS));
    let csrf = state.public_url.as_deref().map_or_else(CsrfLayer::new, |url| {
        CsrfLayer::new().add_trusted_origin(url).unwrap_or_else(|_| CsrfLayer::new())
    });
    let compressed = CompressionLayer::new().quality(CompressionLevel::Fastest);
    let calls = calls().layer(middleware::from_fn(forms::posted)).layer(compressed.clone());
    let console = Router::new()
        .merge(calls)
        .route("/api/events", get(events::stream))
        .route(SSO_PATH, get(single_sign_on::begin))
        .route(CALLBACK_PATH, get(single_sign_on::finish))
        .route("/install/{kind}/download", post(install::download))
        .route(script_log::PATH, get(script_log::download))
        .merge(export::routes().layer(compressed.clone()))
        .fallback(get(pages::page).layer(compressed))
        .layer(Extension(assets))
        .layer(RequestBodyLimitLayer::new(MAX_FORM_BYTES))
        .layer(middleware::from_fn_with_state(state.clone(), access::identify))
        .layer(sessions)
        .layer(csrf)
        .layer(middleware::from_fn_with_state(state.clone(), origins::compare));
    let console = scope::at_each(console, state);
    let probes = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/robots.txt", get(health::robots));
    // No session is asked for: the protection of those logs whole addresses, at its most talkative.
    let links = Router::new().route("/invitation/{key}", get(invitation::open));
    // Who brings its key has no session.
    let install = Router::new().route(FETCH_PATH, get(install::fetch).head(install::head));
    let doors = &state.metrics.doors;
    Router::new()
        .merge(doors.health.watch(probes))
        .merge(doors.install.watch(install))
        .merge(doors.console.watch(links))
        .merge(doors.console.watch(console))
        .merge(doors.delegates.watch(unknown_to_machines()))
}

/// The server functions, each by its path.
fn calls() -> Router<State> {
    let paths: BTreeSet<&str> = server_fn_paths().map(|(path, _)| path).collect();
    paths.into_iter().fold(Router::new(), |router, path| router.route(path, post(pages::call)))
}

fn unknown_to_machines() -> Router<State> {
    let paths = |door: &str| [door.to_owned(), format!("{door}/"), format!("{door}/{{*path}}")];
    let paths = MACHINE_DOORS.into_iter().flat_map(paths);
    paths.fold(Router::new(), |router, path| router.route(&path, any(delegate_api::unknown)))
}
