//! Tables of what does not change any more.

use leptos::prelude::*;

/// A table with these headings, and a row for each of `rows`.
pub fn plain_table<T, V: IntoView + 'static>(
    headings: &'static [&'static str],
    rows: Vec<T>,
    row: impl Fn(T) -> V,
) -> AnyView {
    let heading = |name: &&'static str| view! { <th>{*name}</th> };
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
