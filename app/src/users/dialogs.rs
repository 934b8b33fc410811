//! Changing what a person may do, making links, ending sessions, disabling and deleting: each is asked about once more.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use muster::user::{UserDetail, UserRow};

use super::{
    api::{ChangeRole, DeleteUser, DisableUser, EnableUser, EndSessions, RenewInvitation, ResetPassword, get_user},
    invite::RoleField,
};
use crate::{
    error::ConsoleError,
    ui::{
        dialog::render_dialog,
        form_dialog::{FormDialog, Submit},
        href::Href,
        pagination::{use_cursor, with_cursor},
        params::{parse_id, use_id},
        search::use_search,
    },
};

/// A person that an address names.
///
/// # Errors
/// Where there is none, or it cannot be had.
pub async fn load_user(id: String) -> Result<UserDetail, ConsoleError> {
    get_user(parse_id(&id)?).await
}

/// Where a dialog returns to: the list as it was, or the person's own page where it was opened there.
fn use_back() -> Href {
    let from_page = use_query_map().with_untracked(|query| query.get_str("from") == Some("page"));
    if from_page {
        return Href::new(format!("/users/{}", use_id()));
    }
    with_cursor(Href::new("/users").with("q", use_search()), &use_cursor())
}

/// What is asked; in its place, of the last administrator, why nothing can be done that takes that one away.
fn unless_last(is_last: bool, asked: impl IntoView + 'static) -> AnyView {
    if !is_last {
        return asked.into_any();
    }
    view! {
        <p>
            "This is the only active account administrator. Make somebody else one first: otherwise nobody could decide \
            who may use Muster."
        </p>
    }
    .into_any()
}

/// Adds to what is said where it is done to who asks.
fn to_you(row: &UserRow, consequence: &'static str) -> Option<impl IntoView + use<>> {
    row.is_you.then(|| view! { <p><b>"This is you. "</b>{consequence}</p> })
}

/// Asks for another role.
#[component]
pub fn ChangeRoleDialog() -> impl IntoView {
    let back = use_back();
    render_dialog(load_user(use_id()), back.clone(), move |detail| {
        let UserDetail { row, is_last_administrator, .. } = detail;
        let you = to_you(&row, "What your new role does not allow is refused to you at once.");
        view! {
            <FormDialog
                title=format!("Role of {}", row.user.called())
                back=back.clone()
                action=ChangeRole::PATH
                id=row.user.id.to_string()
                returns_to=back
                submit=Submit::saves("Change role", "Changing…")
                possible=!is_last_administrator
            >
                {unless_last(
                    is_last_administrator,
                    view! {
                        <RoleField value=row.user.role />
                        {you}
                        <p>"It counts at once, also on pages that are open."</p>
                    },
                )}
            </FormDialog>
        }
    })
}

/// Asks before a person is barred.
#[component]
pub fn DisableUserDialog() -> impl IntoView {
    let back = use_back();
    render_dialog(load_user(use_id()), back.clone(), move |detail| {
        let UserDetail { row, is_last_administrator, .. } = detail;
        let you = to_you(&row, "You are logged out, and somebody else has to enable you again.");
        view! {
            <FormDialog
                title=format!("Disable {}?", row.user.called())
                back=back.clone()
                action=DisableUser::PATH
                id=row.user.id.to_string()
                returns_to=back
                submit=Submit::removes("Disable", "Disabling…")
                possible=!is_last_administrator
            >
                {unless_last(
                    is_last_administrator,
                    view! {
                        <p>
                            <b translate="no">{row.user.email.to_string()}</b>
                            " is logged out everywhere at once, and cannot log in until somebody enables it again. What \
                            it did stays in the record."
                        </p>
                        {you}
                    },
                )}
            </FormDialog>
        }
    })
}

/// Asks before a person is let sign in again.
#[component]
pub fn EnableUserDialog() -> impl IntoView {
    let back = use_back();
    render_dialog(load_user(use_id()), back.clone(), move |UserDetail { row, .. }| {
        view! {
            <FormDialog
                title=format!("Enable {}?", row.user.called())
                back=back.clone()
                action=EnableUser::PATH
                id=row.user.id.to_string()
                returns_to=back
                submit=Submit::saves("Enable", "Enabling…")
            >
                <p>
                    <b translate="no">{row.user.email.to_string()}</b>
                    {format!(" can log in again, with the password from before, as {}.", row.user.role.label())}
                </p>
            </FormDialog>
        }
    })
}

/// Asks before a new link takes the place of the invitation's.
#[component]
pub fn RenewInvitationDialog() -> impl IntoView {
    let back = use_back();
    render_dialog(load_user(use_id()), back.clone(), move |UserDetail { row, .. }| {
        view! {
            <FormDialog
                title="New invitation link"
                back=back
                action=RenewInvitation::PATH
                id=row.user.id.to_string()
                submit=Submit::saves("Make link", "Making…")
            >
                <p>
                    "A new link for " <b translate="no">{row.user.email.to_string()}</b>
                    " is made. It works once, for seven days; the one before does not work any more."
                </p>
            </FormDialog>
        }
    })
}

/// Asks before a link is made by which a person chooses a new password.
#[component]
pub fn ResetPasswordDialog() -> impl IntoView {
    let back = use_back();
    render_dialog(load_user(use_id()), back.clone(), move |UserDetail { row, .. }| {
        view! {
            <FormDialog
                title=format!("Reset the password of {}", row.user.called())
                back=back
                action=ResetPassword::PATH
                id=row.user.id.to_string()
                submit=Submit::saves("Make link", "Making…")
            >
                <p>
                    "A link is made by which " <b translate="no">{row.user.email.to_string()}</b>
                    " chooses a new password. It works once, for a day. Until it is used, the old password works; then all \
                    sessions from before end."
                </p>
            </FormDialog>
        }
    })
}

/// Asks before all sessions of a person are ended.
#[component]
pub fn EndSessionsDialog() -> impl IntoView {
    let back = use_back();
    render_dialog(load_user(use_id()), back.clone(), move |UserDetail { row, .. }| {
        let you = to_you(&row, "You have to log in again, too.");
        view! {
            <FormDialog
                title=format!("End the sessions of {}?", row.user.called())
                back=back.clone()
                action=EndSessions::PATH
                id=row.user.id.to_string()
                returns_to=back
                submit=Submit::removes("End sessions", "Ending…")
            >
                <p>
                    <b translate="no">{row.user.email.to_string()}</b>
                    " is logged out everywhere at once, and can log in again."
                </p>
                {you}
            </FormDialog>
        }
    })
}

/// Asks before a person is deleted.
#[component]
pub fn DeleteUserDialog() -> impl IntoView {
    let back = use_back();
    // Who is deleted has no page any more.
    let after = if back.path() == "/users" { back.clone() } else { Href::new("/users") };
    render_dialog(load_user(use_id()), back.clone(), move |detail| {
        let UserDetail { row, is_last_administrator, .. } = detail;
        let you = to_you(&row, "You are logged out, and cannot log in again.");
        view! {
            <FormDialog
                title=format!("Delete {}?", row.user.called())
                back=back
                action=DeleteUser::PATH
                id=row.user.id.to_string()
                returns_to=after
                submit=Submit::DELETE
                possible=!is_last_administrator
            >
                {unless_last(
                    is_last_administrator,
                    view! {
                        <p>
                            <b translate="no">{row.user.email.to_string()}</b>
                            " is logged out everywhere at once, and a link that waits to be used does not work any more. \
                            What it made and did stays, also in the record. This cannot be undone."
                        </p>
                        {you}
                    },
                )}
            </FormDialog>
        }
    })
}
