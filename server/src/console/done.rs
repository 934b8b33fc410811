//! What was done, as a page says it to who did it.

use std::time::Duration;

use muster::{audit::Action, delegate::Delegate, id::DelegateId, user::Permission};
use uuid::Uuid;

use crate::{
    db::audit::actor_id,
    error::Error,
    manage::{Context, audit::last_act, scripts},
};

/// For how long the sentence is to be had: a link with it that is found later says nothing.
const LATELY: Duration = Duration::from_secs(120);

/// What who asks did last to an object; none where it was not lately.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn done(cx: &Context, object: Uuid) -> Result<Option<String>, Error> {
    let Some(act) = last_act(cx, object).await? else { return Ok(None) };
    if act.at < cx.now().minus(LATELY) {
        return Ok(None);
    }
    if act.action == Action::DelegateApproved && is_silent(cx, DelegateId(object)).await? {
        return Ok(Some(format!("{} is approved. It is not running now: it works once it is back.", act.name)));
    }
    if act.action == Action::ScriptRequested && !scripts::is_due(cx, DelegateId(object)).await? {
        // It has begun since, and its run says what came of it.
        return Ok(None);
    }
    Ok(sentence(act.action, &act.name, actor_id(&cx.principal.actor) == Some(object)))
}

async fn is_silent(cx: &Context, id: DelegateId) -> Result<bool, Error> {
    match cx.find::<Delegate>(cx.state.db.read(), id, Permission::View).await {
        Ok(delegate) => Ok(delegate.connected_until.is_none()),
        Err(Error::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// `is_own` tells that it was done to who asks.
fn sentence(action: Action, name: &str, is_own: bool) -> Option<String> {
    Some(match action {
        Action::DelegateApproved => format!("{name} is approved."),
        Action::DelegateRejected => {
            format!("{name} is rejected. It keeps running, but Muster will not use it; stop it in your infrastructure.")
        }
        Action::RejectionTakenBack => {
            format!(
                "{name} waits for approval again. A delegate of Muster asks once a minute, and is back within that."
            )
        }
        Action::DelegateDisabled => {
            format!("{name} is disabled: from now on it is refused, and gets neither work nor scripts.")
        }
        Action::DelegateEnabled => {
            format!("{name} is enabled. A delegate of Muster asks once a minute, and is back within that.")
        }
        Action::DelegateDeleted => format!("{name} is deleted here. Stop it in your infrastructure, too."),
        Action::ProfileSwitched => format!("{name} has another profile."),
        Action::SelectorsEdited => format!("The selectors of {name} are saved."),
        Action::DescriptionEdited => format!("The description of {name} is saved."),
        Action::ScriptCancelled => {
            format!("The run on {name} is cancelled: the delegate ends it with its next heartbeat.")
        }
        Action::ScriptRequested => format!("{name} is asked to run its startup script again."),
        Action::SecretCreated => format!("Secret {name} is created."),
        Action::SecretReplaced => format!("Secret {name} has a new value. Scripts get it at their next run."),
        Action::SecretEdited => format!("Secret {name} is saved."),
        Action::SecretDeleted => format!("Secret {name} is deleted."),
        Action::TokenRotated => format!("Token {name} has a successor."),
        Action::ProfileCreated => format!("Profile {name} is created."),
        Action::ProfileEdited => format!("Profile {name} is saved."),
        Action::ProfileDeleted => format!("Profile {name} is deleted."),
        Action::TokenCreated => format!("Token {name} is created."),
        Action::TokenEdited => format!("Token {name} is saved."),
        Action::TokenExtended => format!("Token {name} is good for longer."),
        Action::TokenRevoked => format!("Token {name} is revoked. Its delegates are refused from now on."),
        Action::TokenDeleted => format!("Token {name} is deleted."),
        Action::WaitingRejected => format!("All delegates that waited with token {name} are rejected."),
        Action::UserInvited => format!("{name} is invited."),
        Action::InvitationRenewed => {
            format!("{name} has a new invitation link. The one before does not work any more.")
        }
        Action::PasswordLinkCreated => format!("A link was made by which {name} chooses a new password."),
        Action::RoleChanged => format!("{name} has another role. It counts at once."),
        Action::UserDisabled => format!("{name} is disabled, and signed out everywhere."),
        Action::UserEnabled => format!("{name} is enabled, and can log in again."),
        Action::UserDeleted => format!("{name} is deleted, and signed out everywhere."),
        Action::UserRenamed => "Your name is saved.".to_owned(),
        Action::PasswordChanged => "Your password is changed. Your other sessions are ended.".to_owned(),
        Action::SecondFactorEnabled => "Your second factor is on. Your other sessions are ended.".to_owned(),
        Action::SecondFactorDisabled => "Your second factor is off.".to_owned(),
        Action::RecoveryCodesRenewed => "You have new recovery codes.".to_owned(),
        Action::SecondFactorReset => {
            format!("{name} has no second factor any more, and is signed out everywhere.")
        }
        Action::SessionsEnded if is_own => "The sessions are ended.".to_owned(),
        Action::SessionsEnded => format!("{name} is signed out everywhere."),
        Action::ServiceAccountCreated => format!("Service account {name} is created. Give it a key."),
        Action::ServiceAccountDeleted => {
            format!("Service account {name} is deleted, and its keys do not work any more.")
        }
        Action::OrganizationCreated => format!("Organization {name} is created."),
        Action::ProjectCreated => format!("Project {name} is created."),
        Action::OrganizationRenamed | Action::ProjectRenamed => "The new name is saved.".to_owned(),
        Action::OrganizationDeleted => format!("Organization {name} is deleted."),
        Action::ProjectDeleted => format!("Project {name} is deleted."),
        Action::ApiKeyCreated => format!("The key {name} is created."),
        Action::ApiKeyRotated => format!("The key {name} has a new value."),
        Action::ApiKeyDeleted => format!("The key {name} is deleted. The next request with it is refused."),
        // What no page does, and what is no act of a person.
        Action::AccountCreated
        | Action::UserCreated
        | Action::InvitationAccepted
        | Action::PasswordReset
        | Action::IdentityLinked
        | Action::SignedIn
        | Action::SignedOut
        | Action::SignInFailed
        | Action::CredentialRefused
        | Action::RegistrationRefused
        | Action::InstallLinkCreated
        | Action::BundleDownloaded
        | Action::DelegateRegistered
        | Action::DelegateChanged
        | Action::TokenSwitched
        | Action::KeyBound
        | Action::IdentityConflict => return None,
    })
}
