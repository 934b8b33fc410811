//! What the steps of the guided page share: the way that they go, and what stands above each.

use leptos::prelude::*;
use leptos_meta::Title;
use muster::install::InstallKind;

use super::query::InstallQuery;
use crate::{
    console::tell_status,
    error::ConsoleError,
    ui::{
        button::NavButton,
        empty::EmptyState,
        href::{Href, at_scope},
        icon::Icon,
    },
};

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// How the delegate is to run.
    Type,
    /// Its name, profile, token, and what else its type needs.
    Setup,
    /// The files that come of it.
    Review,
    /// Waiting for the delegate.
    Verify,
}

impl Step {
    const ALL: [Self; 4] = [Self::Type, Self::Setup, Self::Review, Self::Verify];

    const fn label(self) -> &'static str {
        match self {
            Self::Type => "Type",
            Self::Setup => "Delegate Setup",
            Self::Review => "Review",
            Self::Verify => "Verify",
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Type => "Download Delegate",
            step => step.label(),
        }
    }

    /// Its page, with everything kept that was chosen.
    fn page(self, kind: InstallKind, query: &InstallQuery) -> Href {
        match self {
            Self::Type => types(query),
            Self::Setup => query.setup(kind),
            Self::Review => query.review(kind),
            Self::Verify => query.verify(kind, ""),
        }
    }
}

/// The page with the types, where what was chosen for another type is kept.
fn types(query: &InstallQuery) -> Href {
    let fields = query.fields.pairs();
    fields.into_iter().fold(Href::new("/install"), |href, (name, value)| href.with(name, value))
}

/// What stands above a step: the way back, the steps, and the heading.
#[component]
pub fn StepHead(
    now: Step,
    /// The way to install, where it is chosen.
    kind: Option<InstallKind>,
    query: InstallQuery,
    /// A line below the heading.
    #[prop(into)]
    sub: String,
) -> impl IntoView {
    view! {
        <Title text=now.heading() />
        <p class="crumb">
            <a class="link" href=at_scope("/delegates")>
                "Delegates"
            </a>
            {kind.map(|_| {
                view! {
                    <span aria-hidden="true">"/"</span>
                    <a class="link" href=at_scope("/install")>
                        "Download Delegate"
                    </a>
                }
            })}
        </p>
        <nav class="way" aria-label="Steps">
            <ol>
                {Step::ALL
                    .into_iter()
                    .enumerate()
                    .map(|(index, step)| {
                        let done = kind.filter(|_| step < now);
                        view! {
                            <li
                                class=if step == now { "now" } else if done.is_some() { "past" } else { "" }
                                aria-current=(step == now).then_some("step")
                            >
                                {match done {
                                    Some(kind) => {
                                        view! {
                                            <a href=step.page(kind, &query).to_string()>
                                                <span class="way-mark">{Icon::Tick.draw()}</span>
                                                <span class="way-label">{step.label()}</span>
                                            </a>
                                        }
                                        .into_any()
                                    }
                                    None => {
                                        view! {
                                            <span class="way-mark">{index + 1}</span>
                                            <span class="way-label">{step.label()}</span>
                                        }
                                        .into_any()
                                    }
                                }}
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </nav>
        <div class="head">
            <h1>{now.heading()}</h1>
        </div>
        <p class="sub">{sub}</p>
    }
}

/// The path names no way to install.
#[component]
pub fn NoSuchKind() -> impl IntoView {
    tell_status(&ConsoleError::not_found(""));
    view! {
        <Title text="Download Delegate" />
        <div class="head">
            <h1>"Download Delegate"</h1>
        </div>
        <EmptyState icon=Icon::Warning title="There is no such type of delegate" alert=true>
            <p>
                <a class="link" href=at_scope("/install")>
                    "Choose a type"
                </a>
            </p>
        </EmptyState>
    }
}

/// A step that lacks what an earlier one asks for.
#[component]
pub fn NotSetUp(
    /// The setup, with what was chosen.
    setup: Href,
    #[prop(into)] title: String,
    /// What is missing; may be empty.
    #[prop(optional, into)]
    text: String,
) -> impl IntoView {
    view! {
        <div class="card">
            <EmptyState icon=Icon::Warning title=title text=text alert=true>
                <NavButton to=setup class="btn primary">
                    "Back to Delegate Setup"
                </NavButton>
            </EmptyState>
        </div>
    }
}

/// That delegates will look for Muster where only this machine finds it.
#[component]
pub fn OnlyHere(manager_url: String) -> impl IntoView {
    view! {
        <div class="notice notice-wait">
            {Icon::Warning.draw()}
            <p>
                "Delegates will look for Muster at " <code>{manager_url}</code>
                ", which only this machine reaches. For delegates elsewhere, set MUSTER_PUBLIC_URL to the address at \
                which they reach Muster, and restart it."
            </p>
        </div>
    }
}
