//! Making a secret, giving one another value, and deleting one.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::{id::ProfileId, secret::SecretRow};

use super::api::{CreateSecret, DeleteSecret, ReplaceSecret, get_secret};
use crate::{
    error::ConsoleError,
    session::ManagersOnly,
    ui::{
        dialog::render_dialog,
        field::{SecretArea, TextField},
        form_dialog::{FormDialog, Submit},
        href::Href,
        pagination::{use_cursor, with_cursor},
        params::{parse_id, use_id},
    },
};

/// What to know of a value before it is given.
const VALUE_HINT: &str = "6 to 16384 characters, several lines if need be. Nobody can read it here again. It is masked \
                          in the logs of scripts, also where it is quoted or encoded; but not where a script compresses, \
                          encrypts, hashes or rearranges it, or writes only part of it.";

/// The list to return to.
fn use_back() -> Href {
    with_cursor(Href::new("/secrets"), &use_cursor())
}

/// A secret that an address names.
async fn load_secret(id: String) -> Result<SecretRow, ConsoleError> {
    get_secret(parse_id(&id)?).await
}

/// Asks for a name and a value.
#[component]
pub fn NewSecretDialog() -> impl IntoView {
    let submit = Submit::saves("Add Secret", "Adding…");
    view! {
        <ManagersOnly>
            <FormDialog title="Add Secret" back=use_back() action=CreateSecret::PATH submit=submit>
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
    render_dialog(load_secret(use_id()), back.clone(), move |SecretRow { secret, .. }| {
        view! {
            <FormDialog
                title=format!("Replace the value of {}", secret.name)
                back=back.clone()
                action=ReplaceSecret::PATH
                id=secret.id.to_string()
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
    render_dialog(load_secret(use_id()), back.clone(), move |SecretRow { secret, used_by }| {
        let (id, name) = (secret.id.to_string(), secret.name.to_string());
        let unused = used_by.is_empty();
        let title = if unused { format!("Delete {name}?") } else { format!("{name} is in use") };
        let content = if unused {
            view! {
                <p>
                    <b class="mono">{name}</b>
                    " and its value are deleted. No startup script names it. This cannot be undone."
                </p>
            }
            .into_any()
        } else {
            view! { <InUse profiles=used_by /> }.into_any()
        };
        view! {
            <FormDialog
                title=title
                back=back.clone()
                action=DeleteSecret::PATH
                id=id
                returns_to=back
                submit=Submit::DELETE
                possible=unused
            >
                {content}
            </FormDialog>
        }
    })
}

/// The profiles whose scripts name the secret.
#[component]
fn InUse(profiles: Vec<(ProfileId, String)>) -> impl IntoView {
    let profile = |(id, name): (ProfileId, String)| {
        view! {
            <li>
                <a class="link" href=format!("/profiles/{id}")>
                    {name}
                </a>
            </li>
        }
    };
    view! {
        <p>"The startup scripts of these profiles name it. Take it out of them first, then delete it:"</p>
        <ul class="used" tabindex="0" aria-label="Delegate Profiles">
            {profiles.into_iter().map(profile).collect_view()}
        </ul>
    }
}
