//! What surrounds every page of a person who is signed in: the scope, the person, and the way around.

use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};
use muster::page::count_label;

use crate::{
    console::Frame,
    session::{
        ManagersOnly,
        api::{SignOut, get_frame},
        provide_viewer,
    },
    ui::{
        button::{NavButton, SubmitButton},
        form::Form,
        href::use_here,
        icon::Icon,
        live::{provide_live, use_live},
        load::{Loaded, render_or},
        stream,
        unsaved::provide_unsaved,
    },
};

/// The header, the navigation, and between them the page that the address names.
#[component]
pub fn Layout() -> impl IntoView {
    let live = provide_live();
    provide_unsaved();
    let frame = Loaded::new(move || live.delegates.version(), |_| get_frame());
    stream::follow(live, move || Some(frame.get()?.ok()?.stream));
    provide_viewer(frame);
    view! {
        <a class="skip" href="#main" rel="external">
            "Skip to content"
        </a>
        <div class="frame">
            <header class="top">
                <a class="brand" href="/delegates">
                    <span class="mark">{Icon::Muster.draw()}</span>
                    "Muster"
                </a>
                {render_or(frame, |_| ().into_any(), |frame| view! { <Header frame=frame /> })}
            </header>
            <nav class="nav" aria-label="Main">
                <h2 id="nav-setup">"Setup"</h2>
                <ul aria-labelledby="nav-setup">
                    <li>
                        <NavLink to="/delegates" also="/install" icon=Icon::Delegates label="Delegates" />
                        {render_or(frame, |_| ().into_any(), |frame| view! { <Waiting frame=frame /> })}
                    </li>
                    <li>
                        <NavLink to="/profiles" icon=Icon::Profiles label="Delegate Profiles" />
                    </li>
                    <li>
                        <NavLink to="/tokens" icon=Icon::Tokens label="Tokens" />
                    </li>
                    <ManagersOnly>
                        <li>
                            <NavLink to="/secrets" icon=Icon::Secrets label="Secrets" />
                        </li>
                    </ManagersOnly>
                </ul>
            </nav>
            <main id="main" class="main" tabindex="-1">
                <Outdated />
                <Outlet />
            </main>
        </div>
    }
}

#[component]
fn Header(frame: Signal<Frame>) -> impl IntoView {
    let email = move || frame.with(|frame| frame.email.clone());
    let sign_out = ServerAction::<SignOut>::new();
    view! {
        <p class="scope">
            <span>"Account"</span>
            " "
            <b translate="no">{move || frame.with(|frame| frame.account.clone())}</b>
        </p>
        <div class="grow"></div>
        <button
            type="button"
            class="avatar"
            popovertarget="user-menu"
        >
            <span aria-hidden="true">{move || frame.with(|frame| initials(&frame.email))}</span>
            <span class="visually-hidden">{move || format!("User menu, {}", email())}</span>
        </button>
        <div id="user-menu" class="menu" popover="auto">
            <p class="menu-email" translate="no">{email}</p>
            <p class="muted">{move || frame.with(|frame| frame.role.label())}</p>
            <Form action=sign_out class="menu-form">
                <SubmitButton label="Log out" busy="Logging out…" class="btn" />
            </Form>
        </div>
    }
}

/// How many delegates wait for a person.
#[component]
fn Waiting(frame: Signal<Frame>) -> impl IntoView {
    move || {
        let pending = frame.with(|frame| frame.pending);
        (pending > 0).then(|| {
            view! {
                <span class="badge" translate="no">
                    {count_label(pending)}
                    <span class="visually-hidden">" waiting for approval"</span>
                </span>
            }
        })
    }
}

#[component]
fn NavLink(
    to: &'static str,
    #[prop(optional)] also: Option<&'static str>,
    icon: Icon,
    label: &'static str,
) -> impl IntoView {
    let path = use_location().pathname;
    let current = move || {
        let is_in = |page: &str| path.with(|path| path == page || path.starts_with(&format!("{page}/")));
        (is_in(to) || also.is_some_and(is_in)).then_some("page")
    };
    view! {
        <a href=to aria-current=current>
            {icon.draw()}
            {label}
        </a>
    }
}

/// The server is of another build than this page.
#[component]
fn Outdated() -> impl IntoView {
    let outdated = use_live().map(|live| live.outdated);
    let here = use_here();
    let reload = Callback::new(|()| {
        // A page that cannot be reloaded goes on with what it has.
        let _ = window().location().reload();
    });
    view! {
        <div role="status">
            {move || outdated.is_some_and(|outdated| outdated.get()).then(|| {
                view! {
                    <div class="notice notice-info">
                        {Icon::Info.draw()}
                        <p>"Muster was updated."</p>
                        <NavButton to=here class="btn small" on_press=reload>
                            "Reload"
                        </NavButton>
                    </div>
                }
            })}
        </div>
    }
}

/// Two letters that stand for a person.
fn initials(email: &str) -> String {
    let name = email.split('@').next().unwrap_or_default();
    let words: Vec<&str> = name.split(['.', '-', '_', '+']).filter(|word| !word.is_empty()).collect();
    let letters: String = match words.as_slice() {
        [only] => only.chars().take(2).collect(),
        words => words.iter().filter_map(|word| word.chars().next()).take(2).collect(),
    };
    letters.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_come_from_the_name() {
        for (email, letters) in [("ada@example.com", "AD"), ("ada.lovelace@example.com", "AL"), ("@", "")] {
            assert_eq!(initials(email), letters);
        }
    }
}
