//! The page of a search, and the palette that has the same results over any page.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{api::find, places::matching, results::Results};
use crate::ui::href::at_scope;
use crate::{
    session::may,
    ui::{icon::Icon, load::render},
};

/// Where it is.
const PATH: &str = "/search";

/// Searches what the address says.
#[component]
pub fn SearchPage() -> impl IntoView {
    let text = use_query_map().with_untracked(|query| query.get_str("q").unwrap_or_default().trim().to_owned());
    let (asked, typed, places) = (text.clone(), text.clone(), matching(&text, may));
    view! {
        <Title text="Search" />
        <div class="head">
            <h1>"Search"</h1>
        </div>
        <form class="bar" method="get" action=at_scope(PATH) role="search" data-auto="">
            <div class="search">
                {Icon::Search.draw()}
                <input
                    class="input"
                    type="search"
                    name="q"
                    value=typed
                    aria-label="Search everything"
                    autocomplete="off"
                    spellcheck="false"
                    autofocus=text.is_empty()
                    data-slash=""
                />
            </div>
            <button type="submit" class="btn no-scripts">
                "Search"
            </button>
        </form>
        {render(find(asked.clone()), move |found| view! { <Results text=asked found=found places=places /> })}
    }
}

/// The palette: opened by the link in the header, and by Ctrl-K. What is found is put into it as the page shows it.
#[component]
pub fn Palette() -> impl IntoView {
    view! {
        <dialog class="dialog palette" id="palette" aria-label="Search everything">
            <form method="get" action=at_scope(PATH) role="search">
                <div class="search">
                    {Icon::Search.draw()}
                    <input
                        class="input"
                        type="search"
                        name="q"
                        aria-label="Search everything"
                        placeholder="Delegates, profiles, tokens, secrets, pages"
                        autocomplete="off"
                        spellcheck="false"
                        autofocus=true
                    />
                </div>
            </form>
            <div id="palette-found"></div>
            <p class="palette-keys muted" aria-hidden="true">
                <kbd>"↑"</kbd>
                <kbd>"↓"</kbd>
                " to choose, "
                <kbd>"Enter"</kbd>
                " to go there, "
                <kbd>"Esc"</kbd>
                " to close"
            </p>
        </dialog>
    }
}
