//! When the browser has taken over the whole page. Effects run before that where parts of it are still on their way, and
//! until then what the server and the browser render has to be the same.

use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Hydrated(RwSignal<bool>);

/// Makes the state of this page: not yet. On the server it stays so.
pub fn provide_hydrated() {
    provide_context(Hydrated(RwSignal::new(false)));
}

/// Runs once the whole page is taken over.
pub fn when_hydrated(run: impl Fn() + 'static) {
    let hydrated = use_context::<Hydrated>();
    Effect::new(move |_| {
        if hydrated.is_none_or(|Hydrated(hydrated)| hydrated.get()) {
            run();
        }
    });
}

/// The whole page is taken over.
#[cfg(feature = "hydrate")]
pub(crate) fn tell_hydrated() {
    if let Some(Hydrated(hydrated)) = use_context() {
        hydrated.set(true);
    }
}
