//! The console's files, inside the binary: served under names with a hash of their content, for a year.

use axum::{Router, middleware};
use leptos::config::LeptosOptions;
use memory_serve::{CacheControl, MemoryServe};
use muster_app::Assets;

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
    let options = options().unwrap_or_else(|_| LeptosOptions::builder().output_name("muster").build());
    let (package, name) = (&options.site_pkg_dir, &options.output_name);
    let files: MemoryServe = memory_serve::load!();
    let files = files.index_file(None).enable_hashed_routes(true).cache_control(CacheControl::Long);
    let manifest = files.manifest();
    let served = |route: String| manifest.get(&route).map_or(route.clone(), str::to_owned);
    // The WebAssembly and its JavaScript name each other, so they lie in a folder that has the hash in its name.
    let script = format!("/{name}.js");
    let parts = manifest.iter().find_map(|(route, _)| route.strip_suffix(&script)).unwrap_or(package).to_owned();
    let assets = Assets {
        css: served(format!("/{package}/{name}.css")),
        js: format!("{parts}{script}"),
        wasm: format!("{parts}/{name}_bg.wasm"),
        loader: format!("{parts}/parts.js"),
        parts,
        worker: served("/live.js".to_owned()),
        icon: served("/favicon.svg".to_owned()),
        build_id: env!("MUSTER_BUILD_ID").to_owned(),
    };
    let routes =
        files.into_router().layer(middleware::from_fn_with_state(assets.worker.as_str().into(), headers::worker));
    Files { routes, assets }
}

fn options() -> Result<LeptosOptions, leptos::config::errors::LeptosConfigError> {
    leptos::config::get_config_from_str(LEPTOS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leptos_toml_is_read() {
        assert_eq!(&*options().unwrap().output_name, "muster");
    }
}
