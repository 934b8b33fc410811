//! Making a secret, giving one another value, and deleting one.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use muster::{id::SecretId, secret::SecretRow};

use super::api::{CreateSecret, DeleteSecret, ReplaceSecret, get_secret};
use crate::{
    error::ConsoleError,
    session::ManagersOnly,
    ui::{
        button::SubmitButton,
        dialog::{CancelButton, Dialog, render_dialog},
        field::{SecretArea, TextField},
        form::Form,
        href::Href,
        live::use_live,
        load::Loaded,
        pagination::{use_cursor, with_cursor},
    },
};

/// What to know of a value before it is given.
const VALUE_HINT: &str = "6 to 16384 characters, several lines if need be. Nobody can read it here again. It is masked \
                          in the logs of scripts, also where it is quoted or encoded; but not where a script compresses, \
                          encrypts, hashes or rearranges it, or writes only part of it.";

/// The list to return to.
fn use_back() -> Signal<Href> {
    let cursor = use_cursor();
    Signal::derive(move || with_cursor(Href::new("/secrets"), cursor.get()))
}

/// The secret in the address.
fn asked() -> Loaded<SecretRow> {
    let params = use_params_map();
    let live = use_live();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    Loaded::<SecretRow>::new(
        // A script that is changed meanwhile may name it, or not any more.
        move || (id.get(), live.map(|live| live.profiles.version())),
        |(id, _)| async move {
            let id: SecretId = id.parse().map_err(ConsoleError::not_found)?;
            get_secret(id).await
        },
    )
}

fn id_and_name(row: Signal<SecretRow>) -> (String, String) {
    row.with_untracked(|row| (row.secret.id.to_string(), row.secret.name.to_string()))
}

/// Asks for a name and a value.
#[component]
pub fn NewSecretDialog() -> impl IntoView {
    let back = use_back();
    let create = ServerAction::<CreateSecret>::new();
    view! {
        <ManagersOnly>
            <Dialog title="Add Secret" back=back>
                <Form action=create class="form dialog-form">
                    <div class="dialog-body">
                        <TextField
                            name="name"
                            label="Name"
                            mono=true
                            hint="Letters, digits, dots, dashes and underscores. It cannot be changed later."
                        />
                        <SecretArea name="value" label="Value" hint=VALUE_HINT />
                        <p>"A startup script gets it by its name:"</p>
                        <p>
                            <code>"${secrets.getValue(\"name\")}"</code>
                        </p>
                    </div>
                    <footer>
                        <CancelButton />
                        <SubmitButton label="Add Secret" busy="Adding…" />
                    </footer>
                </Form>
            </Dialog>
        </ManagersOnly>
    }
}

/// Asks for another value.
#[component]
pub fn ReplaceSecretDialog() -> impl IntoView {
    let back = use_back();
    let replace = ServerAction::<ReplaceSecret>::new();
    render_dialog(asked(), back, move |row| {
        let (id, name) = id_and_name(row);
        view! {
            <Dialog title=format!("Replace the value of {name}") back=back>
                <Form action=replace id=id.clone() class="form dialog-form">
                    <div class="dialog-body">
                        <SecretArea name="value" label="New value" hint=VALUE_HINT />
                        <p>
                            "The old value is forgotten. Scripts get the new one at their next run; none runs because of \
                            this."
                        </p>
                        <input type="hidden" name="id" value=id />
                        <input type="hidden" name="back" value=move || back.get().to_string() />
                    </div>
                    <footer>
                        <CancelButton />
                        <SubmitButton label="Replace value" busy="Replacing…" />
                    </footer>
                </Form>
            </Dialog>
        }
    })
}

/// Asks before a secret is deleted; one that a script names stays.
#[component]
pub fn DeleteSecretDialog() -> impl IntoView {
    let back = use_back();
    let delete = ServerAction::<DeleteSecret>::new();
    render_dialog(asked(), back, move |row| {
        let (id, name) = id_and_name(row);
        let used = Memo::new(move |_| row.with(|row| !row.used_by.is_empty()));
        let title = {
            let name = name.clone();
            Signal::derive(move || if used.get() { format!("{name} is in use") } else { format!("Delete {name}?") })
        };
        view! {
            <Dialog title=title back=back>
                <Form action=delete id=id.clone() class="dialog-form">
                    <div class="dialog-body">
                        {move || if used.get() {
                            view! { <InUse row=row /> }.into_any()
                        } else {
                            view! {
                                <p>
                                    <b class="mono">{name.clone()}</b>
                                    " and its value are deleted. No startup script names it. This cannot be undone."
                                </p>
                            }
                            .into_any()
                        }}
                        <input type="hidden" name="id" value=id />
                        <input type="hidden" name="back" value=move || back.get().to_string() />
                    </div>
                    <footer>
                        {move || if used.get() {
                            view! { <CancelButton label="Close" /> }.into_any()
                        } else {
                            view! {
                                <CancelButton />
                                <SubmitButton label="Delete" busy="Deleting…" class="btn danger solid" />
                            }
                            .into_any()
                        }}
                    </footer>
                </Form>
            </Dialog>
        }
    })
}

/// The profiles whose scripts name the secret.
#[component]
fn InUse(row: Signal<SecretRow>) -> impl IntoView {
    view! {
        <p>"The startup scripts of these profiles name it. Take it out of them first, then delete it:"</p>
        <ul class="used" tabindex="0" aria-label="Delegate Profiles">
            {move || {
                let profiles = row.with(|row| row.used_by.clone());
                profiles
                    .into_iter()
                    .map(|(id, name)| {
                        view! {
                            <li>
                                <a class="link" href=format!("/profiles/{id}")>
                                    {name}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
    }
}
