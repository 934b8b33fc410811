//! Statuses: an icon with a shape of its own, and a word.

use leptos::prelude::*;
use muster::{delegate::Status, token::TokenStatus};

use super::icon::Icon;

/// What a delegate is.
#[component]
pub fn DelegateStatus(#[prop(into)] status: Signal<Status>) -> impl IntoView {
    move || {
        let status = status.get();
        let (class, icon) = match status {
            Status::Connected => ("status ok", Icon::Done),
            Status::NotConnected => ("status off", Icon::Silent),
            Status::PendingApproval => ("status wait", Icon::Waiting),
            Status::Rejected => ("status bad", Icon::Refused),
        };
        mark(class, icon, status.label())
    }
}

/// What a token is.
#[component]
pub fn TokenMark(#[prop(into)] status: Signal<TokenStatus>) -> impl IntoView {
    move || {
        let status = status.get();
        let (class, icon) = match status {
            TokenStatus::Active => ("status ok", Icon::Done),
            TokenStatus::Revoked => ("status bad", Icon::CutOff),
            TokenStatus::Expired => ("status off", Icon::RunOut),
        };
        mark(class, icon, status.label())
    }
}

/// Any status: a class of its hue, an icon and a word.
pub fn mark(class: &'static str, icon: Icon, word: impl Into<String>) -> impl IntoView {
    view! {
        <span class=class translate="no">
            {icon.draw()}
            <span>{word.into()}</span>
        </span>
    }
}
