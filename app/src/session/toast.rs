//! What the person just did, as a sentence above the page.

use leptos::prelude::*;

use super::api::get_done;
use crate::ui::{href::use_done, icon::Icon};

/// What the person did last to the object in the address, or else the page's own line in the same place, so that
/// nothing below it moves.
#[component]
pub fn Toast(#[prop(default = "")] otherwise: &'static str) -> impl IntoView {
    let done = use_done();
    let sentence = Suspend::new(async move {
        // What cannot be told is not worth an error: the list below shows it.
        let sentence = get_done(done?).await.ok().flatten()?;
        Some(view! {
            <p class="done">
                {Icon::Done.draw()}
                <span>{sentence}</span>
            </p>
        })
    });
    view! {
        <div class="sub-slot">
            <div role="status">{sentence}</div>
            {(!otherwise.is_empty()).then(|| view! { <p class="sub">{otherwise}</p> })}
        </div>
    }
}
