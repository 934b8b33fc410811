//! The command line.

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use muster_server::config::Setting;

/// The self-hosted delegate manager.
#[derive(Debug, Parser)]
#[command(name = "muster", version, after_help = muster_cli::AFTER_HELP)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the manager and its web console.
    Serve(Settings),
    /// Run a delegate.
    #[command(subcommand)]
    Delegate(DelegateCommand),
    /// Make people and reset passwords, at the server's own machine.
    Admin {
        /// How to reach the database.
        #[command(flatten)]
        settings: Settings,
        /// What to do.
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Succeed where the manager on this machine is ready.
    Healthcheck(Settings),
    /// Ask a manager, over its public API.
    #[command(flatten)]
    Manager(muster_cli::Command),
}

/// What a delegate can do.
#[derive(Debug, Subcommand)]
pub enum DelegateCommand {
    /// Register with the manager, wait for approval, work.
    Run {
        /// The delegate's settings; without it they come from the environment.
        #[arg(long)]
        config: Option<PathBuf>,
    },
}

/// What an administrator can do at the command line.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Make an account administrator.
    Create(Person),
    /// Replace a person's password, and end all of the person's sessions.
    ResetPassword(Person),
    /// Turn a person's second factor off, and end all of the person's sessions.
    ResetSecondFactor(Who),
    /// Make an API key of a person, and print its value.
    CreateKey(NewKey),
    /// Prove that the audit trail is what was written: nothing altered, removed, inserted or cut off.
    VerifyAudit(KnownLink),
}

/// An API key to be made.
#[derive(Debug, Args)]
pub struct NewKey {
    /// The address of the person whose key it is.
    #[arg(long)]
    pub email: String,
    /// What the key is called; unique among the person's.
    #[arg(long)]
    pub name: String,
    /// What it may do at most: viewer, operator, delegate-manager or account-administrator.
    #[arg(long)]
    pub role: String,
    /// Where it may do it: an organization, or organization/project; without it, the whole account.
    #[arg(long, default_value = "")]
    pub scope: String,
    /// For how many days it works; 0 for ever.
    #[arg(long, default_value = "90")]
    pub expires_in_days: String,
}

/// A person.
#[derive(Debug, Args)]
pub struct Who {
    /// The address the person signs in with.
    #[arg(long)]
    pub email: String,
}

/// A person, and a new password.
#[derive(Debug, Args)]
pub struct Person {
    /// The address the person signs in with.
    #[arg(long)]
    pub email: String,
    /// A file with the new password; without it, the password is read from standard input.
    #[arg(long)]
    pub password_file: Option<PathBuf>,
}

/// What was noted of the audit trail earlier.
#[derive(Debug, Args)]
pub struct KnownLink {
    /// The number and hash of an entry, as an earlier run or an export told them: it has to be the same still.
    #[arg(long, value_name = "NUMBER:HASH")]
    pub expect: Option<String>,
}

/// Settings, which can also stand in the environment (MUSTER_LISTEN for --listen) or in a TOML file (listen).
#[derive(Debug, Args)]
pub struct Settings {
    /// A TOML file with settings [env: MUSTER_CONFIG]
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// The address to listen on [env: MUSTER_LISTEN] [default: 127.0.0.1:3000]
    #[arg(long)]
    listen: Option<String>,
    /// Where people and delegates reach the manager [env: MUSTER_PUBLIC_URL]
    #[arg(long)]
    public_url: Option<String>,
    /// The folder of the database and the key [env: MUSTER_DATA_DIR] [default: muster-data]
    #[arg(long)]
    data_dir: Option<String>,
    /// sqlite:FILE or postgres://… [env: MUSTER_DATABASE_URL] [default: a file in the data folder]
    #[arg(long)]
    database_url: Option<String>,
    /// The file of the key that seals tokens [env: MUSTER_SECRET_KEY_FILE] [default: secret.key in the data folder]
    #[arg(long)]
    secret_key_file: Option<String>,
    /// The first administrator, made at first start [env: MUSTER_ADMIN_EMAIL]
    #[arg(long)]
    admin_email: Option<String>,
    /// The file of the first administrator's password [env: MUSTER_ADMIN_PASSWORD_FILE]
    #[arg(long)]
    admin_password_file: Option<String>,
    /// The image that delegates in containers run [env: MUSTER_DELEGATE_IMAGE] [default: muster-delegate:VERSION]
    #[arg(long)]
    delegate_image: Option<String>,
    /// Proxies whose X-Forwarded-For is believed, like 10.0.0.7,10.1.0.0/16 [env: MUSTER_TRUSTED_PROXIES]
    #[arg(long)]
    trusted_proxies: Option<String>,
    /// Whether everybody has to have a second factor: true or false [env: MUSTER_REQUIRE_SECOND_FACTOR] [default: false]
    #[arg(long)]
    require_second_factor: Option<String>,
    /// The identity provider's address, for single sign-on [env: MUSTER_OIDC_ISSUER]
    #[arg(long)]
    oidc_issuer: Option<String>,
    /// What the identity provider calls Muster [env: MUSTER_OIDC_CLIENT_ID]
    #[arg(long)]
    oidc_client_id: Option<String>,
    /// The file of the secret by which the identity provider knows Muster [env: MUSTER_OIDC_CLIENT_SECRET_FILE]
    #[arg(long)]
    oidc_client_secret_file: Option<String>,
    /// What the button of single sign-on says after "Log in with" [env: MUSTER_OIDC_LABEL] [default: single sign-on]
    #[arg(long)]
    oidc_label: Option<String>,
    /// What the identity provider is asked for beside openid [env: MUSTER_OIDC_SCOPES] [default: email profile]
    #[arg(long)]
    oidc_scopes: Option<String>,
    /// Where the claims hold what roles are made of, like realm_access.roles [env: MUSTER_OIDC_ROLES_CLAIM]
    #[arg(long)]
    oidc_roles_claim: Option<String>,
    /// Which values mean which roles, like ops=DELEGATE_MANAGER;admins=ACCOUNT_ADMINISTRATOR [env: MUSTER_OIDC_ROLES]
    #[arg(long)]
    oidc_roles: Option<String>,
    /// Whether only those come in who have a mapped role, or without a mapping were invited: true or false
    /// [env: MUSTER_OIDC_REQUIRE_ROLE] [default: true]
    #[arg(long)]
    oidc_require_role: Option<String>,
    /// Whether people are linked to users by verified addresses: true or false
    /// [env: MUSTER_OIDC_LINK_BY_EMAIL] [default: false]
    #[arg(long)]
    oidc_link_by_email: Option<String>,
    /// Whether people sign in by password: true or false [env: MUSTER_PASSWORD_SIGN_IN] [default: true]
    #[arg(long)]
    password_sign_in: Option<String>,
    /// For how many days the audit trail is kept [env: MUSTER_AUDIT_DAYS] [default: 400]
    #[arg(long)]
    audit_days: Option<String>,
    /// For how many days the connection history is kept [env: MUSTER_CONNECTION_DAYS] [default: 90]
    #[arg(long)]
    connection_days: Option<String>,
    /// For how many days the logs of startup scripts are kept [env: MUSTER_SCRIPT_DAYS] [default: 90]
    #[arg(long)]
    script_days: Option<String>,
    /// After how many hours lost Kubernetes, ECS and Helm delegates are removed; 0 for never [env: MUSTER_LOST_HOURS]
    /// [default: 6]
    #[arg(long)]
    lost_hours: Option<String>,
    /// How many delegates of one token may wait for approval [env: MUSTER_MAX_PENDING_PER_TOKEN] [default: 1000]
    #[arg(long)]
    max_pending_per_token: Option<String>,
    /// How many delegates may wait for approval in all [env: MUSTER_MAX_PENDING] [default: 20000]
    #[arg(long)]
    max_pending: Option<String>,
    /// How many delegates may register for the first time with one token in a minute
    /// [env: MUSTER_REGISTRATIONS_PER_MINUTE] [default: 3000]
    #[arg(long)]
    registrations_per_minute: Option<String>,
    /// The address at which Prometheus finds /metrics, like 127.0.0.1:9090 [env: MUSTER_METRICS_LISTEN] [default: off]
    #[arg(long)]
    metrics_listen: Option<String>,
    /// What is logged, like info or debug [env: MUSTER_LOG] [default: info]
    #[arg(long)]
    log: Option<String>,
}

impl Settings {
    /// The flags that were given.
    pub fn values(&self) -> BTreeMap<Setting, String> {
        [
            (Setting::Listen, &self.listen),
            (Setting::PublicUrl, &self.public_url),
            (Setting::DataDir, &self.data_dir),
            (Setting::DatabaseUrl, &self.database_url),
            (Setting::SecretKeyFile, &self.secret_key_file),
            (Setting::AdminEmail, &self.admin_email),
            (Setting::AdminPasswordFile, &self.admin_password_file),
            (Setting::DelegateImage, &self.delegate_image),
            (Setting::TrustedProxies, &self.trusted_proxies),
            (Setting::RequireSecondFactor, &self.require_second_factor),
            (Setting::OidcIssuer, &self.oidc_issuer),
            (Setting::OidcClientId, &self.oidc_client_id),
            (Setting::OidcClientSecretFile, &self.oidc_client_secret_file),
            (Setting::OidcLabel, &self.oidc_label),
            (Setting::OidcScopes, &self.oidc_scopes),
            (Setting::OidcRolesClaim, &self.oidc_roles_claim),
            (Setting::OidcRoles, &self.oidc_roles),
            (Setting::OidcRequireRole, &self.oidc_require_role),
            (Setting::OidcLinkByEmail, &self.oidc_link_by_email),
            (Setting::PasswordSignIn, &self.password_sign_in),
            (Setting::AuditDays, &self.audit_days),
            (Setting::ConnectionDays, &self.connection_days),
            (Setting::ScriptDays, &self.script_days),
            (Setting::LostHours, &self.lost_hours),
            (Setting::MaxPendingPerToken, &self.max_pending_per_token),
            (Setting::MaxPending, &self.max_pending),
            (Setting::RegistrationsPerMinute, &self.registrations_per_minute),
            (Setting::MetricsListen, &self.metrics_listen),
            (Setting::Log, &self.log),
        ]
        .into_iter()
        .filter_map(|(setting, value)| Some((setting, value.clone()?)))
        .collect()
    }
}
