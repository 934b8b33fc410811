//! Looking through the audit trail: what is asked for, and what is shown.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Action, AuditRow, Link};
use crate::{named_enum::named_enum, page::Cursor, scope::Scope, time::Timestamp};

named_enum! {
    /// The kind of object that an entry is about.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Subject: slug, label {
        /// Delegates, and the runs of their scripts.
        Delegates = "delegates", "Delegates";
        /// Profiles.
        Profiles = "profiles", "Delegate profiles";
        /// Tokens.
        Tokens = "tokens", "Tokens";
        /// Secrets.
        Secrets = "secrets", "Secrets";
        /// Install files, and the links to them.
        InstallFiles = "install-files", "Install files";
        /// API keys, and the service accounts that have some.
        ApiKeys = "api-keys", "API keys";
        /// Organizations and projects.
        Scopes = "scopes", "Organizations & projects";
        /// The account, people, and how they sign in and out.
        People = "people", "People and sign-ins";
    }
}

impl Action {
    /// What kind of object it is done to.
    #[must_use]
    pub const fn subject(self) -> Subject {
        match self {
            Self::AccountCreated
            | Self::UserCreated
            | Self::UserInvited
            | Self::InvitationRenewed
            | Self::InvitationAccepted
            | Self::UserRenamed
            | Self::RoleChanged
            | Self::UserDisabled
            | Self::UserEnabled
            | Self::UserDeleted
            | Self::PasswordLinkCreated
            | Self::PasswordReset
            | Self::PasswordChanged
            | Self::IdentityLinked
            | Self::SecondFactorEnabled
            | Self::SecondFactorDisabled
            | Self::SecondFactorReset
            | Self::RecoveryCodesRenewed
            | Self::SessionsEnded
            | Self::SignedIn
            | Self::SignedOut
            | Self::SignInFailed => Subject::People,
            Self::ProfileCreated | Self::ProfileEdited | Self::ProfileDeleted => Subject::Profiles,
            Self::TokenCreated
            | Self::TokenEdited
            | Self::TokenExtended
            | Self::TokenRotated
            | Self::TokenRevoked
            | Self::TokenDeleted
            | Self::CredentialRefused
            | Self::RegistrationRefused
            | Self::WaitingRejected => Subject::Tokens,
            Self::OrganizationCreated
            | Self::OrganizationRenamed
            | Self::OrganizationDeleted
            | Self::ProjectCreated
            | Self::ProjectRenamed
            | Self::ProjectDeleted => Subject::Scopes,
            Self::ServiceAccountCreated
            | Self::ServiceAccountDeleted
            | Self::ApiKeyCreated
            | Self::ApiKeyRotated
            | Self::ApiKeyDeleted => Subject::ApiKeys,
            Self::InstallLinkCreated | Self::BundleDownloaded => Subject::InstallFiles,
            Self::SecretCreated | Self::SecretReplaced | Self::SecretEdited | Self::SecretDeleted => Subject::Secrets,
            Self::DelegateRegistered
            | Self::DelegateChanged
            | Self::TokenSwitched
            | Self::KeyBound
            | Self::IdentityConflict
            | Self::DelegateApproved
            | Self::DelegateRejected
            | Self::RejectionTakenBack
            | Self::DelegateDisabled
            | Self::DelegateEnabled
            | Self::ProfileSwitched
            | Self::SelectorsEdited
            | Self::DescriptionEdited
            | Self::ScriptRequested
            | Self::ScriptCancelled
            | Self::DelegateDeleted => Subject::Delegates,
        }
    }
}

/// Which entries are asked for: those that pass all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailFilter {
    /// A part of the name of who acted; empty for anybody.
    #[serde(default)]
    pub who: String,
    /// A part of the object's name, or its id; empty for any.
    #[serde(default)]
    pub object: String,
    /// A part of the address acted from; empty for any.
    #[serde(default)]
    pub address: String,
    /// What kind of object.
    #[serde(default)]
    pub subject: Option<Subject>,
    /// What was done.
    #[serde(default)]
    pub action: Option<Action>,
    /// Not before this.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// Before this.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// Whether the entries of what lies under the scope are asked for, too.
    #[serde(default)]
    pub beneath: bool,
    /// Which page.
    #[serde(default)]
    pub cursor: Cursor,
}

impl TrailFilter {
    /// The same entries, on another page.
    #[must_use]
    pub fn at(&self, cursor: Cursor) -> Self {
        Self { cursor, ..self.clone() }
    }

    /// Whether it asks for anything but times.
    #[must_use]
    pub fn judges(&self) -> bool {
        !(self.who.is_empty() && self.object.is_empty() && self.address.is_empty())
            || self.subject.is_some()
            || self.action.is_some()
    }
}

/// An entry of the trail, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailRow {
    /// Its id.
    pub id: Uuid,
    /// As on the page of one object.
    pub entry: AuditRow,
    /// The object's id; none where the entry is about none.
    pub object: Option<Uuid>,
    /// What the object was called then.
    pub name: String,
    /// Where the object belonged.
    pub scope: Scope,
    /// Whether the object is still there and has a page.
    pub has_page: bool,
    /// Its place in the chain; none of the newest, which are not in it yet.
    pub link: Option<Link>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_object_has_actions() {
        for subject in Subject::ALL {
            assert!(Action::ALL.into_iter().any(|action| action.subject() == subject), "{subject:?}");
        }
    }

    #[test]
    fn times_alone_judge_nothing() {
        let at = Some(Timestamp::from_millis(1));
        assert!(!TrailFilter { since: at, until: at, ..TrailFilter::default() }.judges());
        assert!(TrailFilter { who: "ada".into(), ..TrailFilter::default() }.judges());
        assert!(TrailFilter { subject: Some(Subject::People), ..TrailFilter::default() }.judges());
    }
}
