//! The audit trail: who did what to which object, from where, and when.

mod chain;
mod trail;

use std::{fmt, net::IpAddr};

use serde::{Deserialize, Serialize};

pub use self::{
    chain::{Break, BreakKind, Link, Verification},
    trail::{Subject, TrailFilter, TrailRow},
};
use crate::{
    id::{ApiKeyId, DelegateId, InstallLinkId, UserId},
    named_enum::named_enum,
    time::Timestamp,
    user::Email,
};

/// Who did it. A person is always named as a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// A person who is signed in.
    User {
        /// The person's own id, which stays where the address changes.
        id: UserId,
        /// The address at that time.
        email: Email,
    },
    /// Somebody who is not known, or a person who is not signed in, by the address given.
    Stranger {
        /// The address, where it is that of a user; else empty. What was typed there may be anything.
        claimed: String,
    },
    /// A delegate, by its credential.
    Delegate {
        /// None where it is not known which one it is.
        id: Option<DelegateId>,
        /// The name it gave.
        name: String,
    },
    /// Whoever brought the key of a link that hands out install files once.
    InstallLink {
        /// The link that was used.
        id: InstallLinkId,
        /// What it is called: it names the person who made it.
        name: String,
    },
    /// A program, by its API key.
    ApiKey {
        /// The key, which may have been revoked since.
        id: ApiKeyId,
        /// What its owner calls it.
        name: String,
    },
    /// Somebody at the command line of the server's machine.
    CommandLine,
    /// Muster itself, at first start.
    Installation,
}

impl Actor {
    /// The kind of actor, as the database holds it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "USER",
            Self::Stranger { .. } => "STRANGER",
            Self::Delegate { .. } => "DELEGATE",
            Self::InstallLink { .. } => "INSTALL_LINK",
            Self::ApiKey { .. } => "API_KEY",
            Self::CommandLine => "COMMAND_LINE",
            Self::Installation => "INSTALLATION",
        }
    }

    /// The name that pages and other people's errors show.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::User { email, .. } => email.as_str(),
            Self::Stranger { claimed } if claimed.is_empty() => "somebody unknown",
            Self::Stranger { claimed } => claimed,
            Self::Delegate { name, .. } | Self::InstallLink { name, .. } | Self::ApiKey { name, .. } => name,
            Self::CommandLine => "the command line",
            Self::Installation => "Muster at first start",
        }
    }
}

/// An actor, and the address it acted from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Who acted, or tried to.
    pub actor: Actor,
    /// The address as the manager saw it; none for what happens inside the server's machine.
    pub address: Option<IpAddr>,
}

/// One entry of the audit trail, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// By the manager's clock.
    pub at: Timestamp,
    /// The name that the actor had then.
    pub actor: String,
    /// From which address; empty for what happened inside the server's machine.
    pub address: String,
    /// What was done to the object.
    pub action: Action,
    /// The changes as a phrase, and whatever else older versions wrote; may be empty.
    pub detail: String,
    /// What changed from what to what, and what belongs to it. Entries of older versions say it in their detail.
    pub changes: Vec<FactChange>,
}

/// Something that changed, or that belongs to what was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactChange {
    /// What, in a word or two.
    pub what: String,
    /// What it was; may be empty. None of what did not change, and is told for what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it is; may be empty.
    pub after: String,
}

impl FactChange {
    /// Something that changed.
    #[must_use]
    pub fn new(what: &str, before: impl Into<String>, after: impl Into<String>) -> Self {
        Self { what: what.to_owned(), before: Some(before.into()), after: after.into() }
    }

    /// Something that belongs to what was done.
    #[must_use]
    pub fn fact(what: &str, is: impl Into<String>) -> Self {
        Self { what: what.to_owned(), before: None, after: is.into() }
    }

    /// All of them as a phrase.
    #[must_use]
    pub fn phrase(all: &[Self]) -> String {
        all.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }
}

/// As a phrase.
impl fmt::Display for FactChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_none = |text: &'_ str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
        write!(f, "{} ", self.what)?;
        if let Some(before) = &self.before {
            write!(f, "{} → ", or_none(before))?;
        }
        f.write_str(&or_none(&self.after))
    }
}

named_enum! {
    /// What the audit trail records. The codes stand in exports: they never change.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Action: code, label {
        /// The account was made at first start.
        AccountCreated = "ACCOUNT_CREATED", "Account created";
        /// A user was made.
        UserCreated = "USER_CREATED", "User created";
        /// A person was invited.
        UserInvited = "USER_INVITED", "Invited";
        /// A new link was made for somebody who was invited before.
        InvitationRenewed = "INVITATION_RENEWED", "Invitation link made anew";
        /// A person took up the invitation.
        InvitationAccepted = "INVITATION_ACCEPTED", "Invitation taken up";
        /// A user has another name.
        UserRenamed = "USER_RENAMED", "Renamed";
        /// A user was given another role.
        RoleChanged = "ROLE_CHANGED", "Role changed";
        /// A user may not sign in any more.
        UserDisabled = "USER_DISABLED", "User disabled";
        /// A user may sign in again.
        UserEnabled = "USER_ENABLED", "User enabled";
        /// A user was deleted.
        UserDeleted = "USER_DELETED", "User deleted";
        /// A link was made by which a user chooses a new password.
        PasswordLinkCreated = "PASSWORD_LINK_CREATED", "Password reset link created";
        /// A user's password was replaced.
        PasswordReset = "PASSWORD_RESET", "Password reset";
        /// A user chose another password, and knew the old one.
        PasswordChanged = "PASSWORD_CHANGED", "Password changed";
        /// A user turned the second factor on.
        SecondFactorEnabled = "SECOND_FACTOR_ENABLED", "Second factor turned on";
        /// A user turned the second factor off.
        SecondFactorDisabled = "SECOND_FACTOR_DISABLED", "Second factor turned off";
        /// Somebody else turned a user's second factor off.
        SecondFactorReset = "SECOND_FACTOR_RESET", "Second factor reset";
        /// A user made new recovery codes.
        RecoveryCodesRenewed = "RECOVERY_CODES_RENEWED", "Recovery codes made anew";
        /// A user is known to an identity provider from now on.
        IdentityLinked = "IDENTITY_LINKED", "Linked to single sign-on";
        /// Sessions of a user were ended.
        SessionsEnded = "SESSIONS_ENDED", "Sessions ended";
        /// An organization was made.
        OrganizationCreated = "ORGANIZATION_CREATED", "Organization created";
        /// An organization was given another name.
        OrganizationRenamed = "ORGANIZATION_RENAMED", "Organization renamed";
        /// An organization was deleted.
        OrganizationDeleted = "ORGANIZATION_DELETED", "Organization deleted";
        /// A project was made.
        ProjectCreated = "PROJECT_CREATED", "Project created";
        /// A project was given another name.
        ProjectRenamed = "PROJECT_RENAMED", "Project renamed";
        /// A project was deleted.
        ProjectDeleted = "PROJECT_DELETED", "Project deleted";
        /// A service account was made.
        ServiceAccountCreated = "SERVICE_ACCOUNT_CREATED", "Service account created";
        /// A service account was deleted, and its keys with it.
        ServiceAccountDeleted = "SERVICE_ACCOUNT_DELETED", "Service account deleted";
        /// An API key was made.
        ApiKeyCreated = "API_KEY_CREATED", "API key created";
        /// An API key was given a new value.
        ApiKeyRotated = "API_KEY_ROTATED", "API key rotated";
        /// An API key was deleted.
        ApiKeyDeleted = "API_KEY_DELETED", "API key deleted";
        /// Somebody signed in.
        SignedIn = "SIGNED_IN", "Signed in";
        /// Somebody signed out.
        SignedOut = "SIGNED_OUT", "Signed out";
        /// Somebody failed to sign in.
        SignInFailed = "SIGN_IN_FAILED", "Sign-in failed";
        /// Credentials of delegates were refused.
        CredentialRefused = "CREDENTIAL_REFUSED", "Credential refused";
        /// Registrations of delegates were refused.
        RegistrationRefused = "REGISTRATION_REFUSED", "Registration refused";
        /// A profile was made.
        ProfileCreated = "PROFILE_CREATED", "Profile created";
        /// A profile was changed.
        ProfileEdited = "PROFILE_EDITED", "Profile edited";
        /// A profile was deleted.
        ProfileDeleted = "PROFILE_DELETED", "Profile deleted";
        /// A token was made.
        TokenCreated = "TOKEN_CREATED", "Token created";
        /// A token was given another name, or admits delegates in another way.
        TokenEdited = "TOKEN_EDITED", "Token edited";
        /// A token is good for longer.
        TokenExtended = "TOKEN_EXTENDED", "Token extended";
        /// A token was given a successor.
        TokenRotated = "TOKEN_ROTATED", "Token rotated";
        /// A token was revoked.
        TokenRevoked = "TOKEN_REVOKED", "Token revoked";
        /// A token was deleted.
        TokenDeleted = "TOKEN_DELETED", "Token deleted";
        /// All delegates that waited with a token were rejected.
        WaitingRejected = "WAITING_REJECTED", "All that waited rejected";
        /// A link that hands out install files once was made.
        InstallLinkCreated = "INSTALL_LINK_CREATED", "Install link created";
        /// A secret was made.
        SecretCreated = "SECRET_CREATED", "Secret created";
        /// A secret was given another value.
        SecretReplaced = "SECRET_REPLACED", "Secret value replaced";
        /// A secret was described anew, or other profiles may use it.
        SecretEdited = "SECRET_EDITED", "Secret edited";
        /// A secret was deleted.
        SecretDeleted = "SECRET_DELETED", "Secret deleted";
        /// An install file with a token's value in it was handed out.
        BundleDownloaded = "BUNDLE_DOWNLOADED", "Install files downloaded";
        /// A delegate registered for the first time.
        DelegateRegistered = "DELEGATE_REGISTERED", "Registered";
        /// A delegate that was known came back with other facts.
        DelegateChanged = "DELEGATE_CHANGED", "Registered again with changed facts";
        /// A delegate went over to another token.
        TokenSwitched = "TOKEN_SWITCHED", "Went over to another token";
        /// A delegate that registered before keys were proved was bound to its key.
        KeyBound = "KEY_BOUND", "Bound to its key";
        /// Two processes use a delegate's identity.
        IdentityConflict = "IDENTITY_CONFLICT", "Two processes use this identity";
        /// A delegate was approved.
        DelegateApproved = "DELEGATE_APPROVED", "Approved";
        /// A delegate was rejected.
        DelegateRejected = "DELEGATE_REJECTED", "Rejected";
        /// A rejection was taken back.
        RejectionTakenBack = "REJECTION_TAKEN_BACK", "Rejection taken back";
        /// A delegate was put out of work.
        DelegateDisabled = "DELEGATE_DISABLED", "Disabled";
        /// A delegate that was disabled may work again.
        DelegateEnabled = "DELEGATE_ENABLED", "Enabled";
        /// A delegate was given another profile.
        ProfileSwitched = "PROFILE_SWITCHED", "Profile switched";
        /// A delegate's selectors were edited.
        SelectorsEdited = "SELECTORS_EDITED", "Selectors edited";
        /// A delegate's description was edited.
        DescriptionEdited = "DESCRIPTION_EDITED", "Description edited";
        /// A delegate was asked to run its startup script again.
        ScriptRequested = "SCRIPT_REQUESTED", "Startup script requested again";
        /// A run of a delegate's startup script was cancelled.
        ScriptCancelled = "SCRIPT_CANCELLED", "Startup script cancelled";
        /// A delegate was deleted.
        DelegateDeleted = "DELEGATE_DELETED", "Deleted";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_and_facts_are_a_phrase_and_data() {
        let all = [FactChange::new("profile", "", "Edge"), FactChange::fact("host", "web-1")];
        assert_eq!(FactChange::phrase(&all), "profile none → Edge; host web-1");
        let json = serde_json::to_value(&all).unwrap();
        assert_eq!(json[0], serde_json::json!({"what": "profile", "before": "", "after": "Edge"}));
        assert_eq!(json[1], serde_json::json!({"what": "host", "after": "web-1"}));
        assert_eq!(serde_json::from_value::<Vec<FactChange>>(json).unwrap(), all);
    }

    #[test]
    fn every_action_is_found_by_its_word() {
        for action in Action::ALL {
            assert_eq!(Action::from_code(action.code()), Some(action));
        }
    }
}
