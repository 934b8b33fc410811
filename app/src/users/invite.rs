//! Inviting somebody.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::user::{Permission, Role};

use super::api::InviteUser;
use crate::{
    scopes::ScopeField,
    session::Only,
    ui::{
        field::{RadioField, TextField},
        form_dialog::{FormDialog, Submit},
        href::Href,
        pagination::{use_cursor, with_cursor},
        search::use_search,
    },
};

/// Asks for an address and a role.
#[component]
pub fn InviteDialog() -> impl IntoView {
    let back = with_cursor(Href::new("/users").with("q", use_search()), &use_cursor());
    let submit = Submit::saves("Make invitation link", "Inviting…");
    view! {
        <Only may=Permission::ManageUsers>
            <FormDialog title="Invite a person" back=back action=InviteUser::PATH submit=submit>
                <TextField
                    name="email"
                    label="Email"
                    kind="email"
                    placeholder="name@example.com"
                    hint="The person logs in with it. Muster sends no mail: you get a link to pass on."
                />
                <RoleField value=Role::Viewer />
                <ScopeField label="Where" hint="The role counts there and in all that lies under it." />
            </FormDialog>
        </Only>
    }
}

/// The choice of a role.
#[component]
pub fn RoleField(
    /// The one that is chosen at first.
    value: Role,
) -> impl IntoView {
    let roles = Role::ALL.map(|role| (role.code(), role.label(), role.meaning()));
    view! { <RadioField name="role" label="Role" options=roles.to_vec() value=value.code() /> }
}
