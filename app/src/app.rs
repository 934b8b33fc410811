//! The pages and where they are.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    ChooseView, MatchNestedRoutes, NestedRoute, PossibleRouteMatch, SsrMode,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::{Router, Routes},
    path,
};

use crate::{
    console::tell_status,
    delegates::{
        DelegatePage, DelegatesPage, DeleteDelegateDialog, RejectDialog, SelectorsDialog, SwitchProfileDialog,
    },
    error::ConsoleError,
    install::{
        AddTokenDialog, AddedTokenDialog, DelegateSetupPage, InstallPage, RejectArrivalDialog, ReviewPage, VerifyPage,
    },
    layout::Layout,
    profiles::{DeleteProfileDialog, EditProfilePage, NewProfilePage, ProfilesPage},
    secrets::{DeleteSecretDialog, NewSecretDialog, ReplaceSecretDialog, SecretsPage},
    session::{LoginPage, SetupPage, provide_login_elsewhere},
    tokens::{
        CreatedTokenDialog, DeleteTokenDialog, NewTokenDialog, RevokeRotatedDialog, RevokeTokenDialog,
        RotateTokenDialog, RotationPage, TokensPage,
    },
    ui::{
        form::{forget_flash, provide_flash},
        load::provide_on_failure,
        standalone::StandalonePage,
        time::provide_ticker,
        unsaved::watch_unsaved,
    },
};

/// The console.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_on_failure(tell_status);
    provide_flash();
    provide_login_elsewhere();
    provide_ticker();
    watch_unsaved();

    // An effect runs only in the browser, and only once everything is hydrated.
    Effect::new(|_| {
        forget_flash();
        if let Some(html) = document().document_element() {
            // Tests wait for it, and styles hide what only makes sense without scripts.
            let _ = html.set_attribute("data-hydrated", "");
        }
        if let Some(body) = document().body() {
            let _ = body.remove_attribute("translate");
        }
    });

    view! {
        <Title formatter=|title: String| format!("{title} · Muster") text="Muster" />
        <Router>
            <Routes fallback=NotFoundPage>
                <Pages />
            </Routes>
        </Router>
    }
}

/// Where each page is.
#[component(transparent)]
fn Pages() -> AnyNestedRoute {
    let inside = (
        page_with_dialogs(
            path!("/delegates"),
            DelegatesPage,
            (page(path!(":id/reject"), RejectDialog), page(path!(":id/delete"), DeleteDelegateDialog)),
        ),
        page_with_dialogs(
            path!("/delegates/:id"),
            DelegatePage,
            (page(path!("profile"), SwitchProfileDialog), page(path!("selectors"), SelectorsDialog)),
        ),
        page(path!("/profiles/new"), NewProfilePage),
        page_with_dialogs(path!("/profiles"), ProfilesPage, page(path!(":id/delete"), DeleteProfileDialog)),
        page(path!("/profiles/:id"), EditProfilePage),
        page_with_dialogs(
            path!("/tokens"),
            TokensPage,
            (
                page(path!("new"), NewTokenDialog),
                page(path!(":id/created"), CreatedTokenDialog),
                page(path!(":id/revoke"), RevokeTokenDialog),
                page(path!(":id/rotate"), RotateTokenDialog),
                page(path!(":id/delete"), DeleteTokenDialog),
            ),
        ),
        page_with_dialogs(path!("/tokens/:id/rotation"), RotationPage, page(path!("revoke"), RevokeRotatedDialog)),
        page_with_dialogs(
            path!("/secrets"),
            SecretsPage,
            (
                page(path!("new"), NewSecretDialog),
                page(path!(":id/replace"), ReplaceSecretDialog),
                page(path!(":id/delete"), DeleteSecretDialog),
            ),
        ),
        page(path!("/install"), InstallPage),
        page_with_dialogs(
            path!("/install/:kind"),
            DelegateSetupPage,
            (page(path!("new-token"), AddTokenDialog), page(path!("token/:id"), AddedTokenDialog)),
        ),
        page(path!("/install/:kind/review"), ReviewPage),
        page_with_dialogs(path!("/install/:kind/verify"), VerifyPage, page(path!("reject/:id"), RejectArrivalDialog)),
    );
    (page(path!("/setup"), SetupPage), page(path!("/login"), LoginPage), page(path!(""), Layout).child(inside))
        .into_any_nested_route()
}

/// A page, or a dialog on one. It is sent once everything on it is known, so that it is whole without scripts.
fn page<S, V: ChooseView + Clone + 'static>(path: S, view: V) -> NestedRoute<S, (), (), impl ChooseView> {
    NestedRoute::new(path, view).ssr_mode(SsrMode::Async)
}

/// A page with dialogs on top of it. At its own address there is none.
fn page_with_dialogs<S, V, D>(path: S, view: V, dialogs: D) -> impl MatchNestedRoutes + Clone + Send + 'static
where
    S: PossibleRouteMatch + std::fmt::Debug + Clone + Send + 'static,
    V: ChooseView + Clone + 'static,
    D: MatchNestedRoutes + Clone + Send + 'static,
{
    page(path, view).child((page(path!(""), Nothing), dialogs))
}

/// The page alone, without a dialog on it.
#[component]
fn Nothing() -> impl IntoView {}

#[component]
fn NotFoundPage() -> impl IntoView {
    tell_status(&ConsoleError::not_found(""));
    view! {
        <StandalonePage title="Page not found">
            <p class="sub">"There is nothing at this address. It may have been deleted, or the link is incomplete."</p>
            <p>
                <a class="link" href="/delegates">
                    "Go to Delegates"
                </a>
            </p>
        </StandalonePage>
    }
}
