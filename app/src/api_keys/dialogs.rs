//! Making, rotating and deleting keys, and the value that is shown once.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;
use muster::{
    api_key::{ApiKeyRow, Overlap},
    user::Role,
};

use super::api::{CreateApiKey, DeleteApiKey, ForgetApiKey, RotateApiKey, get_api_key, page_of, reveal_api_key};
use crate::{
    console::{Holder, RevealedKey},
    error::ConsoleError,
    scopes::ScopeField,
    tokens::expiry::ExpiryFields,
    ui::{
        dialog::{MessageDialog, render_dialog},
        field::TextField,
        form_dialog::{FormDialog, Submit},
        href::Href,
        params::{parse_id, use_id},
        shown_once::{ShownOnce, Words},
    },
    users::RoleField,
};

/// Whose keys the page is about: a service account has its id in the address.
fn use_holder() -> Holder {
    use_id().parse().ok()
}

fn use_key() -> String {
    use_params_map().with_untracked(|params| params.get_str("key").unwrap_or_default().to_owned())
}

fn use_back() -> Href {
    Href::new(page_of(use_holder()))
}

/// Whose key it is, for the form.
#[component]
fn HolderField() -> impl IntoView {
    use_holder().map(|id| view! { <input type="hidden" name="holder" value=id.to_string() /> })
}

async fn load(holder: Holder, key: String) -> Result<ApiKeyRow, ConsoleError> {
    get_api_key(holder, parse_id(&key)?).await
}

/// Asks for a name, a role and an expiry.
#[component]
pub fn NewApiKeyDialog() -> impl IntoView {
    let whose = if use_holder().is_some() { "the service account" } else { "you" };
    view! {
        <FormDialog
            title="New API key"
            back=use_back()
            action=CreateApiKey::PATH
            submit=Submit::saves("Create API key", "Creating…")
        >
            <HolderField />
            <TextField name="name" label="Name" hint="Say where it is used, for example ci or terraform." />
            <RoleField value=Role::Viewer />
            <ScopeField label="Where" hint="The key counts there and in all that lies under it." />
            <p class="hint">{format!("At no time may the key do more than {whose}.")}</p>
            <ExpiryFields />
        </FormDialog>
    }
}

/// Asks for how long the old value is to work.
#[component]
pub fn RotateApiKeyDialog() -> impl IntoView {
    let back = use_back();
    render_dialog(load(use_holder(), use_key()), back.clone(), move |ApiKeyRow { key, .. }| {
        view! {
            <FormDialog
                title=format!("Rotate {}?", key.name)
                back=back
                action=RotateApiKey::PATH
                id=key.id.to_string()
                submit=Submit::saves("Rotate", "Rotating…")
            >
                <HolderField />
                <p>"The key gets a new value, which is shown once. Its name, role and expiry stay."</p>
                <TextField
                    name="overlap_hours"
                    label="The old value works for (hours)"
                    kind="number"
                    value=Overlap::DEFAULT_HOURS.to_string()
                    hint="0 ends it at once. 720 at most."
                />
            </FormDialog>
        }
    })
}

/// Asks before a key is deleted.
#[component]
pub fn DeleteApiKeyDialog() -> impl IntoView {
    let back = use_back();
    render_dialog(load(use_holder(), use_key()), back.clone(), move |ApiKeyRow { key, .. }| {
        view! {
            <FormDialog
                title=format!("Delete {}?", key.name)
                back=back
                action=DeleteApiKey::PATH
                id=key.id.to_string()
                submit=Submit::DELETE
            >
                <HolderField />
                <p>"The next request with it is refused. This cannot be undone."</p>
            </FormDialog>
        }
    })
}

/// Shows the value that was just made for the key in the address.
#[component]
pub fn ApiKeyValueDialog() -> impl IntoView {
    let (holder, id, back) = (use_holder(), use_key(), use_back());
    // The server shows it once, so this asks once.
    let value = {
        let id = id.clone();
        async move { reveal_api_key(holder, parse_id(&id)?).await }
    };
    render_dialog(value, back.clone(), move |value| match value {
        Some(RevealedKey { name, value }) => {
            let words = words(&name);
            view! { <ShownOnce words=words value=value forget=ForgetApiKey::PATH id=id back=back /> }.into_any()
        }
        None => view! { <Spent back=back /> }.into_any(),
    })
}

fn words(name: &str) -> Words {
    Words {
        title: "API key",
        noun: "value",
        label: "API key value",
        ready: format!("{name} is ready. Copy its value now."),
        copied: format!("{name} is ready and its value is in your clipboard."),
        notice: "Save the value. It cannot be shown again; a rotation makes a new one.".to_owned(),
        done: "I have saved it",
    }
}

#[component]
fn Spent(back: Href) -> impl IntoView {
    view! {
        <MessageDialog title="This value was shown before" back=back>
            <p>
                "The value of a key is shown once, right after it was made, and only to the person who made it. Where it \
                was not saved, rotate the key: it gets a new one."
            </p>
        </MessageDialog>
    }
}
