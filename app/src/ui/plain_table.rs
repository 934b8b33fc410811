//! Tables of what does not change any more.

use leptos::prelude::*;

/// A table with these headings, and a row for each of `rows`. An empty heading is of a column of buttons.
pub fn plain_table<T, V: IntoView + 'static>(
    headings: &'static [&'static str],
    rows: Vec<T>,
    row: impl Fn(T) -> V,
) -> AnyView {
    let heading = |name: &&'static str| match *name {
        "" => view! { <th><span class="visually-hidden">"Actions"</span></th> }.into_any(),
        name => view! { <th>{name}</th> }.into_any(),
    };
    view! {
        <div class="card">
            <table class="table plain">
                <thead>
                    <tr>{headings.iter().map(heading).collect_view()}</tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
