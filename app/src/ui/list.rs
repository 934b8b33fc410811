//! The page of a list: its heading, its table, and the way to its other pages.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::page::{Cursor, Mark, PAGE_SIZE, Page};
use uuid::Uuid;

use super::{
    href::Href,
    live::Follows,
    live_table::{LiveTable, Sorting, TableSpec},
    load::render,
    pagination::{Pagination, use_offset, with_offset},
};
use crate::error::ConsoleError;

/// A page of a list, as it is shown.
pub struct Listed<T> {
    page: Page<T>,
    /// How many rows of the list are on the page.
    shown: u64,
    first: Vec<T>,
    left: Option<AnyView>,
}

impl<T> Listed<T> {
    /// Shows a row below the others that has left the list, or is on another page of it, and is not counted.
    #[must_use]
    pub fn with_left(self, left: Option<AnyView>) -> Self {
        Self { left, ..self }
    }

    /// Shows rows before the others that the list has too, here or on another page: they are not counted twice.
    #[must_use]
    pub fn with_first(mut self, first: Vec<T>, key: fn(&T) -> Uuid) -> Self {
        self.page.rows.retain(|row| !first.iter().any(|one| key(one) == key(row)));
        Self { first, ..self }
    }

    /// Shows rows as something else: those of the page, and those before them. Fewer may be shown than there are.
    #[must_use]
    pub fn map<U>(self, page: impl FnOnce(Vec<T>) -> Vec<U>, first: impl FnOnce(Vec<T>) -> Vec<U>) -> Listed<U> {
        let (rows, rest) = self.page.split();
        Listed { page: rest.with(page(rows)), shown: self.shown, first: first(self.first), left: self.left }
    }
}

impl<T> From<Page<T>> for Listed<T> {
    fn from(page: Page<T>) -> Self {
        let shown = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
        Self { page, shown, first: Vec::new(), left: None }
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
    let offset = use_offset();
    let content = move |listed: L| {
        let Listed { page, shown, mut first, left } = listed.into();
        let total = (page.total, page.count_label());
        let empty = empty.filter(|_| left.is_none()).map(|empty| empty(page.total, page.at_least));
        let offset = offset.map(|at| if page.previous.is_none() { 0 } else { at });
        let other = |mark: Option<Mark>, side: fn(Mark) -> Cursor, at: Option<u64>| {
            let cursor = side(mark?);
            Some(with_offset(href(cursor.clone()), &cursor, at))
        };
        let previous = other(page.previous, Cursor::Before, offset.map(|at| at.saturating_sub(PAGE_SIZE.into())));
        let next = other(page.next, Cursor::After, offset.map(|at| at + shown));
        first.extend(page.rows);
        view! {
            <LiveTable
                table=table
                list=href(cursor).to_string()
                rows=first
                row=row
                left=left
                frozen=frozen
                empty=empty
                sorting=sorting
            />
            <Pagination
                offset=offset
                shown=shown
                total=total
                nouns=nouns
                previous=previous
                next=next
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
