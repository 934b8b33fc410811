//! Who looks at the page: what is shown to some roles only. The server checks again.

use leptos::prelude::*;
use muster::user::{Permission, Role};

use crate::console::Frame;

/// The person who looks.
#[derive(Clone, Default)]
struct Viewer {
    /// None where nobody is known.
    role: Option<Role>,
    /// Empty where nobody is known.
    email: String,
}

/// Provides the person who is signed in to this part of the page.
pub(crate) fn provide_viewer(frame: Option<&Frame>) {
    let viewer = frame.map(|frame| Viewer { role: Some(frame.role), email: frame.email.clone() });
    provide_context(viewer.unwrap_or_default());
}

/// Whether the person who looks may do something.
#[must_use]
pub fn may(permission: Permission) -> bool {
    use_context::<Viewer>().and_then(|viewer| viewer.role).is_some_and(|role| role.may(permission))
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
