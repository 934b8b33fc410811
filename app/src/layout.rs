//! What surrounds every page of a person who is signed in: the scope, the person, and the way around.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::components::Outlet;
use muster::{
    page::count_label,
    user::{Permission, Role},
};

use crate::ui::href::at_scope;
use crate::{
    console::Frame,
    help::Shortcuts,
    scopes::ScopeSwitch,
    search::Palette,
    session::{
        ManagersOnly, Only, ThemeSwitch,
        api::{SignOut, get_frame},
        may, provide_viewer,
    },
    ui::{
        button::{NavButton, SubmitButton},
        form::{Form, LeftOver},
        href::use_here,
        icon::Icon,
        live::Follows,
        tab::Tab,
    },
};

/// The header, the navigation, and between them the page that the address names.
#[component]
pub fn Layout() -> impl IntoView {
    Suspend::new(async {
        // Without it the page itself says what is the matter.
        let frame = get_frame().await.ok();
        provide_viewer(frame.as_ref());
        view! { <Around frame=frame /> }
    })
}

#[component]
fn Around(frame: Option<Frame>) -> impl IntoView {
    let session = frame.as_ref().map(|frame| frame.stream.clone());
    // Who can make some, or has some, finds them.
    let has_scopes = may(Permission::ManageScopes) || frame.as_ref().is_some_and(|frame| !frame.scopes.is_empty());
    let (pending, expiring) = frame.as_ref().map_or((0, 0), |frame| (frame.pending, frame.expiring));
    view! {
        <a class="skip" href="#main">
            "Skip to content"
        </a>
        <Tab waiting=pending />
        <div class="frame" data-session=session data-pending=(pending > 0).then_some("")>
            // How many wait is on every page, and each goes by what the person may do.
            <Follows topics="delegates roles" />
            <header class="top">
                <a class="brand" href=at_scope("/")>
                    <span class="mark">{Icon::Muster.draw()}</span>
                    "Muster"
                </a>
                {frame.map(|frame| view! { <Header frame=frame /> })}
            </header>
            <nav class="nav" aria-label="Main">
                <ul>
                    <li>
                        <NavLink to="/" icon=Icon::Overview label="Overview" />
                    </li>
                    <li>
                        <NavLink to="/delegates" also="/install" icon=Icon::Delegates label="Delegates" />
                        {waiting(pending)}
                    </li>
                    <li>
                        <NavLink to="/profiles" icon=Icon::Profiles label="Delegate Profiles" short="Profiles" />
                    </li>
                    <li>
                        <NavLink to="/tokens" icon=Icon::Tokens label="Tokens" />
                        {expire_soon(expiring)}
                    </li>
                    <ManagersOnly>
                        <li>
                            <NavLink to="/secrets" icon=Icon::Secrets label="Secrets" />
                        </li>
                        // On a phone the menu of the user leads there: of what is done daily each has a tab.
                        <li class="nav-wide">
                            <NavLink to="/audit" icon=Icon::Record label="Audit Trail" />
                        </li>
                    </ManagersOnly>
                    {has_scopes
                        .then(|| {
                            view! {
                                <li class="nav-wide">
                                    <NavLink to="/organizations" icon=Icon::Scopes label="Organizations & Projects" />
                                </li>
                            }
                        })}
                    <Only may=Permission::ManageUsers>
                        <li class="nav-wide">
                            <NavLink to="/users" also="/service-accounts" icon=Icon::Users label="Users" />
                        </li>
                    </Only>
                </ul>
            </nav>
            <Lost />
            <main id="main" class="main" tabindex="-1">
                <Outdated />
                <Outlet />
                <LeftOver />
            </main>
            <Footer />
            <Palette />
        </div>
    }
}

#[component]
fn Header(frame: Frame) -> impl IntoView {
    let Frame { account, email, called, role, account_role, scope, scopes, .. } = frame;
    let role = role.or(account_role).map_or("No role here", Role::label);
    let named = (called != email).then(|| view! { <p class="menu-name" translate="no">{called.clone()}</p> });
    view! {
        <ScopeSwitch scope=scope account=account choices=scopes />
        <div class="grow"></div>
        <a class="find" href=at_scope("/search") data-palette="">
            {Icon::Search.draw()}
            <span>"Search everything"</span>
            <kbd class="needs-scripts" aria-hidden="true">"Ctrl K"</kbd>
        </a>
        <button
            type="button"
            class="avatar"
            popovertarget="user-menu"
        >
            <span aria-hidden="true">{initials(&called)}</span>
            <span class="visually-hidden">{format!("User menu, {called}")}</span>
        </button>
        <div id="user-menu" class="menu" popover="auto">
            {named}
            <p class="menu-email" translate="no">{email}</p>
            <p class="muted">{role}</p>
            <p>
                <a class="link" href=at_scope("/account")>
                    "Your account"
                </a>
            </p>
            <ManagersOnly>
                <a class="menu-link nav-narrow" href=at_scope("/audit")>
                    {Icon::Record.draw()}
                    "Audit Trail"
                </a>
            </ManagersOnly>
            <a class="menu-link nav-narrow" href=at_scope("/organizations")>
                {Icon::Scopes.draw()}
                "Organizations & Projects"
            </a>
            <Only may=Permission::ManageUsers>
                <a class="menu-link nav-narrow" href=at_scope("/users")>
                    {Icon::Users.draw()}
                    "Users"
                </a>
            </Only>
            <ThemeSwitch />
            <Form action=SignOut::PATH class="menu-form">
                <SubmitButton label="Log out" busy="Logging out…" class="btn" />
            </Form>
        </div>
    }
}

/// How many delegates wait for a person.
fn waiting(pending: u64) -> impl IntoView {
    (pending > 0).then(|| {
        view! {
            <span class="badge" translate="no">
                {count_label(pending)}
                <span class="visually-hidden">" waiting for approval"</span>
            </span>
        }
    })
}

/// How many tokens expire within two weeks.
fn expire_soon(expiring: u64) -> impl IntoView {
    (expiring > 0).then(|| {
        view! {
            <span class="badge" translate="no">
                {count_label(expiring)}
                <span class="visually-hidden">" expire within two weeks"</span>
            </span>
        }
    })
}

#[component]
fn NavLink(
    to: &'static str,
    #[prop(optional)] also: Option<&'static str>,
    icon: Icon,
    label: &'static str,
    /// What stands in its place where there is little room.
    #[prop(optional)]
    short: Option<&'static str>,
) -> impl IntoView {
    let here = use_here();
    let is_in = |page: &str| here.path() == page || here.path().starts_with(&format!("{page}/"));
    let current = (is_in(to) || also.is_some_and(is_in)).then_some("page");
    view! {
        <a href=at_scope(to) aria-current=current>
            {icon.draw()}
            {match short {
                None => label.into_any(),
                Some(short) => {
                    view! {
                        <span class="nav-label">{label}</span>
                        <span class="nav-short" aria-hidden="true">{short}</span>
                    }
                        .into_any()
                }
            }}
        </a>
    }
}

/// What this is, and where more is said.
#[component]
fn Footer() -> impl IntoView {
    view! {
        <footer class="footer">
            <span translate="no">{concat!("Muster ", env!("CARGO_PKG_VERSION"))}</span>
            <a class="link" href=at_scope("/help")>"Documentation"</a>
            <a class="link" href="/readyz" rel="external">"Status"</a>
            <button type="button" class="as-link needs-scripts" popovertarget="shortcuts" data-hotkey="?">
                "Keyboard shortcuts"
            </button>
            <div id="shortcuts" class="menu shortcuts" popover="auto">
                <h2>"Keyboard shortcuts"</h2>
                <Shortcuts />
            </div>
        </footer>
    }
}

/// That the connection to the server is lost: the browser shows it for as long as that lasts.
#[component]
fn Lost() -> impl IntoView {
    view! {
        <div class="lost" role="status">
            <div class="notice notice-wait" id="lost" hidden>
                {Icon::Warning.draw()}
                <p>
                    "The connection to Muster is lost; it may be restarting. What you see may be out of date. This page goes \
                    on by itself once it is back."
                </p>
            </div>
        </div>
    }
}

/// That the server is of another build than this page: the browser shows it once it hears so.
#[component]
fn Outdated() -> impl IntoView {
    view! {
        <div role="status">
            <div class="notice notice-info" id="outdated" hidden>
                {Icon::Info.draw()}
                <p>"Muster was updated."</p>
                <NavButton to=use_here() class="btn small" reload=true>
                    "Reload"
                </NavButton>
            </div>
        </div>
    }
}

/// Two letters that stand for a person, by name or address.
fn initials(called: &str) -> String {
    let name = called.split('@').next().unwrap_or_default();
    let words: Vec<&str> = name.split(['.', '-', '_', '+', ' ']).filter(|word| !word.is_empty()).collect();
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
        for (called, letters) in [
            ("ada@example.com", "AD"),
            ("ada.lovelace@example.com", "AL"),
            ("Ada Lovelace", "AL"),
            ("Éva", "ÉV"),
            ("@", ""),
        ] {
            assert_eq!(initials(called), letters);
        }
    }
}
