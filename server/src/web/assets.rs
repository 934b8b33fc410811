//! The console's files, inside the binary: served under names with a hash of their content, for a year.

use std::collections::BTreeSet;

use axum::{Router, extract::Request, http::StatusCode, middleware, response::IntoResponse as _};
use futures_util::FutureExt as _;
use memory_serve::{CacheControl, MemoryServe};
use muster_app::Assets;
use tower::{ServiceExt as _, service_fn};

use super::headers;
use crate::state::State;

const LEPTOS: &str = include_str!("../../../Leptos.toml");

/// The console's files.
#[derive(Clone, Debug)]
pub struct Files {
    /// Their routes.
    pub routes: Router<State>,
    /// What pages have to know of them.
    pub assets: Assets,
}

/// The files that this program has inside.
#[must_use]
pub fn load() -> Files {
    let [package, name] = names();
    let files: MemoryServe = memory_serve::load!();
    let files = files.index_file(None).enable_hashed_routes(true).cache_control(CacheControl::Long);
    let manifest = files.manifest();
    let served = |route: String| manifest.get(&route).map_or(route.clone(), str::to_owned);
    // The WebAssembly and its JavaScript name each other, so they lie in a folder that has the hash in its name.
    let script = format!("/{name}.js");
    let folder = manifest.iter().find_map(|(route, _)| route.strip_suffix(&script)).unwrap_or(&package).to_owned();
    // The stylesheet names it, so it has its hash from `cargo xtask`.
    let font = manifest.iter().map(|(route, _)| route).find(|route| route.ends_with(".woff2")).map(str::to_owned);
    let assets = Assets {
        css: served(format!("/{package}/{name}.css")),
        js: format!("{folder}{script}"),
        wasm: format!("{folder}/{name}_bg.wasm"),
        worker: served("/live.js".to_owned()),
        font,
        icon: served("/favicon.svg".to_owned()),
        icon_waiting: served("/favicon-waiting.svg".to_owned()),
        build_id: env!("MUSTER_BUILD_ID").to_owned(),
    };
    let paths = manifest.iter().flat_map(|(route, served)| [route.to_owned(), served.to_owned()]).collect();
    let routes = prepared_later(paths, move || files.into_router());
    let routes = routes.layer(middleware::from_fn_with_state(assets.worker.as_str().into(), headers::worker));
    Files { routes, assets }
}

/// Routes at these paths that are prepared on another thread. Each file is compressed anew for browsers that take nothing
/// but gzip, which all do over plain HTTP; that takes longer than all the rest of a start, and delegates need no file.
/// Who asks for one before that waits.
fn prepared_later<S: Clone + Send + Sync + 'static>(
    paths: BTreeSet<String>,
    prepare: impl FnOnce() -> Router + Send + 'static,
) -> Router<S> {
    let prepared = tokio::task::spawn_blocking(prepare).map(Result::ok).shared();
    let serve = service_fn(move |request: Request| {
        let prepared = prepared.clone();
        async move {
            match prepared.await {
                Some(router) => router.oneshot(request).await,
                None => Ok(StatusCode::SERVICE_UNAVAILABLE.into_response()),
            }
        }
    });
    paths.iter().fold(Router::new(), |router, path| router.route_service(path, serve.clone()))
}

/// Where the files lie, and what they are called.
fn names() -> [String; 2] {
    let options = LEPTOS.parse::<toml::Table>().ok();
    let options = options.as_ref().and_then(|all| all.get("package")?.get("metadata")?.get("leptos"));
    ["site-pkg-dir", "output-name"]
        .map(|name| options.and_then(|options| options.get(name)?.as_str()).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_asks_before_files_are_prepared_waits_for_them() {
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let routes: Router = prepared_later(BTreeSet::from(["/a.css".to_owned()]), move || {
            let _ = wait.recv();
            Router::new().route("/a.css", axum::routing::get(|| async { "css" }))
        });
        let request = Request::get("/a.css").body(axum::body::Body::empty()).unwrap();
        let asked = tokio::spawn(routes.oneshot(request));
        tokio::task::yield_now().await;
        assert!(!asked.is_finished());
        go.send(()).unwrap();
        assert_eq!(asked.await.unwrap().unwrap().status(), StatusCode::OK);
    }

    #[test]
    fn leptos_toml_is_read() {
        assert_eq!(names(), ["pkg", "muster"]);
    }
}
