//! Where the browser enters.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::{app::App, shell::CRASHED_ID};

/// Takes over the page that the server rendered.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        offer_reload();
    }));
    leptos::mount::hydrate_body(App);
}

/// A panic leaves a page that looks alive and is not: say so.
fn offer_reload() {
    let banner = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(CRASHED_ID));
    if let Some(banner) = banner {
        // The banner is only there to be read: there is nothing left to do where this fails.
        let _ = banner.remove_attribute("hidden");
    }
}
