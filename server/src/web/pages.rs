//! Rendering pages and answering server functions, with the operator of the request in Leptos' context.

use std::sync::Arc;

use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{
        HeaderValue, Method, StatusCode, Uri,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
        request::Parts,
    },
    response::{IntoResponse, Redirect, Response},
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use muster_app::{
    Assets,
    console::Console,
    error::ConsoleError,
    session::{LoginElsewhere, SignInWays},
    shell,
    ui::{form::Flash, href::ScopePath},
};

use super::{
    forms, headers,
    scope::{self, Instead},
    theme,
};
use crate::{console::Operator, error::Error, state};

/// The largest error, in bytes.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// Gives Leptos what the request brings: the console for its operator, and what a form without JavaScript left.
fn provide_request() {
    let Some(parts) = use_context::<Parts>() else { return };
    let response = use_context::<ResponseOptions>().unwrap_or_default();
    if let Some(operator) = parts.extensions.get::<Operator>() {
        let operator = Operator { response: response.clone(), ..operator.clone() };
        if let Some(url) = operator.login_is_kept_at.clone().filter(|_| operator.user.is_none()) {
            provide_context(LoginElsewhere(url));
        }
        provide_context(SignInWays {
            single_sign_on: operator.state.single_sign_on.as_ref().map(|way| way.settings.label.clone()),
            password: operator.state.password_sign_in,
        });
        provide_context(operator.remembered.clone());
        provide_context(ScopePath(operator.scope.path()));
        provide_context::<Arc<dyn Console>>(Arc::new(operator));
    }
    provide_context(theme::read(&parts.headers));
    if let Some(flash) = parts.extensions.get::<Flash>() {
        provide_context(flash.clone());
    }
    // Server functions are called outside of a page, and have no nonce.
    if let Some(policy) = use_nonce().and_then(|nonce| HeaderValue::from_str(&headers::page_policy(&nonce)).ok()) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
    response.insert_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// A page.
pub async fn page(
    State(state): State<state::State>,
    Extension(assets): Extension<Assets>,
    mut request: Request<Body>,
) -> Response {
    let mut by_cookie = false;
    // What a form left is for who reads the page.
    let reads = request.method() != Method::HEAD;
    if let Some(operator) = request.extensions().get::<Operator>().filter(|_| reads) {
        match forms::take_flash(operator, request.headers()).await {
            Ok(Some(flash)) => {
                by_cookie = operator.user.is_none();
                request.extensions_mut().insert(flash);
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "what a form left could not be read"),
        }
    }
    let operator = request.extensions().get::<Operator>().cloned();
    match instead(operator, request.uri().clone()).await {
        Ok(None) => {}
        Ok(Some(Instead::Elsewhere(path))) => return Redirect::to(&path).into_response(),
        // The page in the frame that says so.
        Ok(Some(Instead::Nowhere)) => *request.uri_mut() = Uri::from_static(scope::NOWHERE),
        // The page itself will meet it, and say so.
        Err(error) => tracing::warn!(%error, "the scope of a page could not be looked up"),
    }
    let mut response = render(&assets, request).await;
    if by_cookie {
        forms::forget_flash(&state, &mut response);
    }
    response
}

async fn instead(operator: Option<Operator>, uri: Uri) -> Result<Option<Instead>, Error> {
    let Some(Operator { state, user: Some(user), scope, .. }) = operator else { return Ok(None) };
    scope::instead(&state, &user, &scope, &uri).await
}

/// Renders the page that a request asks for.
pub async fn render(assets: &Assets, request: Request<Body>) -> Response {
    let assets = assets.clone();
    leptos_axum::render_app_async_with_context(provide_request, move || shell(assets.clone()))(request).await
}

/// A call of a server function.
pub async fn call(request: Request<Body>) -> Response {
    let mut response = leptos_axum::handle_server_fns_with_context(provide_request, request).await.into_response();
    // `ask` gives each error its status. A call whose arguments cannot be read does not come that far, and Leptos takes
    // it for the server's fault.
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, MAX_ERROR_BYTES).await.unwrap_or_default();
        let error = serde_json::from_slice::<ConsoleError>(&body).ok();
        response = Response::from_parts(parts, Body::from(body));
        if let Some(status) = error.and_then(|error| StatusCode::from_u16(error.status()).ok()) {
            *response.status_mut() = status;
        }
    }
    response
}
