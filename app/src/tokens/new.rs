//! Making a token.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::install::InstallOptions;

use super::{api::CreateToken, expiry::ExpiryFields, query::use_token_list, restrictions::RestrictionFields};
use crate::{
    install::api::get_install_options,
    ui::{
        dialog::render_dialog,
        field::{CheckField, SelectField, TextField},
        form_dialog::{FormDialog, Submit},
        href::Href,
    },
};

/// Asks for a name, an expiry and a profile.
#[component]
pub fn NewTokenDialog() -> impl IntoView {
    let back = use_token_list().list();
    render_dialog(get_install_options(), back.clone(), move |options| {
        view! {
            <FormDialog title="New Token" back=back action=CreateToken::PATH submit=GENERATE>
                <NameField />
                <ExpiryFields />
                <ProfileField options=options />
                <ApprovalField />
                <RestrictionFields />
            </FormDialog>
        }
    })
}

/// The button that makes a token.
const GENERATE: Submit = Submit::saves("Generate New Token", "Generating…");

/// The name of a token.
#[component]
pub(super) fn NameField(#[prop(optional, into)] value: String) -> impl IntoView {
    view! {
        <TextField
            name="name"
            label="Name"
            value=value
            hint="Say where it is used, for example edge or build. Unique here."
        />
    }
}

/// The profile of delegates that name none.
#[component]
pub(super) fn ProfileField(options: InstallOptions, #[prop(optional, into)] value: String) -> impl IntoView {
    // Primary comes first, and is what an empty choice means.
    let primary = options.profiles.first().map(|(id, ..)| id.to_string());
    let value = if Some(&value) == primary.as_ref() { String::new() } else { value };
    let others = options.profiles.iter().skip(1).map(|(id, name, _)| (id.to_string(), name.clone()));
    let options = std::iter::once((String::new(), "Primary (default)".to_owned())).chain(others).collect();
    view! {
        <SelectField
            name="profile"
            label="Profile"
            options=options
            value=value
            hint="For delegates that register with this token and name no profile."
        />
    }
}

/// Whether delegates wait for approval.
#[component]
pub(super) fn ApprovalField(#[prop(optional)] checked: bool) -> impl IntoView {
    view! {
        <CheckField
            name="requires_approval"
            label="Every new delegate waits for approval"
            checked=checked
            hint="Whatever profile it names. It does so anyway where the profile above requires approval."
        />
    }
}

/// Asks for the name of a new token and until when it is good, and has the page that made it necessary find it chosen.
#[component]
pub fn NamedTokenDialog(back: Href) -> impl IntoView {
    view! {
        <FormDialog
            title="New Token"
            back=back.clone()
            action=CreateToken::PATH
            returns_to=back
            submit=GENERATE
        >
            <NameField />
            <ExpiryFields />
        </FormDialog>
    }
}
