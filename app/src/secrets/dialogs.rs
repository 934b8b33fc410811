//! Making a secret, giving one another value, and deleting one.

use leptos::prelude::*;
use muster::secret::SecretRow;

use super::api::{CreateSecret, DeleteSecret, ReplaceSecret, get_secret};
use crate::{
    session::ManagersOnly,
    ui::{
        dialog::render_dialog,
        field::{SecretArea, TextField},
        form_dialog::{FormDialog, Submit},
        href::Href,
        live::use_live,
        load::Loaded,
        pagination::{use_cursor, with_cursor},
        params::{parse_id, use_id},
    },
};

/// What to know of a value before it is given.
const VALUE_HINT: &str = "6 to 16384 characters, several lines if need be. Nobody can read it here again. It is masked \
                          in the logs of scripts, also where it is quoted or encoded; but not where a script compresses, \
                          encrypts, hashes or rearranges it, or writes only part of it.";

/// The list to return to.
fn use_back() -> Signal<Href> {
    let cursor = use_cursor();
    Signal::derive(move || with_cursor(Href::new("/secrets"), &cursor.get()))
}

/// The secret in the address.
fn load_secret() -> Loaded<SecretRow> {
    let live = use_live();
    let id = use_id();
    Loaded::<SecretRow>::new(
        // A script that is changed meanwhile may name it, or not any more.
        move || (id.get(), live.map(|live| live.profiles.version())),
        |(id, _)| async move { get_secret(parse_id(&id)?).await },
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
            <FormDialog title="Add Secret" back=back action=create submit=Submit::saves("Add Secret", "Adding…")>
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
            </FormDialog>
        </ManagersOnly>
    }
}

/// Asks for another value.
#[component]
pub fn ReplaceSecretDialog() -> impl IntoView {
    let back = use_back();
    let replace = ServerAction::<ReplaceSecret>::new();
    render_dialog(load_secret(), back, move |row| {
        let (id, name) = id_and_name(row);
        view! {
            <FormDialog
                title=format!("Replace the value of {name}")
                back=back
                action=replace
                id=id
                returns_to=back
                submit=Submit::saves("Replace value", "Replacing…")
            >
                <SecretArea name="value" label="New value" hint=VALUE_HINT />
                <p>"The old value is forgotten. Scripts get the new one at their next run; none runs because of this."</p>
            </FormDialog>
        }
    })
}

/// Asks before a secret is deleted; one that a script names stays.
#[component]
pub fn DeleteSecretDialog() -> impl IntoView {
    let back = use_back();
    let delete = ServerAction::<DeleteSecret>::new();
    render_dialog(load_secret(), back, move |row| {
        let (id, name) = id_and_name(row);
        let used = Memo::new(move |_| row.with(|row| !row.used_by.is_empty()));
        let title = {
            let name = name.clone();
            Signal::derive(move || if used.get() { format!("{name} is in use") } else { format!("Delete {name}?") })
        };
        view! {
            <FormDialog
                title=title
                back=back
                action=delete
                id=id
                returns_to=back
                submit=Submit::DELETE
                possible=Signal::derive(move || !used.get())
            >
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
            </FormDialog>
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
