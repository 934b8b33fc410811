//! Sentences above a page: what was just done.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use uuid::Uuid;

use super::{fresh::fresh, icon::Icon, live::use_live};
use crate::session::api::get_done;

/// The object that the last form on this page acted on, out of the address.
pub fn use_done() -> Memo<Option<Uuid>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get_str("done").and_then(|id| Uuid::parse_str(id).ok())))
}

/// What the person did last to the object in the address, or else the page's own line in the same place, so that
/// nothing below it moves.
#[component]
pub fn Done(#[prop(default = "")] otherwise: &'static str) -> impl IntoView {
    let done = use_done();
    let live = use_live();
    let sentence = Resource::new(
        // The same object can be acted on twice.
        move || (done.get(), live.map(|live| live.own.version())),
        |(done, _)| async move {
            match done {
                // What cannot be told is not worth an error: the list below shows it.
                Some(object) => get_done(object).await.ok().flatten(),
                None => None,
            }
        },
    );
    view! {
        <div class="sub-slot">
            <div role="status">
                <Transition>
                    {move || sentence.get().flatten().filter(|_| done.get().is_some()).map(|sentence| {
                        view! {
                            <p class="done">
                                {Icon::Done.draw()}
                                {fresh(move || sentence.clone())}
                            </p>
                        }
                    })}
                </Transition>
            </div>
            <p class="sub">{otherwise}</p>
        </div>
    }
}
