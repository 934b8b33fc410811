//! A new token, made on the way: what was typed into the setup stays behind the dialog, and in its address.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use muster::install::InstallFields;

use super::{
    api::install_page,
    query::{use_install_query, use_kind},
};
use crate::{
    tokens::{api::CreateToken, created_dialog},
    ui::{
        button::SubmitButton,
        dialog::{CancelButton, Dialog},
        field::TextField,
        form::Form,
        href::Href,
    },
};

/// The setup with what was typed, and with another token where `token` names one.
fn setup(token: impl Fn() -> Option<String> + Send + Sync + 'static) -> Signal<Href> {
    let (kind, query) = (use_kind(), use_install_query());
    Signal::derive(move || {
        let fields = query.with(|query| query.fields.clone());
        let fields = match token() {
            Some(token) => InstallFields { token, ..fields },
            None => fields,
        };
        kind.get().map_or_else(|| Href::new("/install"), |kind| install_page(&fields, kind, ""))
    })
}

/// Asks for the name of the new token.
#[component]
pub fn AddTokenDialog() -> impl IntoView {
    let back = setup(|| None);
    let create = ServerAction::<CreateToken>::new();
    view! {
        <Dialog title="New Token" back=back>
            <Form action=create class="form dialog-form">
                <div class="dialog-body">
                    <input type="hidden" name="back" value=move || back.get().to_string() />
                    <TextField
                        name="name"
                        label="Name"
                        hint="Say where it is used, for example edge or build. Unique in this account."
                    />
                </div>
                <footer>
                    <CancelButton />
                    <SubmitButton label="Generate New Token" busy="Generating…" />
                </footer>
            </Form>
        </Dialog>
    }
}

/// Shows the value of the new token once, and leads back to the setup, where it is chosen.
#[component]
pub fn AddedTokenDialog() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    let back = setup(move || Some(id.get()));
    created_dialog(id, back)
}
