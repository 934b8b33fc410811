//! The state file: written whole or not at all, readable by nobody else, locked while the delegate runs.

use std::{
    fs::{self, File, OpenOptions, Permissions, TryLockError},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::wire::heartbeat::Applied;
use serde::{Deserialize, Serialize};

use super::{IdentityError, Run, io_error};

/// The file's name.
pub(super) const FILE: &str = "delegate.json";
/// A state file has less than 1 KiB; what is longer is none.
const MAX_FILE_BYTES: u64 = 16 * 1024;

/// The file's content.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Content {
    pub account_id: String,
    #[serde(default)]
    pub delegate_id: Option<String>,
    pub key: String,
    /// The number of the last start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<Applied>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
}

/// Takes the directory for this process alone, until the file is closed.
pub(super) fn lock(directory: &Path) -> Result<File, IdentityError> {
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

/// What lies where the file is expected.
pub(super) enum StateFile {
    /// The state of a delegate, and its key.
    Valid(Box<Content>, [u8; 32]),
    /// Something else, and why it is none.
    Invalid(&'static str),
    /// Nothing.
    Missing,
}

/// Reads the file.
pub(super) fn read(path: &Path) -> Result<StateFile, IdentityError> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(StateFile::Missing),
        other => other.map_err(|source| io_error(path, source))?,
    };
    if !metadata.is_file() {
        return Ok(StateFile::Invalid("it is not a regular file"));
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Ok(StateFile::Invalid("it is too long"));
    }
    // Only the owner may change the mode: a file that somebody else laid here is not taken for ours.
    fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(|source| io_error(path, source))?;
    let bytes = fs::read(path).map_err(|source| io_error(path, source))?;
    let Ok(content) = serde_json::from_slice::<Content>(&bytes) else {
        return Ok(StateFile::Invalid("it is not the state of a delegate"));
    };
    match URL_SAFE_NO_PAD.decode(&content.key).ok().and_then(|key| key.try_into().ok()) {
        Some(key) => Ok(StateFile::Valid(Box::new(content), key)),
        None => Ok(StateFile::Invalid("its key is damaged")),
    }
}

/// Writes beside the file, then renames: whoever reads finds the old content or the new, also after a power cut.
pub(super) fn replace(directory: &Path, path: &Path, content: &Content) -> io::Result<()> {
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
