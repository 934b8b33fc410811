//! Lists that stay calm while they are live: rows change in place, and none moves while somebody is about to press
//! something in it.

use leptos::{ev, prelude::*, web_sys};
use muster::page::{Cursor, Page};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wasm_bindgen::JsCast;

use super::{button::NavButton, href::Href, icon::Icon, live::LiveMark};

/// A page of a list, and which list it is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing<L, T> {
    /// The filter it was asked for with.
    pub list: L,
    /// The page.
    pub page: Page<T>,
}

/// A row as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept<T> {
    /// The row.
    pub row: T,
    /// Whether it has left the list and only keeps its place until nobody looks.
    pub gone: bool,
}

/// Puts new data into the rows that are shown. While the list is `held`, known rows keep their places, new ones come
/// last, and those that left stay, marked as gone; otherwise it becomes what it is.
pub fn merge<T: Clone>(shown: &[Kept<T>], fresh: &[T], key: impl Fn(&T) -> Uuid, held: bool) -> Vec<Kept<T>> {
    let here = |row: &T| Kept { row: row.clone(), gone: false };
    if !held {
        return fresh.iter().map(here).collect();
    }
    let kept = shown.iter().map(|kept| {
        let now = fresh.iter().find(|row| key(row) == key(&kept.row));
        now.map_or_else(|| Kept { row: kept.row.clone(), gone: true }, here)
    });
    let is_new = |row: &&T| !shown.iter().any(|kept| key(&kept.row) == key(row));
    kept.chain(fresh.iter().filter(is_new).map(here)).collect()
}

/// The rows that are shown, and of which list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown<L, T> {
    list: L,
    /// The rows.
    pub rows: Vec<Kept<T>>,
}

/// Follows a listing, calmly while it is held. Another filter is another list, of which nothing is kept.
pub fn follow<L, T>(listing: Signal<Listing<L, T>>, key: fn(&T) -> Uuid, held: Signal<bool>) -> Memo<Shown<L, T>>
where
    L: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
{
    Memo::new(move |before: Option<&Shown<L, T>>| {
        let held = held.get();
        listing.with(|listing| {
            let shown = before.filter(|before| before.list == listing.list).map_or(&[][..], |before| &before.rows);
            let held = held && !shown.is_empty();
            Shown { list: listing.list.clone(), rows: merge(shown, &listing.page.rows, key, held) }
        })
    })
}

/// Whether somebody is at the rows: with the pointer, or with the keyboard.
#[derive(Clone, Copy)]
pub struct Hold {
    pointer: RwSignal<bool>,
    focus: RwSignal<bool>,
}

impl Default for Hold {
    fn default() -> Self {
        Self { pointer: RwSignal::new(false), focus: RwSignal::new(false) }
    }
}

impl Hold {
    /// Whether rows have to keep their places.
    #[must_use]
    pub fn held(self) -> bool {
        self.pointer.get() || self.focus.get()
    }
}

/// The body of a table whose rows are those shown; each is made once and follows its data.
pub fn body<L, T, V>(
    shown: Memo<Shown<L, T>>,
    key: fn(&T) -> Uuid,
    hold: Hold,
    row: impl Fn(Uuid, Signal<Kept<T>>) -> V + Clone + Send + 'static,
) -> impl IntoView
where
    L: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let children = move |first: Kept<T>| {
        let id = key(&first.row);
        let now = Memo::new(move |before: Option<&Kept<T>>| {
            let found = shown.with(|shown| shown.rows.iter().find(|kept| key(&kept.row) == id).cloned());
            found.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        row(id, now.into())
    };
    let node = NodeRef::<leptos::html::Tbody>::new();
    // An element that is removed takes the focus with it, and not every browser tells.
    Effect::new(move |_| {
        shown.track();
        request_animation_frame(move || {
            let body = node.try_get_untracked().flatten();
            let inside = body.is_some_and(|body| body.contains(document().active_element().as_deref()));
            if !inside && hold.focus.try_get_untracked() == Some(true) {
                hold.focus.set(false);
            }
        });
    });
    let on_leave = move |event: ev::FocusEvent| hold.focus.set(stays_inside(&event));
    view! {
        <tbody
            // What rows hold is data. See `fresh`.
            translate="no"
            node_ref=node
            on:pointerenter=move |_| hold.pointer.set(true)
            on:pointerleave=move |_| hold.pointer.set(false)
            on:focusin=move |_| hold.focus.set(true)
            on:focusout=on_leave
        >
            <For each=move || shown.get().rows key=move |kept| key(&kept.row) children=children />
        </tbody>
    }
}

fn stays_inside(event: &ev::FocusEvent) -> bool {
    let next = event.related_target().and_then(|next| next.dyn_into::<web_sys::Node>().ok());
    let body = event.current_target().and_then(|body| body.dyn_into::<web_sys::Node>().ok());
    body.is_some_and(|body| body.contains(next.as_ref())) && next.is_some()
}

/// Reads which page of a list is meant out of the parameters of an address.
#[must_use]
pub fn cursor_of(after: Option<&str>, before: Option<&str>) -> Cursor {
    let id = |text: Option<&str>| text.and_then(|text| Uuid::parse_str(text).ok());
    match (id(after), id(before)) {
        (Some(after), _) => Cursor::After(after),
        (None, Some(before)) => Cursor::Before(before),
        (None, None) => Cursor::First,
    }
}

/// Writes which page of a list is meant into an address.
#[must_use]
pub fn with_cursor(href: Href, cursor: Cursor) -> Href {
    match cursor {
        Cursor::First => href,
        Cursor::After(id) => href.with("after", id),
        Cursor::Before(id) => href.with("before", id),
    }
}

/// What stands below a list: how many there are, whether it is live, and the way to the other pages.
#[component]
pub fn Foot(
    /// How many rows are shown.
    #[prop(into)]
    shown: Signal<u64>,
    /// How many there are.
    #[prop(into)]
    total: Signal<u64>,
    /// What they are, in the singular and the plural.
    nouns: [&'static str; 2],
    /// The page before, where there is one.
    #[prop(into)]
    previous: Signal<Option<Href>>,
    /// The page after, where there is one.
    #[prop(into)]
    next: Signal<Option<Href>>,
) -> impl IntoView {
    let count = move || {
        let total = total.get();
        format!("{} of {total} {}", shown.get(), nouns[usize::from(total != 1)])
    };
    let to = |page: Signal<Option<Href>>| Signal::derive(move || page.get().unwrap_or_default());
    let none = |page: Signal<Option<Href>>| Signal::derive(move || page.with(Option::is_none));
    view! {
        <div class="foot">
            <span translate="no">{count}</span>
            <LiveMark />
            <div class="grow"></div>
            <NavButton to=to(previous) disabled=none(previous) class="btn small">
                {Icon::Back.draw()}
                "Previous"
            </NavButton>
            <NavButton to=to(next) disabled=none(next) class="btn small">
                "Next"
                {Icon::Next.draw()}
            </NavButton>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (u128, char);

    fn key(row: &Row) -> Uuid {
        Uuid::from_u128(row.0)
    }

    fn shown(rows: &[(u128, char, bool)]) -> Vec<Kept<Row>> {
        rows.iter().map(|&(id, text, gone)| Kept { row: (id, text), gone }).collect()
    }

    #[test]
    fn a_list_that_nobody_is_at_becomes_what_it_is() {
        let before = shown(&[(2, 'a', false), (1, 'a', true)]);
        assert_eq!(merge(&before, &[(3, 'b'), (2, 'b')], key, false), shown(&[(3, 'b', false), (2, 'b', false)]));
    }

    #[test]
    fn while_held_rows_keep_their_places_and_change_in_place() {
        let before = shown(&[(5, 'a', false), (4, 'a', false), (3, 'a', false)]);
        let after = merge(&before, &[(7, 'b'), (6, 'b'), (5, 'b'), (3, 'b')], key, true);
        assert_eq!(after, shown(&[(5, 'b', false), (4, 'a', true), (3, 'b', false), (7, 'b', false), (6, 'b', false)]));
    }

    #[test]
    fn a_row_that_comes_back_is_not_gone_any_more() {
        let before = shown(&[(2, 'a', false), (1, 'a', true)]);
        assert_eq!(merge(&before, &[(2, 'b'), (1, 'b')], key, true), shown(&[(2, 'b', false), (1, 'b', false)]));
    }

    #[test]
    fn cursors_are_read_back() {
        let id = Uuid::from_u128(9);
        for cursor in [Cursor::First, Cursor::After(id), Cursor::Before(id)] {
            let href = with_cursor(Href::new("/tokens"), cursor);
            let value = |key: &str| href.query().iter().find(|(one, _)| one == key).map(|(_, value)| value.as_str());
            assert_eq!(cursor_of(value("after"), value("before")), cursor);
        }
        assert_eq!(cursor_of(Some("nonsense"), None), Cursor::First);
    }
}
