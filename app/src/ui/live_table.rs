//! Tables whose rows follow the data. With scripts they stay calm under the eyes and under the pointer
//! (`browser/rows.rs`).

use leptos::{prelude::*, tachys::html::InertElement};
use uuid::Uuid;

use super::{href::Href, icon::Icon, pick::PickPage};

/// A column and its heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Words, times and marks.
    Text(&'static str),
    /// The same, by which the list can be sorted.
    Sortable(&'static str),
    /// Counts, which stand on the right.
    Number(&'static str),
    /// Boxes by which rows are selected: see [`super::pick`].
    Pick,
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
pub type Sorting = Box<dyn Fn(&'static str) -> SortLink + Send>;

impl Column {
    fn heading(self, sorting: Option<&Sorting>) -> AnyView {
        match self {
            Self::Text(name) => view! { <th data-column=name>{name}</th> }.into_any(),
            Self::Sortable(name) => match sorting {
                Some(sorting) => sort_heading(name, sorting(name)).into_any(),
                None => Self::Text(name).heading(None),
            },
            Self::Number(name) => view! { <th class="number" data-column=name>{name}</th> }.into_any(),
            Self::Pick => view! {
                <th data-column="Pick">
                    <PickPage />
                </th>
            }
            .into_any(),
            Self::Actions => view! {
                <th data-column="Actions">
                    <span class="visually-hidden">"Actions"</span>
                </th>
            }
            .into_any(),
        }
    }
}

/// A heading that sorts the list: a link, so that it works without scripts and can be opened anew.
fn sort_heading(name: &'static str, SortLink { to, ascending }: SortLink) -> impl IntoView {
    let order = ascending.map(|ascending| if ascending { "ascending" } else { "descending" });
    view! {
        <th class="sortable" data-column=name aria-sort=order>
            <a href=to.to_string() data-noscroll="">
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
    /// What tells its rows apart: the `data-key` of the rows that are drawn.
    pub key: fn(&T) -> Uuid,
}

/// A table, and what stands in its place where there is nothing to show.
#[component]
pub fn LiveTable<T, R, V>(
    table: &'static TableSpec<T>,
    /// What the rows answer to: rows of another list are no successors of these.
    #[prop(into)]
    list: String,
    rows: Vec<T>,
    /// Draws a row, given its key.
    row: R,
    /// A row below the others.
    #[prop(optional_no_strip)]
    left: Option<AnyView>,
    /// Whether rows have to keep their places although nobody is at them.
    #[prop(optional)]
    frozen: bool,
    /// What stands in the place of a table without rows; without it an empty table shows its headings.
    #[prop(optional_no_strip)]
    empty: Option<AnyView>,
    /// Where headings lead that the list can be sorted by.
    #[prop(optional_no_strip)]
    sorting: Option<Sorting>,
) -> impl IntoView
where
    T: 'static,
    R: Fn(Uuid, T) -> V + 'static,
    V: IntoView + 'static,
{
    let empty = empty.filter(|_| rows.is_empty());
    view! {
        <div class="card">
            <table class=table.class class:hidden=empty.is_some()>
                <thead>
                    <tr>{table.columns.iter().map(|column| column.heading(sorting.as_ref())).collect_view()}</tr>
                </thead>
                // What rows hold is data, which nobody translates.
                <tbody translate="no" data-rows=list data-frozen=frozen.then_some("")>
                    {rows.into_iter().map(|data| written(row((table.key)(&data), data))).collect_view()}
                    {left}
                </tbody>
            </table>
            {empty}
        </div>
    }
}

/// A row as its HTML. Nothing in a row is awaited, and what is written at once takes half the time of what might be: a
/// page is mostly rows.
fn written(row: impl IntoView) -> InertElement {
    InertElement::new(row.into_view().to_html())
}
