//! Making a token.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::install::InstallOptions;

use super::{api::CreateToken, query::use_token_list};
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
                <SelectField name="expires_in_days" label="Expires" options=lifetimes() />
                <SelectField
                    name="profile"
                    label="Profile"
                    options=profiles(&options)
                    hint="For delegates that register with this token and name no profile."
                />
                <CheckField
                    name="requires_approval"
                    label="Every new delegate waits for approval"
                    hint="Whatever profile it names. It does so anyway where the profile above requires approval."
                />
            </FormDialog>
        }
    })
}

/// The button that makes a token.
const GENERATE: Submit = Submit::saves("Generate New Token", "Generating…");

/// The name of a new token.
#[component]
fn NameField() -> impl IntoView {
    view! {
        <TextField
            name="name"
            label="Name"
            hint="Say where it is used, for example edge or build. Unique in this account."
        />
    }
}

/// Asks for the name of a new token alone, and has the page that made it necessary find it chosen.
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
        </FormDialog>
    }
}

/// How long a token may live: days, and what people read.
pub(super) fn lifetimes() -> Vec<(String, String)> {
    let days = [7, 30, 90, 365].map(|days| (days.to_string(), format!("In {days} days")));
    std::iter::once((String::new(), "Never".to_owned())).chain(days).collect()
}

fn profiles(options: &InstallOptions) -> Vec<(String, String)> {
    // Primary comes first, and is what an empty choice means.
    let others = options.profiles.iter().skip(1).map(|(id, name, _)| (id.to_string(), name.clone()));
    std::iter::once((String::new(), "Primary (default)".to_owned())).chain(others).collect()
}
