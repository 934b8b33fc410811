//! The status of a delegate, as every page shows it.

use leptos::prelude::*;
use muster::delegate::Status;

use crate::ui::{icon::Icon, status::mark};

/// What a delegate is.
#[component]
pub fn DelegateStatus(status: Status) -> impl IntoView {
    let (class, icon) = match status {
        Status::Connected => ("status ok", Icon::Done),
        Status::NotConnected => ("status off", Icon::Silent),
        Status::PendingApproval => ("status wait", Icon::Waiting),
        Status::Rejected => ("status bad", Icon::Refused),
        Status::Disabled => ("status off", Icon::CutOff),
    };
    mark(class, icon, status.label())
}
