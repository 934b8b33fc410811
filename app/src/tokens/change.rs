//! Changing a token: its name and how it admits delegates, and letting it be good for longer.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::token::{Token, TokenStatus};

use super::{
    api::{EditToken, ExtendToken},
    changed::{differing_expiry, differing_settings, overtaken},
    dialogs::load_token,
    expiry::{ExpiryFields, expiry_text},
    new::{ApprovalField, NameField, ProfileField},
    query::{token_href, use_back},
    restrictions::RestrictionFields,
};
use crate::{
    install::api::get_install_options,
    ui::{
        dialog::{MessageDialog, render_dialog},
        form::use_overtaken,
        form_dialog::{FormDialog, Submit},
        href::Href,
        params::{parse_id, use_id},
    },
};

/// Where the dialogs of a token lead back to.
pub(super) fn back_to_token(id: &str) -> Href {
    use_back(|| parse_id(id).map_or_else(|_| Href::new("/tokens"), token_href))
}

/// Asks for the name, the profile and whether delegates wait.
#[component]
pub fn EditTokenDialog() -> impl IntoView {
    let id = use_id();
    let back = back_to_token(&id);
    let typed = use_overtaken(EditToken::PATH, &id);
    let asked = async move { Ok((load_token(id).await?, get_install_options().await?)) };
    render_dialog(asked, back.clone(), move |(found, options)| {
        let notice = typed.and_then(|typed| {
            let token = &found.row.token;
            overtaken(token, differing_settings(token, &options, &typed))
        });
        let Token { id, name, default_profile, requires_approval, restrictions, revision, .. } = found.row.token;
        let title = format!("Edit {name}");
        if found.row.status == TokenStatus::Revoked {
            return view! { <Unchangeable title=title back=back /> }.into_any();
        }
        let profile = default_profile.map(|id| id.to_string()).unwrap_or_default();
        view! {
            <FormDialog
                title=title
                back=back.clone()
                action=EditToken::PATH
                id=id.to_string()
                returns_to=back
                submit=Submit::saves("Save", "Saving…")
            >
                {notice}
                <input type="hidden" name="seen" value=revision.to_string() />
                <NameField value=name.to_string() />
                <ProfileField options=options value=profile />
                <ApprovalField checked=requires_approval />
                <RestrictionFields value=restrictions />
                <p class="hint">"Delegates that registered with it before stay as they are; only the networks count for them too."</p>
            </FormDialog>
        }
        .into_any()
    })
}

/// Asks until when the token is to be good.
#[component]
pub fn ExtendTokenDialog() -> impl IntoView {
    let id = use_id();
    let back = back_to_token(&id);
    let typed = use_overtaken(ExtendToken::PATH, &id);
    render_dialog(load_token(id), back.clone(), move |found| {
        let row = found.row;
        let notice = typed.and_then(|typed| overtaken(&row.token, differing_expiry(&row.token, &typed)));
        let title = format!("Extend {}", row.token.name);
        match (row.status, row.token.expires_at) {
            (TokenStatus::Revoked, _) => view! { <Unchangeable title=title back=back /> }.into_any(),
            (_, None) => view! {
                <MessageDialog title=title back=back>
                    <p>
                        <b>{row.token.name.to_string()}</b>
                        " never expires."
                    </p>
                </MessageDialog>
            }
            .into_any(),
            (status, Some(_)) => view! {
                <FormDialog
                    title=title
                    back=back.clone()
                    action=ExtendToken::PATH
                    id=row.token.id.to_string()
                    returns_to=back
                    submit=Submit::saves("Extend", "Extending…")
                >
                    {notice}
                    <input type="hidden" name="seen" value=row.token.revision.to_string() />
                    <p>
                        {expiry_text(&row)} ". "
                        {if status == TokenStatus::Expired {
                            "Extended, it is good again, and its delegates come back by themselves."
                        } else {
                            "Its value stays the same: nothing has to be done on the hosts."
                        }}
                    </p>
                    <ExpiryFields />
                </FormDialog>
            }
            .into_any(),
        }
    })
}

#[component]
fn Unchangeable(title: String, back: Href) -> impl IntoView {
    view! {
        <MessageDialog title=title back=back>
            <p>"This token is revoked, and cannot be changed any more. Make a new one instead."</p>
        </MessageDialog>
    }
}
