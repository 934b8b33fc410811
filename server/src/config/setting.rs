//! What can be set, and by which names.

use std::fmt;

/// A setting: `listen` in a file is `--listen` and `MUSTER_LISTEN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// The address to listen on.
    Listen,
    /// Where people and delegates reach the manager.
    PublicUrl,
    /// The folder of the database and the key.
    DataDir,
    /// The database.
    DatabaseUrl,
    /// The file of the key that seals tokens.
    SecretKeyFile,
    /// The first administrator.
    AdminEmail,
    /// The file of the first administrator's password.
    AdminPasswordFile,
    /// The image that delegates in containers run.
    DelegateImage,
    /// The proxies whose word about addresses is believed.
    TrustedProxies,
    /// Whether everybody has to have a second factor.
    RequireSecondFactor,
    /// The identity provider's address.
    OidcIssuer,
    /// What the identity provider calls Muster.
    OidcClientId,
    /// By what the identity provider knows that it is Muster.
    OidcClientSecret,
    /// The file of that secret.
    OidcClientSecretFile,
    /// What the button of single sign-on says.
    OidcLabel,
    /// What the identity provider is asked for.
    OidcScopes,
    /// Where the claims hold what roles are made of.
    OidcRolesClaim,
    /// Which values of that mean which roles.
    OidcRoles,
    /// Whether only those come in who have a role by that.
    OidcRequireRole,
    /// Whether people are linked to users by verified addresses.
    OidcLinkByEmail,
    /// Whether people sign in by password.
    PasswordSignIn,
    /// For how many days the audit trail is kept.
    AuditDays,
    /// For how many days the connection history is kept.
    ConnectionDays,
    /// For how many days the logs of startup scripts are kept.
    ScriptDays,
    /// After how many hours delegates in containers are removed that were lost.
    LostHours,
    /// How many delegates of one token may wait for approval.
    MaxPendingPerToken,
    /// How many delegates may wait for approval in all.
    MaxPending,
    /// How many delegates may register for the first time with one token in a minute.
    RegistrationsPerMinute,
    /// The address at which Prometheus finds the metrics.
    MetricsListen,
    /// What is logged.
    Log,
}

impl Setting {
    /// Every setting.
    pub const ALL: [Self; 30] = [
        Self::Listen,
        Self::PublicUrl,
        Self::DataDir,
        Self::DatabaseUrl,
        Self::SecretKeyFile,
        Self::AdminEmail,
        Self::AdminPasswordFile,
        Self::DelegateImage,
        Self::TrustedProxies,
        Self::RequireSecondFactor,
        Self::OidcIssuer,
        Self::OidcClientId,
        Self::OidcClientSecret,
        Self::OidcClientSecretFile,
        Self::OidcLabel,
        Self::OidcScopes,
        Self::OidcRolesClaim,
        Self::OidcRoles,
        Self::OidcRequireRole,
        Self::OidcLinkByEmail,
        Self::PasswordSignIn,
        Self::AuditDays,
        Self::ConnectionDays,
        Self::ScriptDays,
        Self::LostHours,
        Self::MaxPendingPerToken,
        Self::MaxPending,
        Self::RegistrationsPerMinute,
        Self::MetricsListen,
        Self::Log,
    ];

    /// Its name in a file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::PublicUrl => "public_url",
            Self::DataDir => "data_dir",
            Self::DatabaseUrl => "database_url",
            Self::SecretKeyFile => "secret_key_file",
            Self::AdminEmail => "admin_email",
            Self::AdminPasswordFile => "admin_password_file",
            Self::DelegateImage => "delegate_image",
            Self::TrustedProxies => "trusted_proxies",
            Self::RequireSecondFactor => "require_second_factor",
            Self::OidcIssuer => "oidc_issuer",
            Self::OidcClientId => "oidc_client_id",
            Self::OidcClientSecret => "oidc_client_secret",
            Self::OidcClientSecretFile => "oidc_client_secret_file",
            Self::OidcLabel => "oidc_label",
            Self::OidcScopes => "oidc_scopes",
            Self::OidcRolesClaim => "oidc_roles_claim",
            Self::OidcRoles => "oidc_roles",
            Self::OidcRequireRole => "oidc_require_role",
            Self::OidcLinkByEmail => "oidc_link_by_email",
            Self::PasswordSignIn => "password_sign_in",
            Self::AuditDays => "audit_days",
            Self::ConnectionDays => "connection_days",
            Self::ScriptDays => "script_days",
            Self::LostHours => "lost_hours",
            Self::MaxPendingPerToken => "max_pending_per_token",
            Self::MaxPending => "max_pending",
            Self::RegistrationsPerMinute => "registrations_per_minute",
            Self::MetricsListen => "metrics_listen",
            Self::Log => "log",
        }
    }

    /// The setting of a name in a file.
    pub(super) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.key() == key)
    }
}

/// The environment's name of a setting.
impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MUSTER_{}", self.key().to_uppercase())
    }
}
