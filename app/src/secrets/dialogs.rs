//! Making a secret, giving one another value, and deleting one.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use muster::{
    id::ProfileId,
    page::count_label,
    secret::{ProfileChoice, SecretDetail},
};

use super::api::{CreateSecret, DeleteSecret, EditSecret, ReplaceSecret, get_secret};
use crate::{
    error::ConsoleError,
    session::ManagersOnly,
    ui::{
        dialog::render_dialog,
        field::{CheckField, SecretArea, TextArea, TextField},
        form_dialog::{FormDialog, Submit},
        href::{Href, at_scope},
        pagination::{use_cursor, with_cursor},
        params::{parse_id, use_id},
        search::use_search,
    },
};

/// What to know of a value before it is given.
const VALUE_HINT: &str = "6 to 16384 characters, several lines if need be. Nobody can read it here again. It is masked \
                          in the logs of scripts, also where it is quoted or encoded; but not where a script compresses, \
                          encrypts, hashes or rearranges it, or writes only part of it.";

/// Where a dialog returns to: the list as it was, or the secret's own page where it was opened there.
fn use_back() -> Href {
    let from_page = use_query_map().with_untracked(|query| query.get_str("from") == Some("page"));
    if from_page {
        return Href::new(format!("/secrets/{}", use_id()));
    }
    with_cursor(Href::new("/secrets").with("q", use_search()), &use_cursor())
}

/// A secret that an address names.
///
/// # Errors
/// Where there is none, or it cannot be had.
pub async fn load_secret(id: String) -> Result<SecretDetail, ConsoleError> {
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
                <TextArea name="description" label="Description" rows=2 hint="What it is for, and who gives it out." />
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
    render_dialog(load_secret(use_id()), back.clone(), move |detail| {
        let (secret, delegates) = (detail.row.secret, detail.delegates);
        let label = match delegates {
            1 => "Run the script that uses it again on 1 delegate".to_owned(),
            count => format!("Run the scripts that use it again on {} delegates", count_label(count)),
        };
        let otherwise = if delegates > 0 {
            "The old value is forgotten. Scripts get the new one at their next run."
        } else {
            "The old value is forgotten. No delegate runs a script with it now."
        };
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
                <p>{otherwise}</p>
                {(delegates > 0).then(|| view! { <CheckField name="run" label=label /> })}
            </FormDialog>
        }
    })
}

/// Asks for what is to be said of a secret, and which profiles may use it.
#[component]
pub fn EditSecretDialog() -> impl IntoView {
    let back = Href::new(format!("/secrets/{}", use_id()));
    render_dialog(load_secret(use_id()), back.clone(), move |detail| {
        let SecretDetail { row, choices, .. } = detail;
        let secret = row.secret;
        view! {
            <FormDialog
                title=format!("Edit {}", secret.name)
                back=back
                action=EditSecret::PATH
                id=secret.id.to_string()
                submit=Submit::saves("Save", "Saving…")
            >
                <TextArea name="description" label="Description" value=secret.description rows=2 />
                <CheckField
                    name="limited"
                    label="Limit to profiles"
                    checked=secret.limited
                    hint="Only the scripts of the profiles that are ticked below may name it."
                />
                <ProfilesField choices=choices />
            </FormDialog>
        }
    })
}

/// The profiles that may use a secret which is limited.
#[component]
fn ProfilesField(choices: Vec<ProfileChoice>) -> impl IntoView {
    let choice = |(index, choice): (usize, ProfileChoice)| {
        let id = format!("secret-profile-{index}");
        view! {
            <li class="check">
                <input
                    type="checkbox"
                    id=id.clone()
                    name=format!("profiles[{index}]")
                    value=choice.id.to_string()
                    checked=choice.allowed
                    autocomplete="off"
                />
                <label for=id translate="no">
                    {choice.name}
                </label>
            </li>
        }
    };
    view! {
        <fieldset class="field profile-choices">
            <legend>"Profiles"</legend>
            <ul>{choices.into_iter().enumerate().map(choice).collect_view()}</ul>
        </fieldset>
    }
}

/// Asks before a secret is deleted; one that a script names stays.
#[component]
pub fn DeleteSecretDialog() -> impl IntoView {
    let back = use_back();
    // What is deleted has no page any more.
    let after = if back.path() == "/secrets" { back.clone() } else { Href::new("/secrets") };
    render_dialog(load_secret(use_id()), back.clone(), move |detail| {
        let (secret, used_by) = (detail.row.secret, detail.row.used_by);
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
                back=back
                action=DeleteSecret::PATH
                id=id
                returns_to=after
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
                <a class="link" href=at_scope(&format!("/profiles/{id}"))>
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
