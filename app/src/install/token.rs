//! A new token, made on the way: what was typed into the setup stays behind the dialog, and in its address.

use leptos::prelude::*;
use muster::install::InstallFields;

use super::{
    api::install_page,
    query::{use_install_query, use_kind},
};
use crate::{
    tokens::{NamedTokenDialog, created_dialog},
    ui::{href::Href, params::use_id},
};

/// The setup with what was typed, and with another token where `token` names one.
fn setup(token: Option<String>) -> Href {
    let fields = use_install_query().fields;
    let fields = match token {
        Some(token) => InstallFields { token, ..fields },
        None => fields,
    };
    use_kind().map_or_else(|| Href::new("/install"), |kind| install_page(&fields, kind, ""))
}

/// Asks for the name of the new token.
#[component]
pub fn AddTokenDialog() -> impl IntoView {
    view! { <NamedTokenDialog back=setup(None) /> }
}

/// Shows the value of the new token once, and leads back to the setup, where it is chosen.
#[component]
pub fn AddedTokenDialog() -> impl IntoView {
    let id = use_id();
    let back = setup(Some(id.clone()));
    created_dialog(id, back)
}
