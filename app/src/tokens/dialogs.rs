//! Cutting a token off, and deleting one that is.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::{page::count_label, token::TokenUse};

use super::{
    api::{DeleteToken, RevokeToken, get_token_use},
    change::back_to_token,
    query::use_back,
};
use crate::{
    delegates::DelegateStatus,
    error::ConsoleError,
    ui::{
        dialog::render_dialog,
        form_dialog::{FormDialog, Submit},
        href::Href,
        params::{parse_id, use_id},
        time::Time,
    },
};

/// A token that an address names, and who uses it.
pub(super) async fn load_token(id: String) -> Result<TokenUse, ConsoleError> {
    get_token_use(parse_id(&id)?).await
}

/// Asks before a token is revoked.
#[component]
pub fn RevokeTokenDialog() -> impl IntoView {
    let id = use_id();
    let back = back_to_token(&id);
    revoke_dialog(id, back)
}

/// Asks before the old token of a rotation is revoked, and returns to the rotation.
#[component]
pub fn RevokeRotatedDialog() -> impl IntoView {
    let id = use_id();
    let back = Href::new(format!("/tokens/{id}/rotation"));
    revoke_dialog(id, back)
}

/// Asks once more, and names the delegates that this cuts off.
fn revoke_dialog(id: String, back: Href) -> impl IntoView {
    render_dialog(load_token(id), back.clone(), move |token| {
        let (id, name) = id_and_name(&token);
        view! {
            <FormDialog
                title=format!("Revoke {name}?")
                back=back.clone()
                action=RevokeToken::PATH
                id=id
                returns_to=back
                submit=Submit::removes("Revoke", "Revoking…")
            >
                <p>
                    <b>{name}</b>
                    " will be refused from the next request on. This cannot be undone."
                </p>
                <Users token=token />
            </FormDialog>
        }
    })
}

/// Asks before a token is deleted.
#[component]
pub fn DeleteTokenDialog() -> impl IntoView {
    // Its own page is gone then.
    let back = use_back(|| Href::new("/tokens"));
    render_dialog(load_token(use_id()), back.clone(), move |token| {
        let (id, name) = id_and_name(&token);
        view! {
            <FormDialog
                title=format!("Delete {name}?")
                back=back.clone()
                action=DeleteToken::PATH
                id=id
                returns_to=back
                submit=Submit::DELETE
            >
                <p>
                    <b>{name}</b>
                    " leaves the list and its name is free again. Delegates that still use it stay refused. This \
                    cannot be undone."
                </p>
                <Users token=token />
            </FormDialog>
        }
    })
}

fn id_and_name(token: &TokenUse) -> (String, String) {
    (token.row.token.id.to_string(), token.row.token.name.to_string())
}

/// The delegates that last registered with the token.
#[component]
pub(super) fn Users(token: TokenUse) -> impl IntoView {
    let TokenUse { users, total, seen_last_minute, .. } = token;
    let sum = match (total, seen_last_minute) {
        (0, _) => "No delegate uses it.".to_owned(),
        (1, seen) => format!("1 delegate uses it; {seen} seen in the last minute."),
        (total, seen) => {
            let (total, seen) = (count_label(total), count_label(seen));
            format!("{total} delegates use it; {seen} seen in the last minute.")
        }
    };
    let more = total.saturating_sub(u64::try_from(users.len()).unwrap_or(u64::MAX));
    view! {
        <p>{sum}</p>
        {(!users.is_empty()).then(|| {
            view! {
                <ul class="used" tabindex="0" aria-label="Delegates">
                    {users
                        .into_iter()
                        .map(|user| {
                            view! {
                                <li>
                                    <span>
                                        <span class="t">{user.name}</span>
                                        <span class="s">{user.host_name}</span>
                                    </span>
                                    <span class="used-state">
                                        <DelegateStatus status=user.status />
                                        <span class="second">"seen " <Time at=user.last_heartbeat_at /></span>
                                    </span>
                                </li>
                            }
                        })
                        .collect_view()}
                    {(more > 0).then(|| view! { <li class="muted">{format!("and {} more", count_label(more))}</li> })}
                </ul>
            }
        })}
    }
}
