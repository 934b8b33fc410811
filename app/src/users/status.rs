//! Whether a person can sign in: an icon and a word.

use leptos::prelude::*;
use muster::user::UserStatus;

use crate::ui::{icon::Icon, status::mark};

/// The status of a person.
pub fn user_status(status: UserStatus) -> impl IntoView {
    let (class, icon) = match status {
        UserStatus::Active => ("status ok", Icon::Done),
        UserStatus::Invited => ("status wait", Icon::Waiting),
        UserStatus::Disabled => ("status off", Icon::CutOff),
    };
    mark(class, icon, status.label())
}
