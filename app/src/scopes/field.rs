//! Scopes in forms and rows.

use leptos::prelude::*;
use muster::scope::{Scope, ScopeChoice};

use super::api::get_scope_choices;
use crate::{
    session::use_scope,
    ui::{
        badge::{Badge, Kind},
        field::SelectField,
        load::render,
    },
};

/// A choice of a scope; nothing where there is only the account.
#[component]
pub fn ScopeField(
    label: &'static str,
    /// The identifiers of the one that is chosen at first.
    #[prop(optional, into)]
    value: String,
    hint: &'static str,
) -> impl IntoView {
    render(get_scope_choices(), move |choices| {
        if choices.is_empty() {
            return ().into_any();
        }
        let options = choices.into_iter().map(|choice| (choice.scope.identifiers(), called(&choice))).collect();
        view! { <SelectField name="scope" label=label options=options value=value hint=hint /> }.into_any()
    })
}

/// What a scope is called in a list of several: of whom it is of, too.
fn called(choice: &ScopeChoice) -> String {
    let identifiers = choice.scope.identifiers();
    if identifiers.is_empty() { "The whole account".to_owned() } else { format!("{} ({identifiers})", choice.name) }
}

/// Where a role counts, in words.
#[must_use]
pub fn place(scope: &Scope) -> String {
    if scope.organization.is_none() { "The whole account".to_owned() } else { scope.identifiers() }
}

/// The same within a sentence.
#[must_use]
pub fn in_sentence(scope: &Scope) -> String {
    if scope.organization.is_none() { "the account".to_owned() } else { scope.identifiers() }
}

/// That something belongs to a scope above that of the page; nothing where it belongs to that itself.
#[must_use]
pub fn place_badge(of: &Scope) -> Option<AnyView> {
    (*of != use_scope()).then(|| {
        let label = format!("inherited from {}", in_sentence(of));
        view! { " " <Badge kind=Kind::Plain label=label /> }.into_any()
    })
}
