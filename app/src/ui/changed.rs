//! What stands above a form that was not saved because somebody changed its object meanwhile.

use leptos::prelude::*;
use muster::time::Timestamp;

use super::{href::Href, icon::Icon, time::Time};
use crate::session::is_viewer;

/// A field that is saved otherwise than it was typed: its label, what is saved, and what was typed.
pub type Differing = (&'static str, String, String);

/// Who changed it and when, what is saved otherwise than it was typed, and the two ways out: to save over it, or to take
/// it.
#[component]
pub fn ChangedMeanwhile(
    /// Who changed it.
    by: String,
    at: Timestamp,
    rows: Vec<Differing>,
    /// The form as it is without what was typed.
    theirs: Href,
    /// What is kept of what is replaced, as a sentence.
    #[prop(default = "")]
    kept: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let who = if is_viewer(&by) { "you, in another tab".to_owned() } else { by };
    view! {
        <section class="changed" aria-label="What changed meanwhile">
            <h2>
                {Icon::Warning.draw()} "Changed by " <span translate="no">{who}</span> ", " <Time at=at />
            </h2>
            {(!rows.is_empty()).then(|| view! { <FieldsTable rows=rows /> })}
            {children.map(|children| children())}
            <p>
                "What you typed is below. Save it to replace what is saved now, or "
                <a class="link" href=theirs.to_string()>
                    "take what is saved"
                </a>
                " and drop yours. "
                {kept}
            </p>
        </section>
    }
}

#[component]
fn FieldsTable(rows: Vec<Differing>) -> impl IntoView {
    let row = |(label, saved, typed): Differing| {
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td>{saved}</td>
                <td>{typed}</td>
            </tr>
        }
    };
    view! {
        <table class="changed-fields">
            <thead>
                <tr>
                    <td></td>
                    <th scope="col">"Saved now"</th>
                    <th scope="col">"Yours"</th>
                </tr>
            </thead>
            <tbody translate="no">{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}
