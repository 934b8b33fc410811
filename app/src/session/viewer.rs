//! Who looks at the page: what is shown to some roles only. The server checks again.

use leptos::prelude::*;
use muster::user::{Permission, Role};

use crate::console::Frame;

/// What the person is who looks; none where nobody is known.
#[derive(Clone, Copy)]
struct Viewer(Option<Role>);

/// Provides the person who is signed in to this part of the page.
pub(crate) fn provide_viewer(frame: Option<&Frame>) {
    provide_context(Viewer(frame.map(|frame| frame.role)));
}

/// Whether the person who looks may do something.
#[must_use]
pub fn may(permission: Permission) -> bool {
    use_context::<Viewer>().and_then(|Viewer(role)| role).is_some_and(|role| role.may(permission))
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

/// What only those see who may change things.
#[component]
pub fn ManagersOnly(children: Children) -> impl IntoView {
    may_manage().then(children)
}
