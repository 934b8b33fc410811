//! Settings: by flag, by environment, or in a TOML file, under the same names. A flag wins over the environment, and
//! that over the file.

mod bounds;
mod database;
mod environment;
mod retention;
mod single_sign_on;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt, fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use muster::{install::image, user::Email};

pub use self::{
    bounds::Bounds,
    database::{DatabaseAddress, Postgres, WrongAddress},
    retention::Retention,
};
use crate::{origin, proxies::TrustedProxies, single_sign_on::SingleSignOnSettings};

/// The largest number that a bound can be.
const MAX_BOUND: u32 = 1_000_000;

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

    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.key() == key)
    }
}

/// The environment's name of a setting.
impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MUSTER_{}", self.key().to_uppercase())
    }
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("the settings file {0} cannot be read: {1}")]
    File(PathBuf, io::Error),
    /// A file is no TOML.
    #[error("the settings file {0} is not valid TOML: {1}")]
    Toml(PathBuf, String),
    /// A name that is no setting.
    #[error("{0} is not a setting; the settings are {names}", names = names())]
    Unknown(String),
    /// A value that cannot be taken.
    #[error("{0} ({1}): {2}")]
    Value(Setting, String, String),
    /// Two that belong together.
    #[error("{0} is set, but {1} is not: set both, or neither")]
    Alone(Setting, Setting),
}

fn names() -> String {
    Setting::ALL.map(|setting| setting.key().to_owned()).join(", ")
}

/// The settings, read and checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Where people and delegates reach the manager: no slash at the end.
    pub public_url: Option<String>,
    /// The folder of the database and the key.
    pub data_dir: PathBuf,
    /// The database.
    pub database: DatabaseAddress,
    /// The file of the key that seals tokens.
    pub secret_key_file: PathBuf,
    /// The first administrator, and the file of the password.
    pub admin: Option<(Email, PathBuf)>,
    /// The image that delegates in containers run, where a person names no other.
    pub delegate_image: String,
    /// The proxies whose word about addresses is believed.
    pub trusted_proxies: TrustedProxies,
    /// Whether everybody has to have a second factor.
    pub require_second_factor: bool,
    /// Single sign-on, where it is set up.
    pub single_sign_on: Option<SingleSignOnSettings>,
    /// Whether people sign in by password.
    pub password_sign_in: bool,
    /// How long what happened is kept.
    pub retention: Retention,
    /// How much may be asked by those who nobody has decided on.
    pub bounds: Bounds,
    /// The address at which Prometheus finds the metrics; nowhere where there is none.
    pub metrics_listen: Option<SocketAddr>,
    /// Levels by targets, as tracing-subscriber's `Targets` reads them.
    pub log: String,
}

/// The settings' file is named by this variable, where no flag names it.
pub const FILE: &str = "MUSTER_CONFIG";

type Values = BTreeMap<Setting, (String, String)>;

impl Config {
    /// Reads all settings. Empty is not set, wherever it stands: files and templates carry what nobody filled in.
    ///
    /// # Errors
    /// See [`ConfigError`]: it names the setting.
    pub fn load(
        flags: &BTreeMap<Setting, String>,
        env: impl IntoIterator<Item = (OsString, OsString)>,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let (from_env, named) = environment::read(env)?;
        let file = file.filter(|file| !file.as_os_str().is_empty()).map(Path::to_owned).or(named);
        let flag = |setting: Setting| format!("--{}", setting.key().replace('_', "-"));
        let flags = flags.iter().map(|(setting, value)| (*setting, (value.clone(), flag(*setting))));
        let mut values = Values::new();
        for source in [file.as_deref().map(read_file).transpose()?.unwrap_or_default(), from_env, flags.collect()] {
            values.extend(source.into_iter().filter(|(_, (value, _))| !value.trim().is_empty()));
        }
        Self::check(&values)
    }

    fn check(values: &Values) -> Result<Self, ConfigError> {
        let get = |setting| values.get(&setting).map(|(value, _)| value.trim());
        let wrong = |setting: Setting, why: &str| {
            let source = values.get(&setting).map_or("the default", |(_, source)| source.as_str());
            ConfigError::Value(setting, source.to_owned(), why.to_owned())
        };
        let listen = get(Setting::Listen)
            .unwrap_or("127.0.0.1:3000")
            .parse()
            .map_err(|_| wrong(Setting::Listen, "give an IP address and a port, like 127.0.0.1:3000 or [::]:3000"))?;
        let public_url = get(Setting::PublicUrl)
            .map(|text| {
                origin(text).ok_or_else(|| {
                    wrong(Setting::PublicUrl, "give an address like https://muster.example.com, without a path")
                })
            })
            .transpose()?;
        let data_dir = PathBuf::from(get(Setting::DataDir).unwrap_or("muster-data"));
        let database = match get(Setting::DatabaseUrl) {
            None => DatabaseAddress::Sqlite(data_dir.join("muster.db")),
            Some(url) => url.parse().map_err(|why: WrongAddress| wrong(Setting::DatabaseUrl, &why.to_string()))?,
        };
        let secret_key_file = get(Setting::SecretKeyFile).map_or_else(|| data_dir.join("secret.key"), PathBuf::from);
        let admin = match (get(Setting::AdminEmail), get(Setting::AdminPasswordFile)) {
            (None, None) => None,
            (Some(email), Some(file)) => {
                let email = Email::parse(email).map_err(|error| wrong(Setting::AdminEmail, &error.to_string()))?;
                Some((email, PathBuf::from(file)))
            }
            (Some(_), None) => return Err(ConfigError::Alone(Setting::AdminEmail, Setting::AdminPasswordFile)),
            (None, Some(_)) => return Err(ConfigError::Alone(Setting::AdminPasswordFile, Setting::AdminEmail)),
        };
        let delegate_image = image::parse(get(Setting::DelegateImage).unwrap_or(image::DEFAULT))
            .map_err(|error| wrong(Setting::DelegateImage, &error.to_string()))?;
        let trusted_proxies = TrustedProxies::parse(get(Setting::TrustedProxies).unwrap_or_default())
            .map_err(|error| wrong(Setting::TrustedProxies, &error))?;
        let yes_or_no = |setting, default| match get(setting) {
            None => Ok(default),
            Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(wrong(setting, "give true or false")),
        };
        let require_second_factor = yes_or_no(Setting::RequireSecondFactor, false)?;
        let reader = single_sign_on::Reader {
            get: &get,
            wrong: &wrong,
            yes_or_no: &yes_or_no,
            public_url: public_url.as_deref(),
        };
        let single_sign_on = reader.read()?;
        let password_sign_in = yes_or_no(Setting::PasswordSignIn, true)?;
        if !password_sign_in && single_sign_on.is_none() {
            return Err(ConfigError::Alone(Setting::PasswordSignIn, Setting::OidcIssuer));
        }
        let days = |setting, default| {
            let days: Result<u32, _> = get(setting).map_or(Ok(default), str::parse);
            days.ok().filter(|days| *days > 0).ok_or_else(|| wrong(setting, "give a number of days, like 90"))
        };
        let retention = Retention {
            audit_days: days(Setting::AuditDays, Retention::default().audit_days)?,
            connection_days: days(Setting::ConnectionDays, Retention::default().connection_days)?,
            script_days: days(Setting::ScriptDays, Retention::default().script_days)?,
            lost_hours: get(Setting::LostHours).map_or(Ok(Retention::default().lost_hours), |hours| {
                hours.parse().map_err(|_| wrong(Setting::LostHours, "give a number of hours, like 6; 0 for never"))
            })?,
        };
        let number = |setting, default| {
            let number: Result<u32, _> = get(setting).map_or(Ok(default), str::parse);
            let number = number.ok().filter(|number| (1..=MAX_BOUND).contains(number));
            number.ok_or_else(|| wrong(setting, &format!("give a whole number from 1 to {MAX_BOUND}")))
        };
        let bounds = Bounds {
            pending_per_token: number(Setting::MaxPendingPerToken, Bounds::default().pending_per_token)?,
            pending: number(Setting::MaxPending, Bounds::default().pending)?,
            registrations_per_minute: number(
                Setting::RegistrationsPerMinute,
                Bounds::default().registrations_per_minute,
            )?,
        };
        let metrics_listen = match get(Setting::MetricsListen).map(str::parse::<SocketAddr>) {
            None => None,
            Some(Ok(address)) if address == listen && address.port() != 0 => {
                let why = format!("{} has that address: give the metrics one of their own", Setting::Listen);
                return Err(wrong(Setting::MetricsListen, &why));
            }
            Some(Ok(address)) => Some(address),
            Some(Err(_)) => {
                let why = "give an IP address and a port, like 127.0.0.1:9090; leave it empty for no metrics";
                return Err(wrong(Setting::MetricsListen, why));
            }
        };
        let log = get(Setting::Log).unwrap_or("info").to_owned();
        log.parse::<tracing_subscriber::filter::Targets>()
            .map_err(|error| wrong(Setting::Log, &format!("give a level like info or debug: {error}")))?;
        Ok(Self {
            listen,
            public_url,
            data_dir,
            database,
            secret_key_file,
            admin,
            delegate_image,
            trusted_proxies,
            require_second_factor,
            single_sign_on,
            password_sign_in,
            retention,
            bounds,
            metrics_listen,
            log,
        })
    }
}

/// A scheme and an authority, nothing behind them; as browsers write it.
fn origin(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/');
    let uri: http::Uri = text.parse().ok()?;
    let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
    bare.then(|| origin::normal(text)).flatten()
}

fn read_file(path: &Path) -> Result<Values, ConfigError> {
    let text = fs::read_to_string(path).map_err(|error| ConfigError::File(path.to_owned(), error))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| ConfigError::Toml(path.to_owned(), error.message().to_owned()))?;
    table
        .into_iter()
        .map(|(key, value)| {
            let source = path.display().to_string();
            let setting = Setting::from_key(&key).ok_or_else(|| ConfigError::Unknown(format!("{key} in {source}")))?;
            match value {
                toml::Value::String(text) => Ok((setting, (text, source))),
                _ => Err(ConfigError::Value(setting, source, "it has to be text in quotes".to_owned())),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(env: &[(&str, &str)], file: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("muster.toml");
        fs::write(&path, file).unwrap();
        let env = env.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let flags = BTreeMap::from([(Setting::Log, "warn".to_owned())]);
        let error = |error: ConfigError| error.to_string().replace(&path.display().to_string(), "FILE");
        Config::load(&flags, env, Some(&path)).map_err(error)
    }

    fn file_of(config: &Config) -> &Path {
        match &config.database {
            DatabaseAddress::Sqlite(file) => file,
            DatabaseAddress::Postgres(_) => panic!("it is SQLite"),
        }
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_file() {
        let file = "listen = \"127.0.0.1:1\"\nlog = \"debug\"\ndata_dir = \"/srv/muster\"";
        let env = [("MUSTER_LISTEN", "127.0.0.1:2"), ("MUSTER_LOG", "error"), ("HOME", "/root")];
        let config = load(&env, file).unwrap();
        assert_eq!((config.listen.port(), config.log.as_str()), (2, "warn"));
        assert_eq!(file_of(&config), Path::new("/srv/muster/muster.db"));
        assert_eq!(config.secret_key_file, Path::new("/srv/muster/secret.key"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (env, file, message) in [
            (("MUSTER_LISTEN", "3000"), "", "MUSTER_LISTEN (MUSTER_LISTEN): give an IP address"),
            (("X", ""), "listen = \"x\"", "MUSTER_LISTEN (FILE): give an IP address"),
            (("X", ""), "listen = 3000", "MUSTER_LISTEN (FILE): it has to be text"),
            (("X", ""), "lisen = \"x\"", "lisen in FILE is not a setting"),
            (("X", ""), "listen = ", "the settings file FILE is not valid TOML"),
            (("MUSTER_LISEN", "x"), "", "MUSTER_LISEN is not a setting"),
            (("MUSTER_PUBLIC_URL", "muster.example.com"), "", "MUSTER_PUBLIC_URL (MUSTER_PUBLIC_URL): give an address"),
            (
                ("MUSTER_PUBLIC_URL", "https://a.example/b"),
                "",
                "MUSTER_PUBLIC_URL (MUSTER_PUBLIC_URL): give an address",
            ),
            (("MUSTER_DELEGATE_IMAGE", "a b"), "", "MUSTER_DELEGATE_IMAGE (MUSTER_DELEGATE_IMAGE): Write an image"),
            (
                ("MUSTER_TRUSTED_PROXIES", "lb"),
                "",
                "MUSTER_TRUSTED_PROXIES (MUSTER_TRUSTED_PROXIES): \"lb\" is neither",
            ),
            (
                ("MUSTER_METRICS_LISTEN", "9090"),
                "",
                "MUSTER_METRICS_LISTEN (MUSTER_METRICS_LISTEN): give an IP address and a port, like 127.0.0.1:9090",
            ),
            (
                ("MUSTER_METRICS_LISTEN", "127.0.0.1:3000"),
                "",
                "MUSTER_METRICS_LISTEN (MUSTER_METRICS_LISTEN): MUSTER_LISTEN has that address: give the metrics one",
            ),
            (("MUSTER_MAX_PENDING", "0"), "", "MUSTER_MAX_PENDING (MUSTER_MAX_PENDING): give a whole number from 1"),
            (("MUSTER_AUDIT_DAYS", "0"), "", "MUSTER_AUDIT_DAYS (MUSTER_AUDIT_DAYS): give a number of days"),
            (("MUSTER_DATABASE_URL", "mysql://x"), "", "MUSTER_DATABASE_URL (MUSTER_DATABASE_URL): it begins with"),
            (
                ("MUSTER_PASSWORD_SIGN_IN", "no"),
                "",
                "MUSTER_PASSWORD_SIGN_IN (MUSTER_PASSWORD_SIGN_IN): give true or false",
            ),
            (("MUSTER_PASSWORD_SIGN_IN", "false"), "", "MUSTER_PASSWORD_SIGN_IN is set, but MUSTER_OIDC_ISSUER is not"),
            (("MUSTER_OIDC_LABEL", "x"), "", "MUSTER_OIDC_LABEL is set, but MUSTER_OIDC_ISSUER is not"),
            (
                ("MUSTER_OIDC_ISSUER", "https://id.example.com"),
                "",
                "MUSTER_OIDC_ISSUER is set, but MUSTER_PUBLIC_URL is not",
            ),
            (
                ("MUSTER_ADMIN_EMAIL", "ada@example.com"),
                "",
                "MUSTER_ADMIN_EMAIL is set, but MUSTER_ADMIN_PASSWORD_FILE is not",
            ),
        ] {
            let error = load(&[env], file).unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
        let flags = BTreeMap::from([(Setting::Log, "x=y=z".to_owned())]);
        let error = Config::load(&flags, [], None).unwrap_err().to_string();
        assert!(error.starts_with("MUSTER_LOG (--log): give a level"), "{error}");
    }

    #[test]
    fn single_sign_on_is_set_as_a_whole() {
        let secret = tempfile::NamedTempFile::new().unwrap();
        fs::write(&secret, "zq-secret\n").unwrap();
        let path = secret.path().to_str().unwrap();
        let whole = [
            ("MUSTER_PUBLIC_URL", "https://muster.example.com"),
            ("MUSTER_OIDC_ISSUER", "https://id.example.com/realms/x"),
            ("MUSTER_OIDC_CLIENT_ID", "muster"),
            ("MUSTER_OIDC_CLIENT_SECRET_FILE", path),
            ("MUSTER_OIDC_ROLES_CLAIM", "realm_access.roles"),
            ("MUSTER_OIDC_ROLES", "ops=VIEWER@platform"),
            ("MUSTER_OIDC_REQUIRE_ROLE", "true"),
        ];
        let config = load(&whole, "").unwrap();
        let settings = config.single_sign_on.as_ref().unwrap();
        assert_eq!(settings.redirect, "https://muster.example.com/login/sso/callback");
        assert_eq!(
            (settings.client_secret.expose(), &settings.scopes[..]),
            ("zq-secret", &["email", "profile"].map(str::to_owned)[..])
        );
        assert!(settings.requires_role && !settings.links_by_email && config.password_sign_in);
        assert!(!format!("{config:?}").contains("zq-secret"));
        for (at, error) in [
            (2, "MUSTER_OIDC_ISSUER is set, but MUSTER_OIDC_CLIENT_ID is not"),
            (3, "MUSTER_OIDC_ISSUER is set, but MUSTER_OIDC_CLIENT_SECRET_FILE is not"),
            (4, "MUSTER_OIDC_ROLES is set, but MUSTER_OIDC_ROLES_CLAIM is not"),
            (5, "MUSTER_OIDC_ROLES_CLAIM is set, but MUSTER_OIDC_ROLES is not"),
        ] {
            let part: Vec<_> =
                whole.into_iter().enumerate().filter(|(one, _)| *one != at).map(|(_, one)| one).collect();
            assert!(load(&part, "").unwrap_err().starts_with(error), "{error}");
        }
        for (at, value, error) in [
            (1, "http://id.example.com", "give the address of the provider"),
            (1, "id.example.com", "give the address of the provider"),
            (3, "/no/such/file", "the settings file /no/such/file cannot be read"),
            (5, "ops=OWNER", "\"ops=OWNER\" cannot be read"),
            (6, "yes", "give true or false"),
        ] {
            let mut wrong = whole;
            wrong[at].1 = value;
            let told = load(&wrong, "").unwrap_err();
            assert!(told.contains(error), "{told}");
        }
    }

    #[test]
    fn c19_an_empty_setting_is_no_setting() {
        let file = "listen = \"127.0.0.1:1\"\ndata_dir = \"\"\nsecret_key_file = \" \"";
        let names = Setting::ALL.map(|setting| setting.to_string());
        for empty in ["", " ", "\t\n"] {
            let mut env: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), empty)).collect();
            env.push((FILE, ""));
            let config = load(&env, file).unwrap();
            assert_eq!((config.listen.port(), config.log.as_str()), (1, "warn"), "what is set elsewhere stands");
            assert_eq!((config.data_dir.as_path(), config.public_url.as_ref()), (Path::new("muster-data"), None));
            assert_eq!(file_of(&config), Path::new("muster-data/muster.db"));
            assert_eq!(config.secret_key_file, Path::new("muster-data/secret.key"));
            assert!(config.admin.is_none() && config.delegate_image == image::DEFAULT);

            let flags: BTreeMap<_, _> = Setting::ALL.map(|setting| (setting, empty.to_owned())).into();
            let env = [("MUSTER_LISTEN", "127.0.0.1:2"), (FILE, "")].map(|(name, value)| (name.into(), value.into()));
            let config = Config::load(&flags, env, Some(Path::new(""))).unwrap();
            assert_eq!((config.listen.port(), config.log.as_str()), (2, "info"));
        }
    }

    #[test]
    fn c19_white_space_around_a_value_is_not_part_of_it() {
        let env = [("MUSTER_LISTEN", " 127.0.0.1:2\n"), ("MUSTER_DATABASE_URL", "sqlite:/x.db\n")];
        let config = load(&env, "").unwrap();
        assert_eq!((config.listen.port(), file_of(&config)), (2, Path::new("/x.db")));
    }

    #[test]
    fn c22_a_bad_address_names_the_setting_and_where_it_stands() {
        let error = load(&[("MUSTER_DATABASE_URL", "postgres://u:zq#zq@db/muster")], "").unwrap_err();
        assert!(error.starts_with("MUSTER_DATABASE_URL (MUSTER_DATABASE_URL): it is no address"), "{error}");
        assert!(error.contains("percent-encode") && !error.contains("zq"), "{error}");
    }

    #[test]
    fn a_public_url_is_an_origin() {
        let env = [("MUSTER_PUBLIC_URL", "https://muster.example.com/")];
        assert_eq!(load(&env, "").unwrap().public_url.as_deref(), Some("https://muster.example.com"));
    }

    #[test]
    fn c23_a_public_url_is_written_as_browsers_write_it() {
        for (text, origin) in [
            ("http://Muster.lan:8080", "http://muster.lan:8080"),
            ("http://muster.lan:80", "http://muster.lan"),
            ("HTTPS://MUSTER.lan:443/", "https://muster.lan"),
            ("http://[2001:DB8::1]:80", "http://[2001:db8::1]"),
        ] {
            assert_eq!(load(&[("MUSTER_PUBLIC_URL", text)], "").unwrap().public_url.as_deref(), Some(origin));
        }
    }
}
