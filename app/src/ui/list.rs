//! The page of a list: its heading, its table, and the way to its other pages.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::page::{Cursor, Mark, Page};
use uuid::Uuid;

use super::{
    href::Href,
    live_table::{LiveRows, LiveTable, Sorting, TableSpec},
    load::{Data, Loaded, render},
    pagination::Pagination,
    rows::{Listing, LiveRow},
};
use crate::error::ConsoleError;

/// Asks for the page of a list that a query means, and again whenever `version` changes.
pub fn load_list<Q, T, V, F>(
    query: Memo<Q>,
    version: impl Fn() -> V + Send + Sync + 'static,
    fetch: impl Fn(Q) -> F + Clone + Send + Sync + 'static,
) -> Loaded<Listing<Q, T>>
where
    Q: Data,
    T: Data,
    V: PartialEq + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Page<T>, ConsoleError>> + Send + 'static,
{
    Resource::new(
        move || (query.get(), version()),
        move |(query, _)| {
            let page = fetch(query.clone());
            async move { page.await.map(|page| Listing { query, page }) }
        },
    )
}

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn ListPage<Q, T, R, V, H>(
    title: &'static str,
    /// Buttons beside the heading.
    #[prop(into)]
    actions: ViewFnOnce,
    listing: Loaded<Listing<Q, T>>,
    table: &'static TableSpec<T>,
    /// What the rows are, in the singular and the plural.
    nouns: [&'static str; 2],
    /// The address of another page of the list.
    href: H,
    /// Draws a row; called once for each, which then follows its data.
    row: R,
    /// Whether rows have to keep their places although nobody is at them.
    #[prop(optional, into)]
    frozen: Signal<bool>,
    /// What stands in place of a table without rows, given how many rows other pages have, and whether there may be more.
    #[prop(optional, into)]
    empty: Option<Callback<(u64, bool), AnyView>>,
    /// Where headings lead that the list can be sorted by.
    #[prop(optional, into)]
    sorting: Option<Sorting>,
    /// What stands between the heading and the table.
    children: Children,
) -> impl IntoView
where
    Q: Data,
    T: Data,
    R: Fn(Uuid, Signal<LiveRow<T>>) -> V + Clone + Send + 'static,
    V: IntoView + 'static,
    H: Fn(Cursor) -> Href + Copy + Send + Sync + 'static,
{
    let content = move |listing: Signal<Listing<Q, T>>| {
        let rows = LiveRows::new(table, listing, frozen);
        let total = Memo::new(move |_| listing.with(|listing| (listing.page.total, listing.page.at_least)));
        let empty = empty.map(|empty| ViewFn::from(move || empty.run(total.get())));
        let page = move |of: fn(&Page<T>) -> Option<Mark>, cursor: fn(Mark) -> Cursor| {
            Signal::derive(move || listing.with(|listing| of(&listing.page)).map(|mark| href(cursor(mark))))
        };
        view! {
            <LiveTable rows=rows row=row.clone() empty=empty sorting=sorting />
            <Pagination
                shown=Signal::derive(move || rows.count())
                total=Signal::derive(move || listing.with(|listing| (listing.page.total, listing.page.count_label())))
                nouns=nouns
                previous=page(|page| page.previous.clone(), Cursor::Before)
                next=page(|page| page.next.clone(), Cursor::After)
            />
        }
    };
    view! {
        <Title text=title />
        <div class="head">
            <h1>{title}</h1>
            <div class="grow"></div>
            {actions.run()}
        </div>
        {children()}
        {render(listing, content)}
        <Outlet />
    }
}
