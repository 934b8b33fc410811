//! Security headers.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{
        HeaderName, HeaderValue,
        header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    response::Response,
};
use tower_http::set_header::SetResponseHeaderLayer;

/// What a page may load and do. Scripts run by the nonce of the answer alone; `wasm-unsafe-eval` allows the console's
/// WebAssembly, and no JavaScript.
#[must_use]
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; object-src 'none'"
    )
}

/// What the worker of the event stream may do, which has a policy of its own: ask this server.
const WORKER_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; connect-src 'self'; frame-ancestors 'none'");

/// Gives the worker's script its policy; `path` is where it is served.
pub async fn worker(State(path): State<Arc<str>>, request: Request, next: Next) -> Response {
    let is_worker = request.uri().path() == &*path;
    let mut response = next.run(request).await;
    if is_worker {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, WORKER_POLICY);
    }
    response
}

/// Adds to every answer what it does not set itself.
pub fn security<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    router
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // Forms without JavaScript return by the referrer.
        .layer(header(REFERRER_POLICY, "same-origin"))
        .layer(header(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, middleware, routing::get};
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn the_worker_alone_may_ask_the_server() {
        let path: Arc<str> = "/live.1f.js".into();
        let router = Router::new().route(&path, get(|| async {})).route("/app.js", get(|| async {}));
        let router = security(router.layer(middleware::from_fn_with_state(path, worker)));
        for (path, may_connect) in [("/live.1f.js", true), ("/app.js", false)] {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            let policies: Vec<_> = response.headers().get_all(CONTENT_SECURITY_POLICY).iter().collect();
            assert_eq!(policies.len(), 1, "{policies:?}");
            let policy = policies[0].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
            assert_eq!(policy.contains("connect-src 'self'"), may_connect, "{path}: {policy}");
        }
    }
}
