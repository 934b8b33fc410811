//! Where the browser enters.

use std::{cell::OnceCell, rc::Rc};

use leptos::{mount::hydrate_from_async, prelude::*};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{app::App, shell::offer_reload, ui::hydrated::tell_hydrated};

/// Takes over the page that the server rendered, once the parts that it needs are there.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        offer_reload();
    }));
    let Some(body) = document().body() else { return };
    js_sys::futures::spawn_local(async move {
        let root = Rc::new(OnceCell::new());
        let seen = Rc::clone(&root);
        let page = hydrate_from_async(body, move || {
            if let Some(owner) = Owner::current() {
                // Nobody else sets it.
                let _ = seen.set(owner);
            }
            App()
        });
        page.await.forget();
        if let Some(root) = root.get() {
            root.with(|| {
                // Leptos asks whoever is the owner after the wait.
                if let Some(context) = Owner::current_shared_context() {
                    context.hydration_complete();
                }
                tell_hydrated();
            });
        }
    });
}
