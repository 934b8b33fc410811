//! Tables that stay calm while they are live: rows change in place, and none moves while somebody is about to press
//! something in it.

use leptos::{ev, prelude::*, web_sys};
use uuid::Uuid;
use wasm_bindgen::JsCast;

use super::{
    href::Href,
    icon::Icon,
    rows::{Listing, LiveRow, Rows, follow},
};

/// A column and its heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Words, times and marks.
    Text(&'static str),
    /// The same, by which the list can be sorted.
    Sortable(&'static str),
    /// Counts, which stand on the right.
    Number(&'static str),
    /// Buttons: the heading is for those alone who do not see them.
    Actions,
}

/// Where the heading of a column leads that the list can be sorted by, and how it is sorted by it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortLink {
    /// The list, sorted by this column; where it is already, the other way round.
    pub to: Href,
    /// Whether it is sorted by it now, and upwards.
    pub ascending: Option<bool>,
}

/// Gives the link of a heading.
pub type Sorting = Callback<&'static str, SortLink>;

impl Column {
    fn heading(self, sorting: Option<Sorting>) -> AnyView {
        match (self, sorting) {
            (Self::Sortable(name), Some(sorting)) => view! { <SortHeading name=name sorting=sorting /> }.into_any(),
            (Self::Sortable(name), None) => Self::Text(name).heading(None),
            (column, _) => column.plain(),
        }
    }

    fn plain(self) -> AnyView {
        match self {
            Self::Text(name) | Self::Sortable(name) => view! { <th>{name}</th> }.into_any(),
            Self::Number(name) => view! { <th class="number">{name}</th> }.into_any(),
            Self::Actions => view! {
                <th>
                    <span class="visually-hidden">"Actions"</span>
                </th>
            }
            .into_any(),
        }
    }
}

/// A heading that sorts the list: a link, so that it works without scripts and can be opened anew.
#[component]
fn SortHeading(name: &'static str, sorting: Sorting) -> impl IntoView {
    let link = Memo::new(move |_| sorting.run(name));
    let order = move || match link.with(|link| link.ascending) {
        Some(true) => Some("ascending"),
        Some(false) => Some("descending"),
        None => None,
    };
    view! {
        <th class="sortable" aria-sort=order>
            <a href=move || link.with(|link| link.to.to_string()) data-noscroll="">
                {name}
                {Icon::Sort.draw()}
            </a>
        </th>
    }
}

/// What is always the same about a table.
pub struct TableSpec<T> {
    /// Its class.
    pub class: &'static str,
    /// Its columns, from the left.
    pub columns: &'static [Column],
    /// What tells its rows apart.
    pub key: fn(&T) -> Uuid,
}

/// Whether somebody is at the rows, with the pointer or with the keyboard: as long as that is so, none of them moves.
#[derive(Clone, Copy)]
struct Freeze {
    pointer: RwSignal<bool>,
    focus: RwSignal<bool>,
}

impl Freeze {
    fn new() -> Self {
        Self { pointer: RwSignal::new(false), focus: RwSignal::new(false) }
    }

    fn is_frozen(self) -> bool {
        self.pointer.get() || self.focus.get()
    }
}

/// The rows of a table, as they follow a listing.
pub struct LiveRows<Q: Send + Sync + 'static, T: Send + Sync + 'static> {
    spec: &'static TableSpec<T>,
    rows: Memo<Rows<Q, T>>,
    freeze: Freeze,
}

impl<Q: Send + Sync, T: Send + Sync> Clone for LiveRows<Q, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q: Send + Sync, T: Send + Sync> Copy for LiveRows<Q, T> {}

impl<Q, T> LiveRows<Q, T>
where
    Q: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
{
    /// The rows of a listing. They also keep their places while `frozen`.
    pub fn new(spec: &'static TableSpec<T>, listing: Signal<Listing<Q, T>>, frozen: Signal<bool>) -> Self {
        let freeze = Freeze::new();
        Self { spec, rows: follow(listing, spec.key, move || freeze.is_frozen() || frozen.get()), freeze }
    }

    /// Whether there is nothing to show.
    pub fn is_empty(self) -> bool {
        self.rows.with(|rows| rows.rows.is_empty())
    }

    /// How many rows are shown that have not left the list.
    pub fn count(self) -> u64 {
        let count = self.rows.with(|rows| rows.rows.iter().filter(|row| !row.gone).count());
        u64::try_from(count).unwrap_or_default()
    }
}

/// A table, and what stands in its place where there is nothing to show.
#[component]
pub fn LiveTable<Q, T, R, V>(
    rows: LiveRows<Q, T>,
    /// Draws a row; called once for each, which then follows its data.
    row: R,
    /// Without it an empty table shows its headings.
    empty: Option<ViewFn>,
    /// Where headings lead that the list can be sorted by.
    #[prop(optional_no_strip)]
    sorting: Option<Sorting>,
) -> impl IntoView
where
    Q: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
    R: Fn(Uuid, Signal<LiveRow<T>>) -> V + Clone + Send + 'static,
    V: IntoView + 'static,
{
    let replaces = empty.is_some();
    let is_empty = Memo::new(move |_| replaces && rows.is_empty());
    view! {
        <div class="card">
            <table class=rows.spec.class class:hidden=move || is_empty.get()>
                <thead>
                    <tr>{rows.spec.columns.iter().map(|column| column.heading(sorting)).collect_view()}</tr>
                </thead>
                <Body rows=rows row=row />
            </table>
            {move || empty.as_ref().filter(|_| is_empty.get()).map(ViewFn::run)}
        </div>
    }
}

#[component]
fn Body<Q, T, R, V>(rows: LiveRows<Q, T>, row: R) -> impl IntoView
where
    Q: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
    R: Fn(Uuid, Signal<LiveRow<T>>) -> V + Clone + Send + 'static,
    V: IntoView + 'static,
{
    let LiveRows { spec: TableSpec { key, .. }, rows, freeze } = rows;
    let children = move |first: LiveRow<T>| {
        let id = key(&first.data);
        let now = Memo::new(move |before: Option<&LiveRow<T>>| {
            let found = rows.with(|rows| rows.rows.iter().find(|row| key(&row.data) == id).cloned());
            found.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        row(id, now.into())
    };
    let node = NodeRef::<leptos::html::Tbody>::new();
    // An element that is removed takes the focus with it, and not every browser tells.
    Effect::new(move |_| {
        rows.track();
        request_animation_frame(move || {
            let body = node.try_get_untracked().flatten();
            let inside = body.is_some_and(|body| body.contains(document().active_element().as_deref()));
            if !inside && freeze.focus.try_get_untracked() == Some(true) {
                freeze.focus.set(false);
            }
        });
    });
    let on_focusout = move |event: ev::FocusEvent| freeze.focus.set(stays_inside(&event));
    view! {
        <tbody
            // What rows hold is data. See `fresh`.
            translate="no"
            node_ref=node
            on:pointerenter=move |_| freeze.pointer.set(true)
            on:pointerleave=move |_| freeze.pointer.set(false)
            on:focusin=move |_| freeze.focus.set(true)
            on:focusout=on_focusout
        >
            <For each=move || rows.get().rows key=move |row| key(&row.data) children=children />
        </tbody>
    }
}

fn stays_inside(event: &ev::FocusEvent) -> bool {
    let next = event.related_target().and_then(|next| next.dyn_into::<web_sys::Node>().ok());
    let body = event.current_target().and_then(|body| body.dyn_into::<web_sys::Node>().ok());
    body.is_some_and(|body| body.contains(next.as_ref())) && next.is_some()
}
