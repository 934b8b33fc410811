//! The pages, and where they are.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    console::tell_status,
    delegates::{
        DelegatePage, DelegatesPage, DeleteDelegateDialog, DisableDelegateDialog, RejectDialog, SelectorsDialog,
        SwitchProfileDialog,
    },
    error::ConsoleError,
    install::{
        AddTokenDialog, AddedTokenDialog, DelegateSetupPage, InstallPage, RejectArrivalDialog, ReviewPage, VerifyPage,
    },
    layout::Layout,
    profiles::{DeleteProfileDialog, EditProfilePage, NewProfilePage, ProfilesPage},
    secrets::{DeleteSecretDialog, NewSecretDialog, ReplaceSecretDialog, SecretsPage},
    session::{LoginPage, SetupPage},
    tokens::{
        CreatedTokenDialog, DeleteTokenDialog, NewTokenDialog, RevokeRotatedDialog, RevokeTokenDialog,
        RotateTokenDialog, RotationPage, TokensPage,
    },
    ui::{load::provide_on_failure, standalone::StandalonePage},
};

/// The console.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_on_failure(tell_status);
    view! {
        <Title formatter=|title: String| format!("{title} · Muster") text="Muster" />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/setup") view=SetupPage ssr=SsrMode::Async />
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=Layout ssr=SsrMode::Async>
                    <ParentRoute path=path!("/delegates") view=DelegatesPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!(":id/reject") view=RejectDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/disable") view=DisableDelegateDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/delete") view=DeleteDelegateDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/delegates/:id") view=DelegatePage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("profile") view=SwitchProfileDialog ssr=SsrMode::Async />
                        <Route path=path!("selectors") view=SelectorsDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/profiles/new") view=NewProfilePage ssr=SsrMode::Async />
                    <ParentRoute path=path!("/profiles") view=ProfilesPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!(":id/delete") view=DeleteProfileDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/profiles/:id") view=EditProfilePage ssr=SsrMode::Async />
                    <ParentRoute path=path!("/tokens") view=TokensPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("new") view=NewTokenDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/created") view=CreatedTokenDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/revoke") view=RevokeTokenDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/rotate") view=RotateTokenDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/delete") view=DeleteTokenDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/tokens/:id/rotation") view=RotationPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("revoke") view=RevokeRotatedDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/secrets") view=SecretsPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("new") view=NewSecretDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/replace") view=ReplaceSecretDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/delete") view=DeleteSecretDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/install") view=InstallPage ssr=SsrMode::Async />
                    <ParentRoute path=path!("/install/:kind") view=DelegateSetupPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("new-token") view=AddTokenDialog ssr=SsrMode::Async />
                        <Route path=path!("token/:id") view=AddedTokenDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/install/:kind/review") view=ReviewPage ssr=SsrMode::Async />
                    <ParentRoute path=path!("/install/:kind/verify") view=VerifyPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("reject/:id") view=RejectArrivalDialog ssr=SsrMode::Async />
                    </ParentRoute>
                </ParentRoute>
            </Routes>
        </Router>
    }
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
