//! Changing what a person may do, making links, ending sessions, disabling and deleting: each is asked about once more.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use muster::user::{Role, UserDetail, UserRow};

use super::{
    api::{
        ChangeRole, DeleteUser, DisableUser, EnableUser, EndSessions, RemoveRole, RenewInvitation, ResetPassword,
        ResetSecondFactor, get_user,
    },
    invite::RoleField,
};
use crate::{
    error::ConsoleError,
    scopes::{ScopeField, in_sentence},
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

/// What the address says in place of a scope where a role is given at another one.
pub const ADD: &str = "add";

/// The scope that the address names, as it is written there; empty for the account.
fn use_at() -> String {
    use_query_map().with_untracked(|query| query.get_str("at").unwrap_or_default().to_owned())
}

/// Asks for another role at a scope, or for a role at another one.
#[component]
pub fn ChangeRoleDialog() -> impl IntoView {
    let (back, at) = (use_back(), use_at());
    let adds = at == ADD;
    render_dialog(load_user(use_id()), back.clone(), move |detail| {
        let UserDetail { row, is_last_administrator, .. } = detail;
        let is_last_administrator = is_last_administrator && at.is_empty();
        let you = to_you(&row, "What your new role does not allow is refused to you at once.");
        let current = row.user.grants.iter().find(|grant| grant.scope.identifiers() == at).map(|grant| grant.role);
        let called = row.user.called();
        let title = match (adds, at.as_str()) {
            (true, _) => format!("Add a role of {called}"),
            (false, "") => format!("Role of {called}"),
            (false, at) => format!("Role of {called} at {at}"),
        };
        view! {
            <FormDialog
                title=title
                back=back.clone()
                action=ChangeRole::PATH
                id=row.user.id.to_string()
                returns_to=back
                submit=if adds { Submit::saves("Add role", "Adding…") } else { Submit::saves("Change role", "Changing…") }
                possible=!is_last_administrator
            >
                {unless_last(
                    is_last_administrator,
                    view! {
                        <RoleField value=current.unwrap_or(Role::Viewer) />
                        {if adds {
                            view! {
                                <ScopeField label="Where" hint="The role counts there and in all that lies under it." />
                            }
                                .into_any()
                        } else {
                            view! { <input type="hidden" name="scope" value=at.clone() /> }.into_any()
                        }}
                        {you}
                        <p>"It counts at once, also on pages that are open."</p>
                    },
                )}
            </FormDialog>
        }
    })
}

/// Asks before a role at a scope is taken away.
#[component]
pub fn RemoveRoleDialog() -> impl IntoView {
    let (back, at) = (use_back(), use_at());
    render_dialog(load_user(use_id()), back.clone(), move |detail| {
        let UserDetail { row, is_last_administrator, .. } = detail;
        let is_last_administrator = is_last_administrator && at.is_empty();
        let grant = row.user.grants.iter().find(|grant| grant.scope.identifiers() == at);
        let role = grant.map_or("role", |grant| grant.role.label());
        let there = grant.map_or_else(|| at.clone(), |grant| in_sentence(&grant.scope));
        let you = to_you(&row, "What your other roles do not allow is refused to you at once.");
        let question = format!("{} is not {role} at {there} any more. It counts at once.", row.user.called());
        view! {
            <FormDialog
                title=format!("Take a role of {} away?", row.user.called())
                back=back.clone()
                action=RemoveRole::PATH
                id=row.user.id.to_string()
                returns_to=back
                submit=Submit::removes("Take away", "Taking away…")
                possible=!is_last_administrator
            >
                <input type="hidden" name="scope" value=at.clone() />
                {unless_last(is_last_administrator, view! { <p>{question}</p> {you} })}
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
                    " can log in again, with the password and the roles from before."
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

/// Asks before a person's second factor is turned off.
#[component]
pub fn ResetSecondFactorDialog() -> impl IntoView {
    let back = use_back();
    render_dialog(load_user(use_id()), back.clone(), move |UserDetail { row, .. }| {
        let you = to_you(&row, "You have to log in again, too.");
        view! {
            <FormDialog
                title=format!("Reset the second factor of {}?", row.user.called())
                back=back.clone()
                action=ResetSecondFactor::PATH
                id=row.user.id.to_string()
                returns_to=back
                submit=Submit::removes("Reset", "Resetting…")
            >
                <p>
                    "For who has lost the app and the recovery codes. "
                    <b translate="no">{row.user.email.to_string()}</b>
                    " is logged out everywhere at once, and logs in by password alone until a new one is set up. Make sure that \
                    it is that person who asks you."
                </p>
                {you}
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
