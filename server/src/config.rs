//! Settings: by flag, by environment, or in a TOML file, under the same names. A flag wins over the environment, and
//! that over the file.

mod bounds;
mod database;
mod environment;
mod retention;
mod setting;
mod single_sign_on;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use muster::{install::image, user::Email};

pub use self::{
    bounds::Bounds,
    database::{DatabaseAddress, Postgres, WrongAddress},
    retention::Retention,
    setting::Setting,
};
use crate::{origin, proxies::TrustedProxies, single_sign_on::SingleSignOnSettings};

/// The largest number that a bound can be.
const MAX_BOUND: u32 = 1_000_000;

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
