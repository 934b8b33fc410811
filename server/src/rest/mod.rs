//! The door for programs: REST under `/api/v1`, by the same use cases as the console. A program brings an API key; what it
//! may do is what the key and its owner may.
//!
//! What crosses this door are types of its own: they stay as they are where the domain's change.

mod audit;
mod authenticated;
mod delegates;
mod document;
mod extract;
mod limit;
mod once;
mod page;
mod problem;
mod profiles;
mod scopes;
mod secrets;
mod tokens;
mod users;
mod whoami;
mod words;

use axum::{
    Router, middleware,
    routing::{any, get},
};
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::{Error, Object},
    state::State,
};

/// Where it is.
pub const PREFIX: &str = "/api/v1";
/// The largest body: a startup script of 64 Ki characters, in JSON.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The routes, and the document that describes them.
fn described() -> (Router<State>, OpenApi) {
    let (routes, document) = OpenApiRouter::with_openapi(document::base())
        .nest(
            PREFIX,
            OpenApiRouter::new()
                .routes(routes!(whoami::get))
                .routes(routes!(delegates::list))
                .routes(routes!(delegates::get, delegates::delete))
                .routes(routes!(delegates::approve))
                .routes(routes!(delegates::reject))
                .routes(routes!(delegates::take_back))
                .routes(routes!(delegates::disable))
                .routes(routes!(delegates::enable))
                .routes(routes!(delegates::switch_profile))
                .routes(routes!(delegates::edit_selectors))
                .routes(routes!(profiles::list, profiles::create))
                .routes(routes!(profiles::get, profiles::edit, profiles::delete))
                .routes(routes!(tokens::list, tokens::create))
                .routes(routes!(tokens::get, tokens::delete))
                .routes(routes!(tokens::rotate))
                .routes(routes!(tokens::revoke))
                .routes(routes!(secrets::list, secrets::create))
                .routes(routes!(secrets::get, secrets::delete))
                .routes(routes!(secrets::replace))
                .routes(routes!(scopes::list, scopes::create))
                .routes(routes!(scopes::get, scopes::delete))
                .routes(routes!(scopes::rename))
                .routes(routes!(users::list, users::invite))
                .routes(routes!(users::get, users::delete))
                .routes(routes!(users::renew_invitation))
                .routes(routes!(users::reset_password))
                .routes(routes!(users::change_role))
                .routes(routes!(users::disable))
                .routes(routes!(users::enable))
                .routes(routes!(users::end_sessions))
                .routes(routes!(audit::list)),
        )
        .split_for_parts();
    (routes, document::completed(document))
}

/// The routes. The document and its page need no key: they tell nothing of this installation. `style` is where the console's
/// style sheet is.
pub fn router(state: &State, style: &str) -> Router<State> {
    let (routes, document) = described();
    let routes = routes
        .route(&format!("{PREFIX}/{{*path}}"), any(nothing))
        .layer(middleware::from_fn_with_state(state.clone(), once::once))
        .layer(middleware::from_fn_with_state(state.clone(), authenticated::identify))
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES));
    match document::Document::new(&document, style) {
        Ok(written) => routes
            .route(document::PATH, get(document::json).with_state(written.clone()))
            .route(document::PAGE, get(document::page).with_state(written)),
        Err(error) => {
            tracing::error!(%error, "the document of the public API cannot be written");
            routes
        }
    }
}

async fn nothing(_: authenticated::Asked) -> problem::Rejection {
    Error::NotFound(Object::Path).into()
}
