//! Views whose code is a part of its own, which the browser fetches when it first goes there.
//!
//! The linker puts everything into one module; `cargo xtask` takes it apart along the functions that
//! [`lazy_views`] makes. The server names a page's parts in its head, so that the browser fetches them beside the main
//! module and not after it.

use std::pin::Pin;

use leptos::prelude::*;
use leptos_router::ChooseView;
use wasm_split_helpers::SplitLoaderError;

use crate::ui::href::use_here;

/// What needs code that may still have to be fetched.
type Fetched<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// A view whose code is in a part. One type for all of them, so that the router's code is there once.
#[derive(Clone, Copy)]
pub(crate) struct LazyView {
    /// Told to the browser by the server; the browser's own code knows it by what it calls.
    #[cfg_attr(not(feature = "ssr"), allow(dead_code))]
    pub(crate) part: &'static str,
    pub(crate) fetch: fn() -> Fetched<()>,
    pub(crate) view: fn() -> Fetched<AnyView>,
}

/// Where the parts are, as a context of the server's pages.
#[cfg(feature = "ssr")]
#[derive(Clone)]
pub(crate) struct Parts(pub(crate) String);

impl ChooseView for LazyView {
    async fn choose(self) -> AnyView {
        #[cfg(feature = "ssr")]
        announce(self.part);
        match (self.view)().await {
            Ok(view) => view,
            Err(_) => leave().await,
        }
    }

    async fn preload(&self) {
        // The page that is shown stays until the next one can be.
        if (self.fetch)().await.is_err() {
            leave().await
        }
    }
}

/// Has the browser fetch a part at once.
#[cfg(feature = "ssr")]
fn announce(part: &str) {
    if let Some(Parts(folder)) = use_context() {
        let href = format!("{folder}/{part}.wasm");
        let link = view! {
            <leptos_meta::Link rel="preload" href=href as_="fetch" type_="application/wasm" crossorigin="anonymous" />
        };
        // That puts it into the head; in its place is nothing.
        let _ = link.to_html();
    }
}

/// A part cannot be fetched: the server was updated, and has other parts now, or is out of reach. The browser itself
/// goes to the page; where it is there already the server has rendered it, and it does without scripts.
async fn leave<T>() -> T {
    let to = use_here().get_untracked().to_string();
    let location = window().location();
    let here = location.pathname().and_then(|path| Ok(path + &location.search()?));
    if here.is_ok_and(|here| here != to) {
        // There is nothing left to do where the browser does not go.
        let _ = location.assign(&to);
    } else {
        crate::shell::offer_reload();
    }
    std::future::pending().await
}

/// Makes of each component that takes nothing a function, which gives the [`LazyView`] of it. Those behind one name come
/// in one part; a part that only one page needs is only fetched for that page.
macro_rules! lazy_views {
    ($($part:ident { $($name:ident = $component:path),+ $(,)? })+) => {$($(
        fn $name() -> $crate::lazy::LazyView {
            // The same name again: the parts are linked by it.
            #[::wasm_split_helpers::wasm_split($part, preload(fetch), fallible)]
            fn $name() -> Result<::leptos::prelude::AnyView, ::wasm_split_helpers::SplitLoaderError> {
                Ok($component().into_any())
            }
            $crate::lazy::LazyView {
                part: stringify!($part),
                fetch: || Box::pin(fetch()),
                view: || Box::pin($name()),
            }
        }
    )+)+};
}
pub(crate) use lazy_views;
