//! Who looks at the page: what is shown to some roles only. The server checks again.

use leptos::prelude::*;
use muster::user::Permission;

use crate::console::Frame;

/// Whether the person who looks may change things.
#[derive(Clone, Copy)]
struct MayManage(bool);

/// Provides the person who is signed in to this part of the page.
pub(crate) fn provide_viewer(frame: Option<&Frame>) {
    provide_context(MayManage(frame.is_some_and(|frame| frame.role.may(Permission::ManageDelegates))));
}

/// Whether the person may change things.
#[must_use]
pub fn may_manage() -> bool {
    use_context::<MayManage>().is_some_and(|MayManage(may)| may)
}

/// What only those see who may change things.
#[component]
pub fn ManagersOnly(children: Children) -> impl IntoView {
    may_manage().then(children)
}
