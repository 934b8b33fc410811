//! Badges: a word beside a name that says what is special about it.

use leptos::prelude::*;

/// What a badge is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something to know.
    Plain,
    /// Something to look at.
    Warn,
    /// Something that went wrong.
    Bad,
    /// Something that has become old.
    Old,
}

impl Kind {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "pill",
            Self::Warn => "pill warn",
            Self::Bad => "pill bad",
            Self::Old => "pill old",
        }
    }
}

/// A badge.
#[component]
pub fn Badge(
    kind: Kind,
    #[prop(into)] label: String,
    /// More about it, on hover. What nobody may miss stands elsewhere too.
    #[prop(optional_no_strip, into)]
    title: Option<String>,
) -> impl IntoView {
    view! {
        <span class=kind.class() title=title>
            {label}
        </span>
    }
}
