//! Selecting rows of a list: boxes that belong to one form, wherever they stand, and a bar that says what can be done with
//! what is selected. The form is sent to a page that asks once more, so all of it works without scripts; with them the
//! box of the page ticks those of its rows (`browser/pick.rs`).

use leptos::prelude::*;

use super::href::{Href, at_scope};

/// The form that all boxes belong to.
const FORM: &str = "picked";

/// What the form sends for a row.
pub const ROW: &str = "id";
/// What it sends for all rows of the page.
pub const PAGE: &str = "page";
/// What it sends for all that the list's filter leaves.
pub const ALL: &str = "all";

/// The box of a row.
#[component]
pub fn PickRow(
    /// What the form sends for it.
    #[prop(into)]
    value: String,
    /// Its name: "Select edge-1".
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! { <input type="checkbox" class="pick" form=FORM name=ROW value=value aria-label=label data-pick="" /> }
}

/// The box of all rows of the page.
#[component]
pub fn PickPage() -> impl IntoView {
    view! {
        <input
            type="checkbox"
            class="pick pick-page"
            form=FORM
            name=PAGE
            value="1"
            aria-label="Select all on this page"
            data-pick-page=""
        />
    }
}

/// Something that can be done with what is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PickAct {
    /// What it does, as a verb.
    pub label: &'static str,
    /// The path of the page that asks once more.
    pub path: &'static str,
    /// Whether it takes something away.
    pub grave: bool,
}

/// The bar: it is there once anything is selected. Put it behind the list, whose boxes it counts.
#[component]
pub fn PickBar(
    /// The list, with its filter: the form sends that along.
    list: Href,
    /// What can be done.
    acts: &'static [PickAct],
    /// What the box says that selects all that the filter leaves.
    #[prop(into)]
    all: String,
) -> impl IntoView {
    let act = |PickAct { label, path, grave }: &PickAct| {
        let class = if *grave { "btn small danger" } else { "btn small" };
        view! {
            <button type="submit" class=class formaction=at_scope(path)>
                {format!("{label}…")}
            </button>
        }
    };
    let kept = |(name, value): &(String, String)| {
        view! { <input type="hidden" name=name.clone() value=value.clone() /> }
    };
    view! {
        <form id=FORM class="pick-bar" method="get" action=acts.first().map(|act| at_scope(act.path)) aria-label="Selection">
            {list.query().iter().map(kept).collect_view()}
            <b class="pick-count"></b>
            <label class="check">
                <input type="checkbox" name=ALL value="1" />
                {all}
            </label>
            {acts.iter().map(act).collect_view()}
            <button type="reset" class="btn small ghost">
                "Clear"
            </button>
        </form>
    }
}
