//! What surrounds every page of a person who is signed in: the scope, the person, and the way around.

use leptos::{ev, prelude::*};
use leptos_router::{components::Outlet, hooks::use_location};
use muster::user::Permission;

use super::{
    button::{NavButton, SubmitButton},
    form::Form,
    href::use_here,
    icon::Icon,
    live::provide_live,
    load::{Asked, computed, show_or},
    unsaved::provide_unsaved,
};
use crate::session::api::{Frame as FrameData, SignOut, get_frame};

/// The person who is signed in, for what is shown to some roles only. The server checks again.
#[derive(Clone, Copy)]
struct Viewer(Asked<FrameData>);

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

#[component]
fn IfManager(children: ChildrenFn) -> impl IntoView {
    let may = may_manage();
    move || may.get().then(|| children())
}

/// The frame.
#[component]
pub fn Frame() -> impl IntoView {
    let live = provide_live();
    provide_unsaved();
    let frame = Asked::new(move || live.delegates.version(), |_| get_frame());
    provide_context(Viewer(frame));
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
                {show_or(frame, |_| ().into_any(), |frame| view! { <Header frame=frame /> })}
            </header>
            <nav class="nav" aria-label="Main">
                <h2 id="nav-setup">"Setup"</h2>
                <ul aria-labelledby="nav-setup">
                    <li>
                        <NavLink to="/delegates" also="/install" icon=Icon::Delegates label="Delegates" />
                        {show_or(frame, |_| ().into_any(), |frame| view! { <Waiting frame=frame /> })}
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
fn Header(frame: Signal<FrameData>) -> impl IntoView {
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
fn Waiting(frame: Signal<FrameData>) -> impl IntoView {
    move || {
        let pending = frame.with(|frame| frame.pending);
        (pending > 0).then(|| {
            view! {
                <span class="badge" translate="no">
                    {pending}
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
    let outdated = super::live::use_live().map(|live| live.outdated);
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
                        <NavButton to=here class="btn small" press=reload>
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

/// Focuses an element when `/` is pressed outside of a field.
pub fn focus_on_slash(input: NodeRef<leptos::html::Input>) {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| {
            let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
            if event.key() != "/" || modified || event.default_prevented() || somebody_types() {
                return;
            }
            if let Some(input) = input.get_untracked() {
                event.prevent_default();
                // Where it cannot take the focus, the key does nothing.
                let _ = input.focus();
                input.select();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Whether keys go into a field or belong to a dialog.
fn somebody_types() -> bool {
    let document = document();
    let in_field = document
        .active_element()
        .is_some_and(|active| ["INPUT", "TEXTAREA", "SELECT"].contains(&active.tag_name().as_str()));
    in_field || document.query_selector("dialog[open]").ok().flatten().is_some()
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
