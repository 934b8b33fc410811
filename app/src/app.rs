//! The pages, where they are, and in which parts their code comes.

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
        DelegatePage, DelegatesPage, DeleteDelegateDialog, RejectDialog, SelectorsDialog, SwitchProfileDialog,
    },
    error::ConsoleError,
    install::{
        AddTokenDialog, AddedTokenDialog, DelegateSetupPage, InstallPage, RejectArrivalDialog, ReviewPage, VerifyPage,
    },
    layout::Layout,
    lazy::lazy_views,
    profiles::{DeleteProfileDialog, EditProfilePage, NewProfilePage, ProfilesPage},
    secrets::{DeleteSecretDialog, NewSecretDialog, ReplaceSecretDialog, SecretsPage},
    session::{LoginPage, SetupPage, provide_login_elsewhere},
    tokens::{
        CreatedTokenDialog, DeleteTokenDialog, NewTokenDialog, RevokeRotatedDialog, RevokeTokenDialog,
        RotateTokenDialog, RotationPage, TokensPage,
    },
    ui::{
        form::{forget_flash, provide_flash},
        hydrated::{provide_hydrated, when_hydrated},
        load::provide_on_failure,
        standalone::StandalonePage,
        time::provide_ticker,
        unsaved::watch_unsaved,
    },
};

lazy_views! {
    login { login_page = LoginPage }
    setup { setup_page = SetupPage }
    delegates { delegates_page = DelegatesPage }
    delegate { delegate_page = DelegatePage }
    delegate_dialogs {
        reject_dialog = RejectDialog,
        delete_delegate_dialog = DeleteDelegateDialog,
        switch_profile_dialog = SwitchProfileDialog,
        selectors_dialog = SelectorsDialog,
    }
    profiles { profiles_page = ProfilesPage, delete_profile_dialog = DeleteProfileDialog }
    profile { new_profile_page = NewProfilePage, edit_profile_page = EditProfilePage }
    tokens { tokens_page = TokensPage }
    rotation { rotation_page = RotationPage }
    token_dialogs {
        new_token_dialog = NewTokenDialog,
        created_token_dialog = CreatedTokenDialog,
        revoke_token_dialog = RevokeTokenDialog,
        rotate_token_dialog = RotateTokenDialog,
        delete_token_dialog = DeleteTokenDialog,
        revoke_rotated_dialog = RevokeRotatedDialog,
    }
    secrets { secrets_page = SecretsPage }
    secret_dialogs {
        new_secret_dialog = NewSecretDialog,
        replace_secret_dialog = ReplaceSecretDialog,
        delete_secret_dialog = DeleteSecretDialog,
    }
    install { install_page = InstallPage }
    install_setup { delegate_setup_page = DelegateSetupPage }
    install_token { add_token_dialog = AddTokenDialog, added_token_dialog = AddedTokenDialog }
    review { review_page = ReviewPage }
    verify { verify_page = VerifyPage, reject_arrival_dialog = RejectArrivalDialog }
}

/// The console.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_hydrated();
    provide_on_failure(tell_status);
    provide_flash();
    provide_login_elsewhere();
    provide_ticker();
    watch_unsaved();

    when_hydrated(|| {
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
                <Route path=path!("/setup") view=setup_page() ssr=SsrMode::Async />
                <Route path=path!("/login") view=login_page() ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=Layout ssr=SsrMode::Async>
                    <ParentRoute path=path!("/delegates") view=delegates_page() ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!(":id/reject") view=reject_dialog() ssr=SsrMode::Async />
                        <Route path=path!(":id/delete") view=delete_delegate_dialog() ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/delegates/:id") view=delegate_page() ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("profile") view=switch_profile_dialog() ssr=SsrMode::Async />
                        <Route path=path!("selectors") view=selectors_dialog() ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/profiles/new") view=new_profile_page() ssr=SsrMode::Async />
                    <ParentRoute path=path!("/profiles") view=profiles_page() ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!(":id/delete") view=delete_profile_dialog() ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/profiles/:id") view=edit_profile_page() ssr=SsrMode::Async />
                    <ParentRoute path=path!("/tokens") view=tokens_page() ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("new") view=new_token_dialog() ssr=SsrMode::Async />
                        <Route path=path!(":id/created") view=created_token_dialog() ssr=SsrMode::Async />
                        <Route path=path!(":id/revoke") view=revoke_token_dialog() ssr=SsrMode::Async />
                        <Route path=path!(":id/rotate") view=rotate_token_dialog() ssr=SsrMode::Async />
                        <Route path=path!(":id/delete") view=delete_token_dialog() ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/tokens/:id/rotation") view=rotation_page() ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("revoke") view=revoke_rotated_dialog() ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/secrets") view=secrets_page() ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("new") view=new_secret_dialog() ssr=SsrMode::Async />
                        <Route path=path!(":id/replace") view=replace_secret_dialog() ssr=SsrMode::Async />
                        <Route path=path!(":id/delete") view=delete_secret_dialog() ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/install") view=install_page() ssr=SsrMode::Async />
                    <ParentRoute path=path!("/install/:kind") view=delegate_setup_page() ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("new-token") view=add_token_dialog() ssr=SsrMode::Async />
                        <Route path=path!("token/:id") view=added_token_dialog() ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/install/:kind/review") view=review_page() ssr=SsrMode::Async />
                    <ParentRoute path=path!("/install/:kind/verify") view=verify_page() ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("reject/:id") view=reject_arrival_dialog() ssr=SsrMode::Async />
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
