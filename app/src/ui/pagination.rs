//! Which page of a list is meant, and the way to the others.

use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster::page::{Cursor, Mark};

use super::{button::NavButton, href::Href, icon::Icon, live::LiveMark};

/// Reads which page of a list is meant out of the parameters of an address.
#[must_use]
pub fn cursor_of(query: &ParamsMap) -> Cursor {
    let mark = |name: &str| query.get_str(name).and_then(Mark::parse);
    match (mark("after"), mark("before")) {
        (Some(after), _) => Cursor::After(after),
        (None, Some(before)) => Cursor::Before(before),
        (None, None) => Cursor::First,
    }
}

/// Which page of a list the address of this page means.
pub fn use_cursor() -> Cursor {
    use_query_map().with_untracked(cursor_of)
}

/// Writes which page of a list is meant into an address.
#[must_use]
pub fn with_cursor(href: Href, cursor: &Cursor) -> Href {
    match cursor {
        Cursor::First => href,
        Cursor::After(mark) => href.with("after", mark),
        Cursor::Before(mark) => href.with("before", mark),
    }
}

/// What stands below a list: how many there are, whether it is live, and the way to the other pages.
#[component]
pub fn Pagination(
    /// How many rows are shown.
    shown: u64,
    /// How many there are: the number, and how it is shown.
    total: (u64, String),
    /// What they are, in the singular and the plural.
    nouns: [&'static str; 2],
    /// The page before, where there is one.
    previous: Option<Href>,
    /// The page after, where there is one.
    next: Option<Href>,
) -> impl IntoView {
    let (total, label) = total;
    let count = format!("{shown} of {label} {}", nouns[usize::from(total != 1)]);
    let (no_previous, no_next) = (previous.is_none(), next.is_none());
    view! {
        <div class="foot">
            <span translate="no">{count}</span>
            <LiveMark />
            <div class="grow"></div>
            <NavButton to=previous.unwrap_or_default() disabled=no_previous class="btn small">
                {Icon::Back.draw()}
                "Previous"
            </NavButton>
            <NavButton to=next.unwrap_or_default() disabled=no_next class="btn small">
                "Next"
                {Icon::Next.draw()}
            </NavButton>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_back() {
        let mark = Mark::new("9:edge & co");
        let read = |href: &Href| cursor_of(&href.query().iter().cloned().collect());
        for cursor in [Cursor::First, Cursor::After(mark.clone()), Cursor::Before(mark)] {
            assert_eq!(read(&with_cursor(Href::new("/tokens"), &cursor)), cursor);
        }
        assert_eq!(read(&Href::new("/tokens").with("after", "x".repeat(10_000))), Cursor::First);
    }
}
