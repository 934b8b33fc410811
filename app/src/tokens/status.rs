//! The status of a token, as every page shows it.

use leptos::prelude::*;
use muster::token::TokenStatus;

use crate::ui::{icon::Icon, status::mark};

/// What a token is.
#[component]
pub fn TokenMark(status: TokenStatus) -> impl IntoView {
    let (class, icon) = match status {
        TokenStatus::Active => ("status ok", Icon::Done),
        TokenStatus::Revoked => ("status bad", Icon::CutOff),
        TokenStatus::Expired => ("status off", Icon::RunOut),
    };
    mark(class, icon, status.label())
}
