//! What makes a restarted delegate the same delegate: its key and the id it got, kept in a file of its own.
//!
//! The file is written whole or not at all, is readable by nobody else, and is locked while the delegate runs: two
//! delegates with one identity would take turns in the console.

use std::{
    fmt,
    fs::{self, File, OpenOptions, Permissions, TryLockError},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::delegate::Thumbprint;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

const FILE: &str = "delegate.json";
/// Keeps a thumbprint from ever being the digest of the same bytes used for something else.
const DOMAIN: &[u8] = b"muster delegate key thumbprint v1\0";
/// A state file has some 200 bytes; what is longer is none.
const LONGEST: u64 = 16 * 1024;

/// Why the delegate's state cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Another delegate uses the directory.
    #[error("another delegate runs with {}; give this one a localDiskPath of its own", .0.display())]
    InUse(PathBuf),
    /// The file or its directory cannot be used.
    #[error("{} cannot be used for the delegate's state: {source}; see localDiskPath", .path.display())]
    Io {
        /// Which file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The file's content.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    account_id: String,
    #[serde(default)]
    delegate_id: Option<String>,
    key: String,
}

/// The delegate's key, and the id that its account's manager gave it.
pub(crate) struct Identity {
    directory: PathBuf,
    account: String,
    delegate_id: Option<String>,
    key: [u8; 32],
    _lock: File,
}

impl Identity {
    /// Reads the identity from a directory, or makes a new one with `key` and writes it. An id that another account's
    /// manager gave is not taken.
    pub(crate) fn load(directory: &Path, account: &str, key: impl FnOnce() -> [u8; 32]) -> Result<Self, IdentityError> {
        fs::create_dir_all(directory).map_err(|source| io_error(directory, source))?;
        let lock = lock(directory)?;
        let path = directory.join(FILE);
        let (kept, key) = match read(&path)? {
            Found::Good(content, key) => (Some(content), key),
            Found::Nothing => (None, key()),
            Found::Bad(why) => {
                let aside = directory.join(format!("{FILE}.bad"));
                fs::rename(&path, &aside).map_err(|source| io_error(&path, source))?;
                tracing::warn!(
                    "{} cannot be read ({why}): moved to {}; the delegate starts as a new one",
                    path.display(),
                    aside.display()
                );
                (None, key())
            }
        };
        let delegate_id = kept.filter(|content| content.account_id == account).and_then(|content| content.delegate_id);
        let identity =
            Self { directory: directory.to_owned(), account: account.to_owned(), delegate_id, key, _lock: lock };
        identity.save()?;
        Ok(identity)
    }

    /// The id, where the delegate has one.
    pub(crate) fn delegate_id(&self) -> Option<&str> {
        self.delegate_id.as_deref()
    }

    /// Takes another id, or drops it, and writes it down.
    pub(crate) fn set_delegate_id(&mut self, id: Option<String>) -> Result<(), IdentityError> {
        if self.delegate_id == id {
            return Ok(());
        }
        self.delegate_id = id;
        self.save()
    }

    /// What people recognise the key by.
    pub(crate) fn thumbprint(&self) -> Option<Thumbprint> {
        let digest = Sha256::new().chain_update(DOMAIN).chain_update(self.key).finalize();
        Thumbprint::parse(&URL_SAFE_NO_PAD.encode(digest)).ok()
    }

    fn save(&self) -> Result<(), IdentityError> {
        let content = Content {
            account_id: self.account.clone(),
            delegate_id: self.delegate_id.clone(),
            key: URL_SAFE_NO_PAD.encode(self.key),
        };
        let path = self.directory.join(FILE);
        replace(&self.directory, &path, &content).map_err(|source| io_error(&path, source))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("delegate_id", &self.delegate_id).finish_non_exhaustive()
    }
}

fn io_error(path: &Path, source: io::Error) -> IdentityError {
    IdentityError::Io { path: path.to_owned(), source }
}

fn lock(directory: &Path) -> Result<File, IdentityError> {
    let path = directory.join(format!("{FILE}.lock"));
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = file.map_err(|source| io_error(&path, source))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(IdentityError::InUse(directory.to_owned())),
        // Some network file systems have no locks; there, who installs has to keep delegates apart.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(file),
        Err(TryLockError::Error(source)) => Err(io_error(&path, source)),
        Ok(()) => Ok(file),
    }
}

enum Found {
    Good(Content, [u8; 32]),
    Bad(&'static str),
    Nothing,
}

fn read(path: &Path) -> Result<Found, IdentityError> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        other => other.map_err(|source| io_error(path, source))?,
    };
    if !metadata.is_file() {
        return Ok(Found::Bad("it is not a regular file"));
    }
    if metadata.len() > LONGEST {
        return Ok(Found::Bad("it is too long"));
    }
    // Only the owner may change the mode: a file that somebody else laid here is not taken for ours.
    fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(|source| io_error(path, source))?;
    let bytes = fs::read(path).map_err(|source| io_error(path, source))?;
    let Ok(content) = serde_json::from_slice::<Content>(&bytes) else {
        return Ok(Found::Bad("it is not the state of a delegate"));
    };
    match URL_SAFE_NO_PAD.decode(&content.key).ok().and_then(|key| key.try_into().ok()) {
        Some(key) => Ok(Found::Good(content, key)),
        None => Ok(Found::Bad("its key is damaged")),
    }
}

/// Writes beside the file, then renames: whoever reads finds the old content or the new, also after a power cut.
fn replace(directory: &Path, path: &Path, content: &Content) -> io::Result<()> {
    let beside = directory.join(format!("{FILE}.new"));
    if let Err(error) = fs::remove_file(&beside)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(&serde_json::to_vec(content)?)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(directory: &Path, account: &str, key: u8) -> Identity {
        Identity::load(directory, account, || [key; 32]).unwrap()
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_restarted_delegate_is_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path().join("made");
        let mut first = load(&at, "a", 1);
        assert_eq!(first.delegate_id(), None);
        first.set_delegate_id(Some("id-1".into())).unwrap();
        let thumbprint = first.thumbprint();
        assert!(thumbprint.is_some());
        drop(first);
        let second = load(&at, "a", 2);
        assert_eq!((second.delegate_id(), second.thumbprint()), (Some("id-1"), thumbprint.clone()));
        assert_eq!(mode(&at.join(FILE)), 0o600);
        drop(second);
        let other = load(&at, "b", 3);
        assert_eq!((other.delegate_id(), other.thumbprint()), (None, thumbprint), "another account's id is not ours");
    }

    #[test]
    fn an_id_can_be_dropped() {
        let directory = tempfile::tempdir().unwrap();
        let mut identity = load(directory.path(), "a", 1);
        identity.set_delegate_id(Some("id-1".into())).unwrap();
        identity.set_delegate_id(None).unwrap();
        drop(identity);
        assert_eq!(load(directory.path(), "a", 1).delegate_id(), None);
    }

    #[test]
    fn what_is_damaged_is_moved_aside() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        let long = "x".repeat(20_000);
        for bad in ["", "{", "null", r#"{"accountId":"a","key":"c2hvcnQ"}"#, long.as_str()] {
            fs::write(&path, bad).unwrap();
            let identity = load(directory.path(), "a", 1);
            assert_eq!(identity.delegate_id(), None);
            assert_eq!(fs::read_to_string(directory.path().join("delegate.json.bad")).unwrap(), bad);
        }
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        load(directory.path(), "a", 1);
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn a_mode_that_others_can_read_is_narrowed_and_leftovers_do_no_harm() {
        let directory = tempfile::tempdir().unwrap();
        drop(load(directory.path(), "a", 1));
        let path = directory.path().join(FILE);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        fs::write(directory.path().join("delegate.json.new"), "half").unwrap();
        drop(load(directory.path(), "a", 1));
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn two_delegates_never_share_an_identity() {
        let directory = tempfile::tempdir().unwrap();
        let first = load(directory.path(), "a", 1);
        let error = Identity::load(directory.path(), "a", || [2; 32]).unwrap_err();
        assert!(matches!(error, IdentityError::InUse(_)) && error.to_string().contains("localDiskPath"), "{error}");
        drop(first);
        load(directory.path(), "a", 1);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Identity::load(&file.join("under"), "a", || [1; 32]).unwrap_err().to_string();
        assert!(error.contains("file/under") && error.contains("localDiskPath"), "{error}");
    }

    #[test]
    fn the_thumbprint_is_of_the_key_and_the_key_is_never_printed() {
        let directory = tempfile::tempdir().unwrap();
        let identity = load(directory.path(), "a", 1);
        assert_eq!(identity.thumbprint().unwrap().as_str().len(), 43);
        assert_eq!(format!("{identity:?}"), "Identity { delegate_id: None, .. }");
    }
}
