//! Who looks at the page: what is shown to some roles only. The server checks again.

use leptos::prelude::*;
use muster::user::Permission;

use crate::console::Frame;

/// The person who looks.
#[derive(Clone, Default)]
struct Viewer {
    may_manage: bool,
    /// Empty where nobody is signed in.
    email: String,
}

/// Provides the person who is signed in to this part of the page.
pub(crate) fn provide_viewer(frame: Option<&Frame>) {
    let viewer = frame
        .map(|frame| Viewer { may_manage: frame.role.may(Permission::ManageDelegates), email: frame.email.clone() });
    provide_context(viewer.unwrap_or_default());
}

/// Whether the person may change things.
#[must_use]
pub fn may_manage() -> bool {
    use_context::<Viewer>().is_some_and(|viewer| viewer.may_manage)
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
