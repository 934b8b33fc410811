//! What the person just did, as a sentence above the page.

use leptos::prelude::*;

use super::api::get_done;
use crate::ui::{fresh::fresh, href::use_done, icon::Icon, live::use_live};

/// What the person did last to the object in the address, or else the page's own line in the same place, so that
/// nothing below it moves.
#[component]
pub fn Toast(#[prop(default = "")] otherwise: &'static str) -> impl IntoView {
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
