//! How far a delegate is with the script, in a word.

use leptos::prelude::*;
use muster::profile::Progress;

use crate::ui::{icon::Icon, status::mark};

/// How far a delegate is: an icon and a word.
pub fn progress_mark(progress: Progress) -> impl IntoView {
    let (class, icon) = match progress {
        Progress::Succeeded => ("status ok", Icon::Done),
        Progress::Failed => ("status bad", Icon::Refused),
        Progress::Running => ("status run", Icon::Running),
        Progress::NotReached => ("status wait", Icon::Waiting),
        Progress::Earlier => ("status off", Icon::Silent),
    };
    mark(class, icon, progress.label())
}
