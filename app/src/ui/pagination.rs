//! Which page of a list is meant, and the way to the others.

use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster::page::{Cursor, Mark, grouped};

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

/// In an address: how many rows come before a page, as far as that was known when its link was made. A list knows its
/// place by a mark alone; this is for people.
const OFFSET: &str = "at";

/// Reads how many rows come before a page out of the parameters of an address; none where nobody knows.
#[must_use]
pub fn offset_of(query: &ParamsMap) -> Option<u64> {
    match cursor_of(query) {
        Cursor::First => Some(0),
        Cursor::After(_) | Cursor::Before(_) => query.get_str(OFFSET).and_then(|text| text.parse().ok()),
    }
}

/// The same of the address of this page.
pub fn use_offset() -> Option<u64> {
    use_query_map().with_untracked(offset_of)
}

/// Writes how many rows come before a page into its address.
#[must_use]
pub fn with_offset(href: Href, cursor: &Cursor, offset: Option<u64>) -> Href {
    href.with_some(OFFSET, offset.filter(|_| *cursor != Cursor::First))
}

/// Which rows are shown, of how many: "51–64 of 64 delegates", or "11 delegates" where these are all.
fn count_label(offset: Option<u64>, shown: u64, total: u64, label: &str, noun: &str) -> String {
    match offset {
        Some(0) | None if shown == total => format!("{label} {noun}"),
        Some(offset) if shown > 0 => {
            format!("{}–{} of {label} {noun}", grouped(offset + 1), grouped(offset + shown))
        }
        Some(_) | None => format!("{shown} of {label} {noun}"),
    }
}

/// What stands below a list: how many there are, whether it is live, and the way to the other pages.
#[component]
pub fn Pagination(
    /// How many rows come before those which are shown, where that is known.
    #[prop(optional_no_strip)]
    offset: Option<u64>,
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
    let count = count_label(offset, shown, total, &label, nouns[usize::from(total != 1)]);
    let (no_previous, no_next) = (previous.is_none(), next.is_none());
    view! {
        <div class="foot">
            <span translate="no">{count}</span>
            <LiveMark />
            <div class="grow"></div>
            // One page needs no way to others.
            {(!no_previous || !no_next).then(|| {
                view! {
                    <NavButton to=previous.unwrap_or_default() disabled=no_previous class="btn small">
                        {Icon::Back.draw()}
                        "Previous"
                    </NavButton>
                    <NavButton to=next.unwrap_or_default() disabled=no_next class="btn small">
                        "Next"
                        {Icon::Next.draw()}
                    </NavButton>
                }
            })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_page_is_told_where_it_is_known() {
        let label = |offset, shown, total: u64| count_label(offset, shown, total, &grouped(total), "delegates");
        assert_eq!(label(Some(0), 11, 11), "11 delegates");
        assert_eq!(label(Some(0), 0, 0), "0 delegates");
        assert_eq!(label(Some(0), 50, 5214), "1–50 of 5,214 delegates");
        assert_eq!(label(Some(50), 14, 64), "51–64 of 64 delegates");
        assert_eq!(label(Some(50), 0, 64), "0 of 64 delegates");
        assert_eq!(label(None, 14, 64), "14 of 64 delegates");
        assert_eq!(label(None, 0, 0), "0 delegates");
        let read = |href: &Href| offset_of(&href.query().iter().cloned().collect());
        let after = Cursor::After(Mark::new("7"));
        let href = with_offset(with_cursor(Href::new("/tokens"), &after), &after, Some(50));
        assert_eq!(read(&href), Some(50));
        assert_eq!(read(&with_cursor(Href::new("/tokens"), &after)), None);
        assert_eq!(read(&with_offset(Href::new("/tokens"), &Cursor::First, Some(50))), Some(0));
    }

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
