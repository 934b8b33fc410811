//! The managers that this machine remembers, each under a name: a file in the XDG configuration folder, its owner's alone.
//! <https://specifications.freedesktop.org/basedir-spec/latest/>

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroize;

use crate::{
    failure::Failure,
    options::Format,
    output::{Column, Output},
};

/// The file, in the configuration folder.
const FILE: &str = "muster/contexts.toml";
/// The name of a context that nobody named.
pub const DEFAULT_NAME: &str = "default";

/// All that is remembered.
#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Contexts {
    /// Which of them counts where nobody says otherwise.
    #[serde(default)]
    current: Option<String>,
    #[serde(default)]
    contexts: BTreeMap<String, Context>,
}

/// A manager, and the key to ask it with.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The manager's address.
    pub url: String,
    key: String,
}

impl Context {
    /// A manager and a key of it.
    pub fn new(url: &str, key: &str) -> Self {
        Self { url: url.to_owned(), key: key.to_owned() }
    }

    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl Contexts {
    /// Reads the file; where there is none, nothing is remembered.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn load() -> Result<Self, Failure> {
        let Some(path) = path(|name| std::env::var_os(name), std::env::home_dir()) else { return Ok(Self::default()) };
        Self::read(&path)
    }

    fn read(path: &Path) -> Result<Self, Failure> {
        let text = match fs::read_to_string(path) {
            Ok(text) => zeroize::Zeroizing::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::Local(format!("{} cannot be read: {error}", path.display()))),
        };
        if fs::metadata(path).is_ok_and(|file| file.mode() & 0o077 != 0) {
            eprintln!("muster: others can read the API keys in {0}; run chmod 600 {0}", path.display());
        }
        // What the parser says quotes the line, and that may be a key.
        toml::from_str(&text).map_err(|_| {
            Failure::Local(format!("{0} cannot be read as TOML; mend it, or remove it and log in anew", path.display()))
        })
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn save(&self) -> Result<PathBuf, Failure> {
        let path = path(|name| std::env::var_os(name), std::env::home_dir());
        let path = path.ok_or_else(|| {
            Failure::Local("there is no folder to remember this in; set HOME or XDG_CONFIG_HOME".to_owned())
        })?;
        self.write(&path).map_err(|error| Failure::Local(format!("{} cannot be written: {error}", path.display())))?;
        Ok(path)
    }

    /// The whole file is there, or the one before: it is written beside and put in its place.
    fn write(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let text = zeroize::Zeroizing::new(toml::to_string(self).map_err(io::Error::other)?);
        let beside = path.with_extension(format!("toml.{}", std::process::id()));
        // Of a process of this number that was killed.
        let _ = fs::remove_file(&beside);
        let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, path)
        });
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written?;
        File::open(folder)?.sync_all()
    }

    /// The one of a name, or else the current one; none where nothing is remembered.
    ///
    /// # Errors
    /// Where there is none of that name.
    pub fn chosen(&self, name: Option<&str>) -> Result<Option<&Context>, Failure> {
        match name.or(self.current.as_deref()) {
            Some(name) => self.contexts.get(name).map(Some).ok_or_else(|| unknown(name)),
            None => Ok(None),
        }
    }

    /// All of them, by name.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Context)> {
        self.contexts.iter().map(|(name, context)| (name.as_str(), context))
    }

    /// Remembers one, and makes it the current one.
    pub fn put(&mut self, name: &str, context: Context) {
        self.contexts.insert(name.to_owned(), context);
        self.current = Some(name.to_owned());
    }

    /// Forgets the one of a name, or else the current one. Gives its name.
    ///
    /// # Errors
    /// Where there is none.
    pub fn remove(&mut self, name: Option<&str>) -> Result<String, Failure> {
        let name = name.or(self.current.as_deref()).map(str::to_owned);
        let name = name.ok_or_else(|| Failure::NotFound("no manager is remembered here".to_owned()))?;
        self.contexts.remove(&name).ok_or_else(|| unknown(&name))?;
        if self.current.as_deref() == Some(&name) {
            // Of several others none is meant.
            let mut others = self.contexts.keys();
            self.current = others.next().filter(|_| others.next().is_none()).cloned();
        }
        Ok(name)
    }
}

fn unknown(name: &str) -> Failure {
    Failure::NotFound(format!("there is no context {name}; `muster contexts` shows those that there are"))
}

/// Where the file is. A relative `XDG_CONFIG_HOME` does not count, says the specification.
fn path(variable: impl Fn(&str) -> Option<OsString>, home: Option<PathBuf>) -> Option<PathBuf> {
    let stated = variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = stated.or_else(|| home.filter(|home| !home.as_os_str().is_empty()).map(|home| home.join(".config")));
    folder.map(|folder| folder.join(FILE))
}

/// `muster contexts`.
#[derive(Debug, Args)]
pub struct Show {
    /// How to print: a table for people, or JSON.
    #[arg(long, short, value_enum, default_value_t)]
    output: Format,
    #[command(subcommand)]
    command: Option<Choose>,
}

#[derive(Debug, Subcommand)]
enum Choose {
    /// Make one the current one.
    Use {
        /// Its name.
        name: String,
    },
}

const COLUMNS: [Column; 3] =
    [Column::text("NAME", "/name"), Column::text("MANAGER", "/url"), Column::flag("CURRENT", "/current")];

/// Shows what is remembered, but no key.
///
/// # Errors
/// Where it cannot be read or written.
pub fn show(show: Show) -> Result<(), Failure> {
    let mut contexts = Contexts::load()?;
    if let Some(Choose::Use { name }) = show.command {
        contexts.chosen(Some(&name))?;
        contexts.current = Some(name);
        contexts.save()?;
        return Ok(());
    }
    let is_current = |name: &str| contexts.current.as_deref() == Some(name);
    let row =
        |(name, context): (&str, &Context)| json!({"name": name, "url": context.url, "current": is_current(name)});
    let rows: Vec<_> = contexts.all().map(row).collect();
    Output::new(show.output).list(&rows, &COLUMNS, "managers are remembered here")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_is_remembered_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/contexts.toml");
        assert!(Contexts::read(&path).unwrap().chosen(None).unwrap().is_none());
        let mut contexts = Contexts::default();
        contexts.put("one", Context::new("https://one.example", "pat.1"));
        contexts.put("two", Context::new("https://two.example", "pat.2"));
        contexts.write(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        contexts.write(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
        let mut read = Contexts::read(&path).unwrap();
        assert_eq!(read.chosen(None).unwrap().unwrap().key(), "pat.2");
        assert_eq!(read.chosen(Some("one")).unwrap().unwrap().url, "https://one.example");
        assert!(read.chosen(Some("three")).is_err());
        assert_eq!(read.remove(None).unwrap(), "two");
        assert_eq!(read.chosen(None).unwrap().unwrap().key(), "pat.1");
        read.remove(Some("one")).unwrap();
        assert!(read.remove(None).is_err());
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("contexts.toml");
        fs::write(&path, "[contexts.one]\nurl = 1\nkey = \"pat.canary\" x").unwrap();
        let error = Contexts::read(&path).err().unwrap().to_string();
        assert!(error.contains("cannot be read as TOML") && !error.contains("canary"), "{error}");
    }

    #[test]
    fn the_file_is_where_the_specification_says() {
        let home = || Some(PathBuf::from("/home/ada"));
        let at = |xdg: Option<&str>, home| path(|_| xdg.map(OsString::from), home);
        assert_eq!(at(None, home()), Some("/home/ada/.config/muster/contexts.toml".into()));
        assert_eq!(at(Some("/etc/x"), home()), Some("/etc/x/muster/contexts.toml".into()));
        assert_eq!(at(Some("x"), home()), Some("/home/ada/.config/muster/contexts.toml".into()));
        assert_eq!(at(Some(""), None), None);
    }
}
