//! Cutting a token off, and deleting one that is.

use leptos::prelude::*;
use muster::{page::count_label, token::TokenUse};

use super::{
    api::{DeleteToken, RevokeToken, get_token_use},
    query::use_token_list,
};
use crate::{
    delegates::DelegateStatus,
    ui::{
        dialog::render_dialog,
        form_dialog::{FormDialog, Submit},
        href::Href,
        live::use_live,
        load::Loaded,
        params::{parse_id, use_id},
        time::Time,
    },
};

/// The list to return to.
fn use_list() -> Signal<Href> {
    let list = use_token_list();
    Signal::derive(move || list.get().list())
}

/// The token in the address and who uses it.
pub(super) fn load_token() -> Loaded<TokenUse> {
    let live = use_live();
    let id = use_id();
    Loaded::<TokenUse>::new(
        move || (id.get(), live.map(|live| (live.delegates.version(), live.heartbeats.version()))),
        |(id, _)| async move { get_token_use(parse_id(&id)?).await },
    )
}

/// Asks before a token of the list is revoked.
#[component]
pub fn RevokeTokenDialog() -> impl IntoView {
    revoke_dialog(use_list())
}

/// Asks before the old token of a rotation is revoked, and returns to the rotation.
#[component]
pub fn RevokeRotatedDialog() -> impl IntoView {
    let id = use_id();
    revoke_dialog(Signal::derive(move || Href::new(format!("/tokens/{}/rotation", id.get()))))
}

/// Asks before a token is revoked, and names the delegates that this cuts off.
fn revoke_dialog(back: Signal<Href>) -> impl IntoView {
    let revoke = ServerAction::<RevokeToken>::new();
    render_dialog(load_token(), back, move |token| {
        let (id, name) = id_and_name(token);
        view! {
            <FormDialog
                title=format!("Revoke {name}?")
                back=back
                action=revoke
                id=id
                returns_to=back
                submit=Submit::removes("Confirm", "Revoking…")
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
    let back = use_list();
    let delete = ServerAction::<DeleteToken>::new();
    render_dialog(load_token(), back, move |token| {
        let (id, name) = id_and_name(token);
        view! {
            <FormDialog
                title=format!("Delete {name}?")
                back=back
                action=delete
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

fn id_and_name(token: Signal<TokenUse>) -> (String, String) {
    token.with_untracked(|token| (token.row.token.id.to_string(), token.row.token.name.to_string()))
}

/// The delegates that last registered with the token.
#[component]
fn Users(token: Signal<TokenUse>) -> impl IntoView {
    let sum = move || {
        token.with(|token| match (token.total, token.seen_last_minute) {
            (0, _) => "No delegate uses it.".to_owned(),
            (1, seen) => format!("1 delegate uses it; {seen} seen in the last minute."),
            (total, seen) => {
                let (total, seen) = (count_label(total), count_label(seen));
                format!("{total} delegates use it; {seen} seen in the last minute.")
            }
        })
    };
    let more = move || {
        token.with(|token| {
            let shown = u64::try_from(token.users.len()).unwrap_or(u64::MAX);
            let more = token.total.saturating_sub(shown);
            (more > 0).then(|| view! { <li class="muted">{format!("and {} more", count_label(more))}</li> })
        })
    };
    view! {
        <p>{sum}</p>
        {move || token.with(|token| !token.users.is_empty()).then(|| {
            let users = token.get().users;
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
                    {more}
                </ul>
            }
        })}
    }
}
