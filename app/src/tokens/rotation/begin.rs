//! Beginning a rotation: naming the successor.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::token::{TokenStatus, TokenUse, successor_name};

use super::rotation_href;
use crate::{
    tokens::{api::RotateToken, change::back_to_token, dialogs::load_token, expiry::ExpiryFields},
    ui::{
        dialog::{MessageDialog, render_dialog},
        field::TextField,
        form_dialog::{FormDialog, Submit},
        params::use_id,
    },
};

/// Asks for the successor's name and expiry, and says what follows.
#[component]
pub fn RotateTokenDialog() -> impl IntoView {
    let id = use_id();
    let back = back_to_token(&id);
    render_dialog(load_token(id), back.clone(), move |TokenUse { row, .. }| {
        let (id, name) = (row.token.id, row.token.name.to_string());
        let title = format!("Rotate {name}");
        if row.token.rotation.is_some() {
            return view! {
                <MessageDialog title=title back=back>
                    <p>
                        <b>{name}</b>
                        " has a successor already. "
                        <a class="link" href=rotation_href(id).to_string()>
                            "See how far its rotation is"
                        </a>
                        "."
                    </p>
                </MessageDialog>
            }
            .into_any();
        }
        view! {
            <FormDialog
                title=title
                back=back
                action=RotateToken::PATH
                id=id.to_string()
                submit=Submit::saves("Rotate", "Rotating…")
            >
                <ol class="points">
                    <li>"A new token is made, and its value is shown once."</li>
                    <li>"You give it to the delegates one by one; a page shows how, and who has it."</li>
                    <li>
                        <b>{name.clone()}</b>
                        {if row.status == TokenStatus::Expired {
                            " has expired: its delegates are refused until they have the new one, or you extend it."
                        } else {
                            " goes on working until you revoke it."
                        }}
                    </li>
                </ol>
                <TextField name="name" label="Name of the new token" value=successor_name(&name) />
                <ExpiryFields />
            </FormDialog>
        }
        .into_any()
    })
}
