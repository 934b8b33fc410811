//! The switch of the scope in the header. It leads to the same page of another scope.

use leptos::prelude::*;
use muster::{
    page::count_label,
    scope::{Scope, ScopeChoice},
};

use super::api::LIST;
use crate::ui::{
    href::{Href, use_here},
    icon::Icon,
};

/// Pages that each scope has.
const PAGES: [&str; 7] = ["/delegates", "/install", "/profiles", "/tokens", "/secrets", "/audit", LIST];

/// The scope of the page, and where else one can go.
#[component]
pub fn ScopeSwitch(
    scope: Scope,
    /// The account's name.
    account: String,
    choices: Vec<ScopeChoice>,
) -> impl IntoView {
    let chosen = choices.iter().find(|choice| choice.scope == scope);
    let name = chosen.map_or_else(|| scope.identifiers(), |choice| choice.name.clone());
    let name = if name.is_empty() { account } else { name };
    let kind = match scope.kind() {
        "project" => "Project",
        "organization" => "Organization",
        _ => "Account",
    };
    if choices.len() < 2 && scope.organization.is_none() {
        return view! {
            <p class="scope">
                <span>{kind}</span>
                " "
                <b translate="no">{name}</b>
            </p>
        }
        .into_any();
    }
    let here = use_here();
    let page = PAGES.into_iter().find(|page| here.path() == *page || here.path().starts_with(&format!("{page}/")));
    let elsewhere: u64 = choices.iter().filter(|choice| choice.scope != scope).map(|choice| choice.waiting).sum();
    let waits = (elsewhere > 0).then(|| {
        view! {
            <span class="badge" translate="no">
                {count_label(elsewhere)}
                <span class="visually-hidden">" waiting for approval elsewhere"</span>
            </span>
        }
    });
    let to = Href::new(page.unwrap_or("/"));
    view! {
        <details class="more scope-switch" name="menu" data-menu="">
            <summary class="scope" title="Switch to another organization or project">
                <span>{kind}</span>
                <b translate="no">{name}</b>
                {waits}
                {Icon::Sort.draw()}
            </summary>
            <ul class="more-list" aria-label="Organizations and projects">
                {choices.into_iter().map(|choice| entry(choice, &scope, &to)).collect_view()}
                <li class="more-entry apart">
                    <a href=Href::new(LIST).to_string()>"Organizations & Projects"</a>
                </li>
            </ul>
        </details>
    }
    .into_any()
}

fn entry(choice: ScopeChoice, here: &Scope, to: &Href) -> impl IntoView + use<> {
    let is_here = choice.scope == *here;
    let to = to.clone().in_scope(&choice.scope).to_string();
    let identifiers = choice.scope.identifiers();
    let class = match choice.scope.kind() {
        "project" => "more-entry within",
        _ => "more-entry",
    };
    view! {
        <li class=class>
            <a href=to aria-current=is_here.then_some("true") translate="no">
                {choice.name}
                {if identifiers.is_empty() {
                    view! { <span class="muted">"account"</span> }.into_any()
                } else {
                    view! { <span class="muted mono">{identifiers}</span> }.into_any()
                }}
                {(choice.waiting > 0)
                    .then(|| {
                        view! {
                            <span class="badge">
                                {count_label(choice.waiting)}
                                <span class="visually-hidden">" waiting for approval"</span>
                            </span>
                        }
                    })}
            </a>
        </li>
    }
}
