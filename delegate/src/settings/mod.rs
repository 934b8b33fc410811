//! The delegate's settings, from its config file and its environment.
//!
//! The names are those of existing install files, so that these work unchanged. Every setting is read as text, from
//! the file or else from the environment, and parsed in one place; no error repeats what was read, since it may be
//! a token in the wrong place.

mod file;
mod proxy;

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use muster::{
    delegate::{DelegateName, DelegateType, HostName},
    script::normalized,
    text::{Invalid, Selectors, block, line},
    token::TokenValue,
};
use reqwest::Url;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use self::file::File;
pub use self::proxy::Proxy;

const DEFAULT_HEARTBEAT: Duration = Duration::from_secs(10);
const MIN_HEARTBEAT: Duration = Duration::from_secs(1);
const MAX_HEARTBEAT: Duration = Duration::from_secs(10 * 60);
/// Where the probes of existing install files ask.
const DEFAULT_HEALTH_PORT: u16 = 3460;
/// Where the state is kept in a home directory.
const HOME_DIRECTORY: &str = ".muster-delegate";

/// A setting, by the name it has in the config file and the one it has in the environment; not all have both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// In the config file.
    pub file: Option<&'static str>,
    /// In the environment.
    pub env: Option<&'static str>,
}

impl Key {
    const fn both(file: &'static str, env: &'static str) -> Self {
        Self { file: Some(file), env: Some(env) }
    }

    const fn file(file: &'static str) -> Self {
        Self { file: Some(file), env: None }
    }

    const fn env(env: &'static str) -> Self {
        Self { file: None, env: Some(env) }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file, self.env) {
            (Some(file), Some(env)) => write!(f, "{file} ({env})"),
            (file, env) => f.write_str(file.or(env).unwrap_or_default()),
        }
    }
}

const ACCOUNT: Key = Key::both("accountId", "ACCOUNT_ID");
const TOKEN: Key = Key::both("delegateToken", "DELEGATE_TOKEN");
const OLD_TOKEN: Key = Key::both("accountSecret", "ACCOUNT_SECRET");
const MANAGER: Key = Key::both("managerUrl", "MANAGER_HOST_AND_PORT");
const NAME: Key = Key::both("delegateName", "DELEGATE_NAME");
/// What ECS files of the first generation call the name.
const GROUP: Key = Key::env("DELEGATE_GROUP_NAME");
const TYPE: Key = Key::both("delegateType", "DELEGATE_TYPE");
const PROFILE: Key = Key::both("delegateProfile", "DELEGATE_PROFILE");
const TAGS: Key = Key::both("delegateTags", "DELEGATE_TAGS");
const DESCRIPTION: Key = Key::both("description", "DELEGATE_DESCRIPTION");
const INTERVAL: Key = Key::file("heartbeatIntervalMs");
const DISK: Key = Key::both("localDiskPath", "MUSTER_DELEGATE_DIR");
const POLL: Key = Key::both("pollForTasks", "POLL_FOR_TASKS");
const NEXT_GEN: Key = Key::both("nextGen", "NEXT_GEN");
const INIT: Key = Key::both("initScript", "INIT_SCRIPT");
const HEALTH: Key = Key::env("HEALTH_PORT");
const KEY_SEED: Key = Key::env("DELEGATE_KEY_SEED");

/// Every setting, but for those of the proxy.
const KEYS: [Key; 17] = [
    ACCOUNT,
    TOKEN,
    OLD_TOKEN,
    MANAGER,
    NAME,
    GROUP,
    TYPE,
    PROFILE,
    TAGS,
    DESCRIPTION,
    INTERVAL,
    DISK,
    POLL,
    NEXT_GEN,
    INIT,
    HEALTH,
    KEY_SEED,
];

/// Why the delegate cannot start with these settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The config file cannot be read.
    #[error("{} cannot be read: {why}", .path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The config file is not YAML, or a value is not of the kind that is expected there.
    #[error("{} is not right{}: write one `name: value` on each line", .path.display(), at(*.line))]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Where, where that is known; lines count from 1.
        line: Option<u64>,
    },
    /// A setting is missing.
    #[error("{0} is missing")]
    Missing(Key),
    /// A setting cannot be taken.
    #[error("{0} is wrong: {1}")]
    Wrong(Key, Invalid),
}

fn at(line: Option<u64>) -> String {
    line.map(|line| format!(" in line {line}")).unwrap_or_default()
}

/// What a delegate has to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The account, as the console shows it.
    pub account: String,
    /// The token.
    pub token: TokenValue,
    /// Where the manager is; without a slash at its end.
    pub manager: Url,
    /// The delegate's name.
    pub name: DelegateName,
    /// The host it runs on.
    pub host: HostName,
    /// How it was installed: a word of the protocol.
    pub kind: String,
    /// The id or the name of the profile it asks for; may be empty.
    pub profile: String,
    /// Its own selectors.
    pub tags: Selectors,
    /// What it is for; may be empty.
    pub description: String,
    /// How often it sends a heartbeat.
    pub heartbeat: Duration,
    /// Where it keeps its state.
    pub directory: PathBuf,
    /// Where it keeps its state if it cannot do so there, which nobody chose.
    pub fallback: Option<PathBuf>,
    /// Whether it asks for tasks.
    pub polls: bool,
    /// Whether its install files are of the next generation.
    pub next_gen: bool,
    /// What runs once before the delegate registers.
    pub init_script: Option<InitScript>,
    /// The port on which container engines ask whether it lives.
    pub health_port: Option<u16>,
    /// Of what the key is made, where a container keeps no file.
    pub key_seed: Option<KeySeed>,
    /// The proxy on the way to the manager.
    pub proxy: Option<Proxy>,
}

impl Settings {
    /// Reads the settings as [`Settings::load`] does, from the environment of this process.
    ///
    /// # Errors
    /// As for [`Settings::load`], and where a variable of ours is no text. Those of others may have any bytes.
    pub fn of_process(config: Option<&Path>) -> Result<Self, SettingsError> {
        let is_no_text = |name: &str| std::env::var_os(name).is_some_and(|value| value.to_str().is_none());
        let mut keys = KEYS.iter().chain(&proxy::KEYS);
        if let Some(key) = keys.find(|key| key.env.is_some_and(is_no_text)) {
            return Err(SettingsError::Wrong(*key, Invalid::new("Write it in UTF-8.")));
        }
        Self::load(config, |name| std::env::var(name).ok())
    }

    /// Reads the settings from the config file, where one is given, and from the environment. The file wins.
    ///
    /// # Errors
    /// Names the setting that is missing or wrong, as the file and as the environment call it.
    pub fn load(config: Option<&Path>, env: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let path = config.filter(|path| !path.as_os_str().is_empty()).map(file::find);
        let file = path.as_deref().map(File::read).transpose()?.unwrap_or_default();
        if let (Some(path), false) = (&path, file.unknown.is_empty()) {
            tracing::warn!("{}: not used here, and ignored: {}", path.display(), file.unknown.join(", "));
        }
        let source = Source { file: &file, env: &env };
        let parent = path.as_deref().and_then(Path::parent).filter(|parent| !parent.as_os_str().is_empty());
        let beside = parent.unwrap_or(Path::new(".")).to_owned();

        let token = source.first(&[TOKEN, OLD_TOKEN]).ok_or(SettingsError::Missing(TOKEN))?;
        let host = host()?;
        let name = source.first(&[NAME, GROUP]).map(|found| found.parse(DelegateName::parse)).transpose()?;
        let kind = source
            .optional(TYPE, |text| line(text, "The delegate's type", 64))?
            .unwrap_or_else(|| DelegateType::ShellScript.code().to_owned());
        let disk = source.optional(DISK, |text| Ok(PathBuf::from(text.trim())))?;
        let home = env("HOME").filter(|home| Path::new(home).is_absolute() && path.is_none() && disk.is_none());
        let next_gen = source.optional(NEXT_GEN, boolean)?.unwrap_or(false);
        let manager = source.required(MANAGER, manager_url)?;
        Ok(Self {
            account: source.required(ACCOUNT, |text| line(text, "The account's id", 128))?,
            token: token.parse(TokenValue::parse)?,
            name: match name {
                Some(name) => name,
                None => DelegateName::parse(host.as_str()).map_err(|error| SettingsError::Wrong(NAME, error))?,
            },
            host,
            health_port: match source.optional(HEALTH, health_port)? {
                Some(port) => Some(port).filter(|port| *port != 0),
                None => (next_gen && kind != DelegateType::ShellScript.code()).then_some(DEFAULT_HEALTH_PORT),
            },
            kind,
            profile: source.optional(PROFILE, |text| line(text, "The profile", 256))?.unwrap_or_default(),
            tags: source.optional(TAGS, Selectors::parse)?.unwrap_or_default(),
            description: source
                .optional(DESCRIPTION, |text| block(text.trim(), "The description", 1000))?
                .unwrap_or_default(),
            heartbeat: source.optional(INTERVAL, interval)?.unwrap_or(DEFAULT_HEARTBEAT),
            // Joined to what is absolute, it stays as it is.
            directory: match disk {
                Some(path) => beside.join(path),
                None => beside,
            },
            fallback: home.map(|home| Path::new(&home).join(HOME_DIRECTORY)),
            polls: source.optional(POLL, boolean)?.unwrap_or(true),
            next_gen,
            init_script: source.first(&[INIT]).map(|found| InitScript(normalized(&found.text))),
            key_seed: source.optional(KEY_SEED, KeySeed::parse)?,
            proxy: proxy::read(&source, &manager)?,
            manager,
        })
    }
}

/// Of what a delegate makes its key on each host, where its files do not outlive it. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySeed(Zeroizing<String>);

impl KeySeed {
    /// The fewest characters: 32 random bytes in base64url have 43.
    const MIN_LENGTH: usize = 40;

    fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let alphabet = text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_');
        if alphabet && (Self::MIN_LENGTH..=128).contains(&text.len()) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(Invalid::new(
                "Write 32 random bytes in base64url, as the install files that the console makes have them.",
            ))
        }
    }

    /// The key of a host: another one on each, so that replicas are told apart.
    pub(crate) fn key_on(&self, host: &HostName) -> [u8; 32] {
        let parts: [&[u8]; 4] =
            [b"muster delegate key of a seed v1\0", self.0.as_bytes(), b"\0", host.as_str().as_bytes()];
        Sha256::digest(parts.concat()).into()
    }
}

impl fmt::Debug for KeySeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A script that is never printed: secrets may stand in it.
#[derive(Clone, PartialEq, Eq)]
pub struct InitScript(String);

impl InitScript {
    /// The script.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InitScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Where settings come from.
struct Source<'a> {
    file: &'a File,
    env: &'a dyn Fn(&str) -> Option<String>,
}

/// A setting as it was found, and under which name.
struct Found {
    key: Key,
    text: String,
}

impl Found {
    fn parse<T>(&self, parse: impl FnOnce(&str) -> Result<T, Invalid>) -> Result<T, SettingsError> {
        parse(&self.text).map_err(|error| SettingsError::Wrong(self.key, error))
    }
}

impl Source<'_> {
    /// The first of these that is set, in the file or else in the environment. Empty is not set: install files carry
    /// empty values for what nobody filled in.
    fn first(&self, keys: &[Key]) -> Option<Found> {
        let found = |key: &Key, text: Option<String>| {
            text.filter(|text| !text.trim().is_empty()).map(|text| Found { key: *key, text })
        };
        let file = |key: &Key| found(key, key.file.and_then(|name| self.file.texts.get(name).cloned()));
        let env = |key: &Key| found(key, key.env.and_then(|name| (self.env)(name)));
        keys.iter().find_map(file).or_else(|| keys.iter().find_map(env))
    }

    fn optional<T>(
        &self,
        key: Key,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Result<Option<T>, SettingsError> {
        self.first(&[key]).map(|found| found.parse(parse)).transpose()
    }

    fn required<T>(&self, key: Key, parse: impl FnOnce(&str) -> Result<T, Invalid>) -> Result<T, SettingsError> {
        self.optional(key, parse)?.ok_or(SettingsError::Missing(key))
    }
}

fn host() -> Result<HostName, SettingsError> {
    let name = hostname::get().unwrap_or_default();
    // A host without a name is rare, and the manager asks for one.
    HostName::parse(&name.to_string_lossy())
        .or_else(|_| HostName::parse("localhost"))
        .map_err(|error| SettingsError::Wrong(NAME, error))
}

fn manager_url(text: &str) -> Result<Url, Invalid> {
    let expected = || Invalid::new("Write the manager's address, such as https://muster.example.com");
    let mut url = Url::parse(text.trim()).map_err(|_| expected())?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if !web || !bare || url.fragment().is_some() {
        return Err(expected());
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

fn interval(text: &str) -> Result<Duration, Invalid> {
    let interval = text.trim().parse().ok().map(Duration::from_millis);
    interval.filter(|interval| (MIN_HEARTBEAT..=MAX_HEARTBEAT).contains(interval)).ok_or_else(|| {
        Invalid::new(format!(
            "Write milliseconds, from {} to {}.",
            MIN_HEARTBEAT.as_millis(),
            MAX_HEARTBEAT.as_millis()
        ))
    })
}

fn health_port(text: &str) -> Result<u16, Invalid> {
    text.trim().parse().map_err(|_| Invalid::new("Write a port, from 1 to 65535, or 0 to answer no probes."))
}

fn boolean(text: &str) -> Result<bool, Invalid> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Invalid::new("Write true or false.")),
    }
}

#[cfg(test)]
mod tests;
