//! What can go wrong in a use case, with its sources.
//!
//! It holds no sentences: who answers makes them, for a person (`console/problem.rs`) or a delegate
//! (`delegate_api/refuse.rs`). Sources go to the log; what leaves says what can be done, and no more.

use muster::{
    delegate::TransitionError,
    form::InvalidFields,
    problem::Code,
    profile::ProfileError,
    scope::{Scope, ScopeContents},
    text::{Invalid, InvalidField},
    token::{Restriction, TokenError},
    user::{Email, UserError},
    wire::envelope::Refusal,
};
use sea_orm::DbErr;
use tower_sessions::session_store::Error as SessionError;

use crate::{
    auth::password::PasswordError,
    db::failure::{is_taken, is_unavailable, is_unknown_outcome},
    encryption::Unsealable,
};

/// What an error speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// A delegate.
    Delegate,
    /// A delegate profile.
    Profile,
    /// A delegate token.
    Token,
    /// The rotation of a token.
    Rotation,
    /// A secret of startup scripts.
    Secret,
    /// A version of a profile's startup script.
    ScriptVersion,
    /// A run of a startup script.
    ScriptRun,
    /// A link that hands out install files once.
    InstallLink,
    /// One of several install files.
    InstallFile,
    /// A person.
    User,
    /// A person's link that works once.
    UserLink,
    /// A session of a person.
    Session,
    /// An API key.
    ApiKey,
    /// A service account.
    ServiceAccount,
    /// An organization.
    Organization,
    /// A project of an organization.
    Project,
    /// A path of the public interface.
    Path,
}

/// What there may only be so many of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Tokens of a scope that are not revoked.
    Tokens,
    /// Secrets of a scope.
    Secrets,
    /// API keys of an owner.
    ApiKeys,
    /// Service accounts.
    ServiceAccounts,
    /// Organizations and projects.
    Scopes,
    /// Install links of a scope that wait to be used.
    InstallLinks,
}

/// Why somebody does not come in by single sign-on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignOnProblem {
    /// The identity provider cannot be asked, or does not answer as it should.
    #[error("the identity provider cannot be used")]
    Unusable,
    /// It did not sign the person in.
    #[error("the identity provider did not sign the person in")]
    Declined,
    /// The answer is not to what this browser asked.
    #[error("the answer is not to what this browser asked")]
    Mismatch,
    /// What it says cannot be believed.
    #[error("what the identity provider says cannot be believed")]
    Untrusted,
    /// It tells no address.
    #[error("the identity provider tells no address")]
    NoEmail,
    /// Another user has the address.
    #[error("another user has the address {0}")]
    NotLinked(Email),
    /// The mapping gives no role.
    #[error("the mapping gives no role")]
    NoRole,
}

/// Why the state of things does not allow what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// A decision about a delegate.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// A change of a token.
    #[error(transparent)]
    Token(TokenError),
    /// A change of a profile.
    #[error(transparent)]
    Profile(ProfileError),
    /// A change of a person.
    #[error(transparent)]
    User(UserError),
    /// Who signs in is disabled.
    #[error("the user is disabled")]
    YouAreDisabled,
    /// Somebody does not come in by single sign-on.
    #[error(transparent)]
    SingleSignOn(SignOnProblem),
    /// The password was right, and passwords are switched off.
    #[error("passwords are switched off")]
    PasswordSignInOff,
    /// Who is signed in has to set up a second factor before anything else.
    #[error("the user has no second factor, and has to have one")]
    SecondFactorRequired,
    /// There are as many as there may be.
    #[error("there are {1} {0:?}")]
    Full(Limit, u64),
    /// Delegates have the profile.
    #[error("{name} is the profile of {delegates}")]
    ProfileInUse {
        /// The profile's name.
        name: String,
        /// How many delegates have it.
        delegates: u64,
    },
    /// Startup scripts name the secret.
    #[error("{name} is named in scripts")]
    SecretInUse {
        /// The secret's name.
        name: String,
        /// The names of the profiles whose scripts name it.
        profiles: Vec<String>,
    },
    /// Startup scripts name the secret, of profiles that could not use it any more.
    #[error("{name} is named in scripts of other profiles")]
    SecretUsedElsewhere {
        /// The secret's name.
        name: String,
        /// The names of those profiles.
        profiles: Vec<String>,
    },
    /// The delegate, by its name where it is known, is not approved.
    #[error("the delegate is not approved")]
    NotApproved(Option<String>),
    /// The profile of the delegate of this name has no startup script.
    #[error("{0} has no startup script")]
    NoScript(String),
    /// The profile of this name has no startup script.
    #[error("profile {0} has no startup script")]
    ProfileWithoutScript(String),
    /// The organization or project has something in it.
    #[error("{name} is not empty")]
    ScopeNotEmpty {
        /// What it is called.
        name: String,
        /// What is in it.
        contents: ScopeContents,
    },
    /// The first administrator was made before.
    #[error("the installation is set up already")]
    SetUpAlready,
    /// The startup script cannot be handed out.
    #[error("a script was not delivered: {0}")]
    NotDelivered(Invalid),
    /// The run is another delegate's.
    #[error("the run is another delegate's")]
    ForeignRun,
    /// The run has ended.
    #[error("the run has ended")]
    RunEnded,
    /// The install files are others than those that were looked at.
    #[error("the install files are others than those that were seen")]
    FilesChanged,
    /// A call is being made, or nobody knows what came of it.
    #[error("what came of the call is not known")]
    CallUnfinished,
    /// A call was made, and its answer is not told twice.
    #[error("the call was made, and its answer is not told twice")]
    CallAnswered,
    /// A call has the name of another one.
    #[error("another call has this name")]
    OtherCall,
}

impl Conflict {
    /// What kind of problem it is.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Transition(TransitionError::AlreadyDecided { .. } | TransitionError::Changed { .. })
            | Self::Profile(ProfileError::Changed(_))
            | Self::FilesChanged
            | Self::Token(TokenError::AlreadyRevoked(_) | TokenError::AlreadyRotated(_) | TokenError::Changed(_)) => {
                Code::Changed
            }
            Self::Transition(
                TransitionError::NoDecisionNeeded { .. }
                | TransitionError::NotRejected { .. }
                | TransitionError::NotEnabled { .. }
                | TransitionError::NotDisabled { .. },
            )
            | Self::Profile(ProfileError::PrimaryStays | ProfileError::PrimaryKeepsItsName)
            | Self::Token(
                TokenError::StillActive(_)
                | TokenError::NotActive(_)
                | TokenError::Revoked(_)
                | TokenError::NotLater(_),
            )
            | Self::User(_)
            | Self::YouAreDisabled
            | Self::SingleSignOn(_)
            | Self::PasswordSignInOff
            | Self::SecondFactorRequired
            | Self::NotApproved(_)
            | Self::NoScript(_)
            | Self::ProfileWithoutScript(_)
            | Self::SetUpAlready
            | Self::NotDelivered(_)
            | Self::ForeignRun
            | Self::RunEnded => Code::WrongState,
            Self::ProfileInUse { .. }
            | Self::SecretInUse { .. }
            | Self::SecretUsedElsewhere { .. }
            | Self::ScopeNotEmpty { .. } => Code::InUse,
            Self::CallUnfinished | Self::CallAnswered | Self::OtherCall => Code::Repeated,
            Self::Full(..) => Code::LimitReached,
        }
    }
}

/// Why a use case did not come about. Nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// The roles of who asks do not include it.
    #[error("no role allows it")]
    Forbidden,
    /// There is no such object, or no longer.
    #[error("there is no such {0:?}")]
    NotFound(Object),
    /// A field of a form, or of a request's body, cannot be taken.
    #[error(transparent)]
    Invalid(#[from] InvalidFields),
    /// Another object of the scope has this name.
    #[error("there is another {object:?} {name}")]
    NameTaken {
        /// What has the name.
        object: Object,
        /// The field that holds the name.
        field: &'static str,
        /// The name.
        name: String,
    },
    /// The state of things does not allow it.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// A request is larger than this many bytes.
    #[error("the request is larger than {0} bytes")]
    TooLarge(usize),
    /// Too many attempts; in how many seconds to try again.
    #[error("too many attempts, try again in {0} s")]
    TooMany(u32),
    /// Too many delegates want something changed at once; in how many seconds to try again.
    #[error("too many delegates want something changed, try again in {0} s")]
    Busy(u32),
    /// A delegate's credential is refused.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// A delegate's token is not good for that.
    #[error("{0}")]
    Restricted(#[from] Restriction),
    /// A delegate's proof was used before.
    #[error("the proof was used before")]
    Replayed,
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// The session store failed.
    #[error("session: {0}")]
    Session(#[from] tower_sessions::session::Error),
    /// Something sealed does not open.
    #[error(transparent)]
    Unsealable(#[from] Unsealable),
    /// A password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Something of the server's own failed.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// An error of one field.
    #[must_use]
    pub fn field(field: &'static str, error: Invalid) -> Self {
        Self::Invalid(error.of_field(field).into())
    }

    /// That a name is taken, where a row could not be written because of that: of two who take it at once, one finds
    /// nothing and is told by the database.
    #[must_use]
    pub fn or_taken(self, object: Object, field: &'static str, name: &str) -> Self {
        match self {
            Self::Database(error) if is_taken(&error) => Self::NameTaken { object, field, name: name.to_owned() },
            other => other,
        }
    }

    /// Something of the server's own failed.
    #[must_use]
    pub fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// What kind of problem it is.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::SignedOut => Code::SignedOut,
            Self::Forbidden => Code::Forbidden,
            Self::NotFound(_) => Code::NotFound,
            Self::Invalid(_) => Code::Invalid,
            Self::NameTaken { .. } => Code::NameTaken,
            Self::Conflict(conflict) => conflict.code(),
            Self::TooLarge(_) => Code::TooLarge,
            Self::TooMany(_) | Self::Password(PasswordError::Busy) => Code::TooMany,
            Self::Refused(_) | Self::Restricted(_) | Self::Replayed => Code::Refused,
            Self::Database(error) if is_unknown_outcome(error) => Code::UnknownOutcome,
            Self::Busy(_) => Code::Unavailable,
            Self::Database(error) if is_unavailable(error) => Code::Unavailable,
            // Sessions are kept in the database.
            Self::Session(tower_sessions::session::Error::Store(SessionError::Backend(_))) => Code::Unavailable,
            Self::Database(_) | Self::Session(_) | Self::Unsealable(_) | Self::Password(_) | Self::Internal(_) => {
                Code::Internal
            }
        }
    }
}

impl Object {
    /// What a scope is.
    #[must_use]
    pub const fn of_scope(scope: &Scope) -> Self {
        if scope.project.is_some() { Self::Project } else { Self::Organization }
    }
}

impl From<InvalidField> for Error {
    fn from(wrong: InvalidField) -> Self {
        Self::Invalid(wrong.into())
    }
}

impl From<TransitionError> for Error {
    fn from(error: TransitionError) -> Self {
        Self::Conflict(error.into())
    }
}

impl From<TokenError> for Error {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::NotLater(_) => Self::field("expires_in_days", Invalid::new(error.to_string())),
            TokenError::AlreadyRevoked(_)
            | TokenError::StillActive(_)
            | TokenError::NotActive(_)
            | TokenError::Revoked(_)
            | TokenError::Changed(_)
            | TokenError::AlreadyRotated(_) => Self::Conflict(Conflict::Token(error)),
        }
    }
}

impl From<ProfileError> for Error {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::PrimaryKeepsItsName => Self::field("name", Invalid::new(error.to_string())),
            ProfileError::PrimaryStays | ProfileError::Changed(_) => Self::Conflict(Conflict::Profile(error)),
        }
    }
}
