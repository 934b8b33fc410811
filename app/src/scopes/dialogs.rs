//! Making, renaming and deleting organizations and projects.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use muster::{
    scope::{ScopeDetail, ScopeName},
    user::Permission,
};

use super::api::{CreateScope, DeleteScope, LIST, RenameScope, get_scope};
use crate::{
    error::ConsoleError,
    session::{Only, use_scope},
    ui::{
        dialog::render_dialog,
        field::TextField,
        form_dialog::{FormDialog, Submit},
        href::Href,
        params::{parse_id, use_id},
    },
};

/// One that an address names.
///
/// # Errors
/// Where there is none, or it cannot be had.
pub async fn load_scope(id: String) -> Result<ScopeDetail, ConsoleError> {
    get_scope(parse_id(&id)?).await
}

/// Where a dialog returns to: the list, or the page of the one that it is about.
fn use_back() -> Href {
    let from_page = use_query_map().with_untracked(|query| query.get_str("from") == Some("page"));
    if from_page { Href::new(format!("{LIST}/{}", use_id())) } else { Href::new(LIST) }
}

/// Asks for a name and an identifier: of an organization at the account, of a project at an organization.
#[component]
pub fn NewScopeDialog() -> impl IntoView {
    let is_project = use_scope().organization.is_some();
    let (title, submit) = if is_project {
        ("New project", Submit::saves("Create project", "Creating…"))
    } else {
        ("New organization", Submit::saves("Create organization", "Creating…"))
    };
    view! {
        <Only may=Permission::ManageScopes>
            <FormDialog title=title back=Href::new(LIST) action=CreateScope::PATH submit=submit>
                <TextField name="name" label="Name" max_length=ScopeName::MAX_LENGTH />
                <TextField
                    name="identifier"
                    label="Identifier"
                    required=false
                    mono=true
                    hint="Letters, digits, _ and $. Addresses and clients go by it, and it stays. Without one, the name makes it."
                />
            </FormDialog>
        </Only>
    }
}

/// Asks for another name.
#[component]
pub fn RenameScopeDialog() -> impl IntoView {
    let back = use_back();
    render_dialog(load_scope(use_id()), back.clone(), move |ScopeDetail { row, .. }| {
        let named = row.named;
        view! {
            <FormDialog
                title=format!("Rename {}", named.name)
                back=back.clone()
                action=RenameScope::PATH
                id=named.id.to_string()
                returns_to=back
                submit=Submit::saves("Rename", "Renaming…")
            >
                <TextField name="name" label="Name" value=named.name.to_string() max_length=ScopeName::MAX_LENGTH />
                <p>
                    "The identifier " <code translate="no">{named.scope.identifiers()}</code>
                    " stays: addresses and clients go by it."
                </p>
            </FormDialog>
        }
    })
}

/// Asks before one is deleted, or says what stands in the way.
#[component]
pub fn DeleteScopeDialog() -> impl IntoView {
    let back = use_back();
    render_dialog(load_scope(use_id()), back.clone(), move |ScopeDetail { row, people, .. }| {
        let (named, contents) = (row.named, row.contents);
        let kind = named.scope.kind();
        let roles = match people.len() {
            0 => None,
            1 => Some("One person has a role in it, which goes with it.".to_owned()),
            many => Some(format!("{many} people have roles in it, which go with it.")),
        };
        view! {
            <FormDialog
                title=format!("Delete {}?", named.name)
                back=back
                action=DeleteScope::PATH
                id=named.id.to_string()
                returns_to=Href::new(LIST)
                submit=Submit::DELETE
                possible=contents.is_empty()
            >
                {if contents.is_empty() {
                    view! {
                        <p>
                            {format!("The {kind} is empty. Its ")} <code translate="no">"default_token"</code>
                            " goes with it: what registers with that is refused from then on, and so are API keys for it."
                        </p>
                        {roles.map(|roles| view! { <p>{roles}</p> })}
                        <p>"What was done in it stays in the record. This cannot be undone."</p>
                    }
                        .into_any()
                } else {
                    view! {
                        <p>
                            {format!(
                                "The {kind} is not empty: it has {}. Delete what is in it first.",
                                contents.listed(),
                            )}
                        </p>
                    }
                        .into_any()
                }}
            </FormDialog>
        }
    })
}
