//! The page of a list: its heading, its table, and the way to its other pages.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::page::{Cursor, Page};
use uuid::Uuid;

use super::{
    href::Href,
    live::Follows,
    live_table::{LiveTable, Sorting, TableSpec},
    load::render,
    pagination::Pagination,
};
use crate::error::ConsoleError;

/// A page of a list, as it is shown.
pub struct Listed<T> {
    page: Page<T>,
    left: Option<AnyView>,
}

impl<T> Listed<T> {
    /// Shows a row below the others that has left the list, or is on another page of it, and is not counted.
    #[must_use]
    pub fn with_left(self, left: Option<AnyView>) -> Self {
        Self { left, ..self }
    }
}

impl<T> From<Page<T>> for Listed<T> {
    fn from(page: Page<T>) -> Self {
        Self { page, left: None }
    }
}

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn ListPage<T, R, V, H, F, L>(
    title: &'static str,
    /// Buttons beside the heading.
    #[prop(into)]
    actions: ViewFnOnce,
    /// The page of the list that is asked for.
    page: F,
    table: &'static TableSpec<T>,
    /// The topics of the stream that it follows.
    topics: &'static str,
    /// What the rows are, in the singular and the plural.
    nouns: [&'static str; 2],
    /// The address of another page of the list.
    href: H,
    /// Which page of it this is.
    cursor: Cursor,
    /// Draws a row, given its key.
    row: R,
    /// Whether rows have to keep their places although nobody is at them.
    #[prop(optional)]
    frozen: bool,
    /// What stands in place of a table without rows, given how many rows other pages have, and whether there may be more.
    #[prop(optional)]
    empty: Option<Box<dyn FnOnce(u64, bool) -> AnyView + Send>>,
    /// Where headings lead that the list can be sorted by.
    #[prop(optional)]
    sorting: Option<Sorting>,
    /// What stands between the heading and the table.
    children: Children,
) -> impl IntoView
where
    T: Send + 'static,
    R: Fn(Uuid, T) -> V + Send + 'static,
    V: IntoView + 'static,
    H: Fn(Cursor) -> Href + Send + 'static,
    F: Future<Output = Result<L, ConsoleError>> + Send + 'static,
    L: Into<Listed<T>> + Send + 'static,
{
    let content = move |listed: L| {
        let Listed { page, left } = listed.into();
        let shown = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
        let empty = empty.filter(|_| left.is_none()).map(|empty| empty(page.total, page.at_least));
        let total = (page.total, page.count_label());
        view! {
            <LiveTable
                table=table
                list=href(cursor).to_string()
                rows=page.rows
                row=row
                left=left
                frozen=frozen
                empty=empty
                sorting=sorting
            />
            <Pagination
                shown=shown
                total=total
                nouns=nouns
                previous=page.previous.map(|mark| href(Cursor::Before(mark)))
                next=page.next.map(|mark| href(Cursor::After(mark)))
            />
        }
    };
    view! {
        <Title text=title />
        <Follows topics=topics />
        <div class="head">
            <h1>{title}</h1>
            <div class="grow"></div>
            {actions.run()}
        </div>
        {children()}
        {render(page, content)}
        <Outlet />
    }
}
