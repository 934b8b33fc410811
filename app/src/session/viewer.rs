//! Who looks at the page: what is shown to some roles only. The server checks again.

use leptos::prelude::*;
use muster::{
    id::AccountId,
    scope::Scope,
    user::{Permission, Role},
};
use uuid::Uuid;

use crate::console::Frame;

/// The person who looks.
#[derive(Clone, Default)]
struct Viewer {
    /// What the person may do at the scope of the page; none where nobody is known.
    role: Option<Role>,
    /// What the person may do at the account.
    account_role: Option<Role>,
    /// The scope of the page; none where nobody is known.
    scope: Option<Scope>,
    /// Empty where nobody is known.
    email: String,
}

/// Provides the person who is signed in to this part of the page.
pub(crate) fn provide_viewer(frame: Option<&Frame>) {
    let viewer = frame.map(|frame| Viewer {
        role: frame.role,
        account_role: frame.account_role,
        scope: Some(frame.scope.clone()),
        email: frame.email.clone(),
    });
    provide_context(viewer.unwrap_or_default());
}

/// Whether the person who looks may do something at the scope of the page. People belong to the account.
#[must_use]
pub fn may(permission: Permission) -> bool {
    let viewer = use_context::<Viewer>();
    let role = viewer.and_then(|viewer| match permission {
        Permission::ManageUsers => viewer.account_role,
        _ => viewer.role,
    });
    role.is_some_and(|role| role.may(permission))
}

/// Whether the person may change things.
#[must_use]
pub fn may_manage() -> bool {
    may(Permission::ManageDelegates)
}

/// What only those see who may do something.
#[component]
pub fn Only(
    /// What they may do.
    may: Permission,
    children: Children,
) -> impl IntoView {
    self::may(may).then(children)
}

/// The scope of the page.
#[must_use]
pub fn use_scope() -> Scope {
    let scope = use_context::<Viewer>().and_then(|viewer| viewer.scope);
    scope.unwrap_or_else(|| Scope::account(AccountId(Uuid::nil())))
}

/// Whether a record that names who acted means the person.
#[must_use]
pub fn is_viewer(name: &str) -> bool {
    use_context::<Viewer>().is_some_and(|viewer| !name.is_empty() && viewer.email == name)
}

/// What only those see who may change things.
#[component]
pub fn ManagersOnly(children: Children) -> impl IntoView {
    may_manage().then(children)
}
