//! The pages, and where they are.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    account::{AccountPage, EndOtherSessionsDialog, EndSessionDialog},
    api_keys::{
        ApiKeyValueDialog, DeleteApiKeyDialog, DeleteServiceAccountDialog, NewApiKeyDialog, NewServiceAccountDialog,
        RotateApiKeyDialog, ServiceAccountPage, ServiceAccountsPage,
    },
    audit::AuditTrailPage,
    console::tell_status,
    delegates::{
        ApproveDialog, Beneath, DelegatePage, DeleteDelegateDialog, DescriptionDialog, DisableDelegateDialog,
        RejectDialog, SelectedDonePage, SelectedPage, SelectorsDialog, SwitchProfileDialog,
    },
    error::ConsoleError,
    help::HelpPage,
    install::{
        AddTokenDialog, AddedTokenDialog, ApproveArrivalDialog, DelegateSetupPage, InstallPage, RejectArrivalDialog,
        ReviewPage, VerifyPage,
    },
    invitation::InvitationPage,
    layout::Layout,
    overview::OverviewPage,
    profiles::{
        DeleteProfileDialog, EditProfilePage, NewProfilePage, ProfileDelegatesPage, ProfilePage, ProfileRecordPage,
        ProfilesPage, RestoreDialog, RunScriptDialog, VersionPage, VersionsPage,
    },
    scopes::{DeleteScopeDialog, NewScopeDialog, RenameScopeDialog, ScopePage, ScopesPage},
    search::SearchPage,
    second_factor::{NewRecoveryCodesDialog, RecoveryCodesDialog, SecondFactorPage, TurnOffDialog},
    secrets::{DeleteSecretDialog, EditSecretDialog, NewSecretDialog, ReplaceSecretDialog, SecretPage, SecretsPage},
    session::{CodePage, LoginPage, SetupPage},
    tokens::{
        CreatedTokenDialog, DeleteTokenDialog, EditTokenDialog, ExtendTokenDialog, NewTokenDialog, RejectWaitingDialog,
        RevokeRotatedDialog, RevokeTokenDialog, RotateTokenDialog, RotationPage, TokenPage, TokensPage,
    },
    ui::{button::NavButton, empty::EmptyState, href::Href, icon::Icon, load::provide_on_failure},
    users::{
        ChangeRoleDialog, DeleteUserDialog, DisableUserDialog, EnableUserDialog, EndSessionsDialog, InviteDialog,
        RemoveRoleDialog, RenewInvitationDialog, ResetPasswordDialog, ResetSecondFactorDialog, UserLinkDialog,
        UserPage, UsersPage,
    },
};

/// The console.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_on_failure(tell_status);
    view! {
        <Router>
            // Every path is somewhere, also those that lead nowhere.
            <Routes fallback=Nothing>
                <Route path=path!("/setup") view=SetupPage ssr=SsrMode::Async />
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async />
                <Route path=path!("/login/code") view=CodePage ssr=SsrMode::Async />
                <Route path=path!("/second-factor") view=SecondFactorPage ssr=SsrMode::Async />
                <Route path=path!("/invitation") view=InvitationPage ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=Layout ssr=SsrMode::Async>
                    <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async />
                    <Route path=path!("/search") view=SearchPage ssr=SsrMode::Async />
                    <Route path=path!("/help") view=HelpPage ssr=SsrMode::Async />
                    <Route path=path!("/audit") view=AuditTrailPage ssr=SsrMode::Async />
                    <ParentRoute path=path!("/delegates") view=Beneath ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!(":id/approve") view=ApproveDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/reject") view=RejectDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/disable") view=DisableDelegateDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/delete") view=DeleteDelegateDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/delegates/:id") view=DelegatePage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("profile") view=SwitchProfileDialog ssr=SsrMode::Async />
                        <Route path=path!("selectors") view=SelectorsDialog ssr=SsrMode::Async />
                        <Route path=path!("description") view=DescriptionDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/selected/done") view=SelectedDonePage ssr=SsrMode::Async />
                    <Route path=path!("/selected/:act") view=SelectedPage ssr=SsrMode::Async />
                    <Route path=path!("/profiles/new") view=NewProfilePage ssr=SsrMode::Async />
                    <ParentRoute path=path!("/profiles") view=ProfilesPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!(":id/delete") view=DeleteProfileDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/profiles/:id/edit") view=EditProfilePage ssr=SsrMode::Async />
                    <Route path=path!("/profiles/:id/delegates") view=ProfileDelegatesPage ssr=SsrMode::Async />
                    <Route path=path!("/profiles/:id/versions") view=VersionsPage ssr=SsrMode::Async />
                    <Route path=path!("/profiles/:id/record") view=ProfileRecordPage ssr=SsrMode::Async />
                    <ParentRoute path=path!("/profiles/:id/versions/:version") view=VersionPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("restore") view=RestoreDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/profiles/:id") view=ProfilePage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("run") view=RunScriptDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/tokens") view=TokensPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("new") view=NewTokenDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/created") view=CreatedTokenDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/tokens/:id") view=TokenPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("edit") view=EditTokenDialog ssr=SsrMode::Async />
                        <Route path=path!("extend") view=ExtendTokenDialog ssr=SsrMode::Async />
                        <Route path=path!("revoke") view=RevokeTokenDialog ssr=SsrMode::Async />
                        <Route path=path!("reject-waiting") view=RejectWaitingDialog ssr=SsrMode::Async />
                        <Route path=path!("rotate") view=RotateTokenDialog ssr=SsrMode::Async />
                        <Route path=path!("delete") view=DeleteTokenDialog ssr=SsrMode::Async />
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
                    <ParentRoute path=path!("/secrets/:id") view=SecretPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("edit") view=EditSecretDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/users") view=UsersPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("new") view=InviteDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/link") view=UserLinkDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/role") view=ChangeRoleDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/remove-role") view=RemoveRoleDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/renew-invitation") view=RenewInvitationDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/reset-password") view=ResetPasswordDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/reset-second-factor") view=ResetSecondFactorDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/end-sessions") view=EndSessionsDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/disable") view=DisableUserDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/enable") view=EnableUserDialog ssr=SsrMode::Async />
                        <Route path=path!(":id/delete") view=DeleteUserDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/users/:id") view=UserPage ssr=SsrMode::Async />
                    <ParentRoute path=path!("/organizations") view=ScopesPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("new") view=NewScopeDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/organizations/:id") view=ScopePage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("rename") view=RenameScopeDialog ssr=SsrMode::Async />
                        <Route path=path!("delete") view=DeleteScopeDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/account") view=AccountPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("end-others") view=EndOtherSessionsDialog ssr=SsrMode::Async />
                        <Route path=path!("sessions/:id/end") view=EndSessionDialog ssr=SsrMode::Async />
                        <Route path=path!("new-recovery-codes") view=NewRecoveryCodesDialog ssr=SsrMode::Async />
                        <Route path=path!("recovery-codes") view=RecoveryCodesDialog ssr=SsrMode::Async />
                        <Route path=path!("turn-off-second-factor") view=TurnOffDialog ssr=SsrMode::Async />
                        <Route path=path!("keys/new") view=NewApiKeyDialog ssr=SsrMode::Async />
                        <Route path=path!("keys/:key/value") view=ApiKeyValueDialog ssr=SsrMode::Async />
                        <Route path=path!("keys/:key/rotate") view=RotateApiKeyDialog ssr=SsrMode::Async />
                        <Route path=path!("keys/:key/delete") view=DeleteApiKeyDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/service-accounts") view=ServiceAccountsPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("new") view=NewServiceAccountDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <ParentRoute path=path!("/service-accounts/:id") view=ServiceAccountPage ssr=SsrMode::Async>
                        <Route path=path!("") view=Nothing ssr=SsrMode::Async />
                        <Route path=path!("delete") view=DeleteServiceAccountDialog ssr=SsrMode::Async />
                        <Route path=path!("keys/new") view=NewApiKeyDialog ssr=SsrMode::Async />
                        <Route path=path!("keys/:key/value") view=ApiKeyValueDialog ssr=SsrMode::Async />
                        <Route path=path!("keys/:key/rotate") view=RotateApiKeyDialog ssr=SsrMode::Async />
                        <Route path=path!("keys/:key/delete") view=DeleteApiKeyDialog ssr=SsrMode::Async />
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
                        <Route path=path!("approve/:id") view=ApproveArrivalDialog ssr=SsrMode::Async />
                        <Route path=path!("reject/:id") view=RejectArrivalDialog ssr=SsrMode::Async />
                    </ParentRoute>
                    <Route path=path!("/*nowhere") view=NotFoundPage ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The page alone, without a dialog on it.
#[component]
fn Nothing() -> impl IntoView {}

/// There is no such page. It stands in the frame, which leads on.
#[component]
fn NotFoundPage() -> impl IntoView {
    tell_status(&ConsoleError::not_found(""));
    view! {
        <Title text="Page not found" />
        <div class="head">
            <h1>"Page not found"</h1>
        </div>
        <div class="card">
            <EmptyState
                icon=Icon::Search
                title="There is nothing at this address"
                text="What it was about may have been deleted, or the link is incomplete."
            >
                <NavButton to=Href::new("/delegates")>"Go to Delegates"</NavButton>
            </EmptyState>
        </div>
    }
}
