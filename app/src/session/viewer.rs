//! Who looks at the page: what is shown to some roles only. The server checks again.

use leptos::prelude::*;
use muster::user::Permission;

use crate::{
    console::Frame,
    ui::load::{Loaded, computed},
};

#[derive(Clone, Copy)]
struct Viewer(Loaded<Frame>);

/// Provides the person who is signed in to this part of the page.
pub(crate) fn provide_viewer(frame: Loaded<Frame>) {
    provide_context(Viewer(frame));
}

/// Whether the person may change things. Read it where a `Transition` waits for it.
pub fn may_manage() -> Signal<bool> {
    let viewer = use_context::<Viewer>();
    computed(move |_| {
        let frame = viewer.and_then(|Viewer(frame)| frame.get()).and_then(Result::ok);
        frame.is_some_and(|frame| frame.role.may(Permission::ManageDelegates))
    })
}

/// What only those see who may change things.
#[component]
pub fn ManagersOnly(children: ChildrenFn) -> impl IntoView {
    view! {
        <Transition>
            <IfManager>{children()}</IfManager>
        </Transition>
    }
}

/// As [`ManagersOnly`], where a `Transition` is around already.
#[component]
pub fn IfManager(children: ChildrenFn) -> impl IntoView {
    let may = may_manage();
    move || may.get().then(|| children())
}
