//! Delegates of the scopes above, on the list of a project or an organization.

use leptos::prelude::*;
use muster::{page::count_label, scope::Scope};

use crate::{
    console::ask,
    scopes::in_sentence,
    session::use_scope,
    ui::{href::Href, load::render},
};

/// How many there are, and the way to them; nothing at the account.
#[component]
pub fn Inherited() -> impl IntoView {
    use_scope().organization.is_some().then(|| {
        render(ask(|console| async move { console.inherited_delegates().await }), |inherited| {
            (!inherited.is_empty()).then(|| {
                let link = |(index, (scope, count)): (usize, (Scope, u64))| {
                    let to = Href::new("/delegates").in_scope(&scope).to_string();
                    let of = in_sentence(&scope);
                    view! {
                        {(index > 0).then_some(", ")}
                        <a class="link" href=to>
                            {format!("{} {} of {of}", count_label(count), if count == 1 { "delegate" } else { "delegates" })}
                        </a>
                    }
                };
                view! {
                    <p class="sub" data-inherited="">
                        "Inherited: "
                        {inherited.into_iter().enumerate().map(link).collect_view()}
                    </p>
                }
            })
        })
    })
}
