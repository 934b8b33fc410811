//! What lies beneath a dialog about a delegate.

use leptos::prelude::*;

use super::{detail::DelegatePage, page::DelegatesPage, query::use_list_query};

/// The list, or the delegate's own page where the dialog was opened from there.
#[component]
pub fn Beneath() -> impl IntoView {
    if use_list_query().from_detail {
        view! { <DelegatePage /> }.into_any()
    } else {
        view! { <DelegatesPage /> }.into_any()
    }
}
