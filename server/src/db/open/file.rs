//! The file of an SQLite database: its owner's alone.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions, Permissions},
    io,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

/// What anybody else may do with a file.
const OTHERS: u32 = 0o007;

/// Makes the file where it is missing, for its owner alone: SQLite would let everybody read it. Takes from an older one
/// what everybody may. The files that SQLite keeps beside it get its permissions.
///
/// # Errors
/// Where it cannot be made or written.
pub fn make_private(file: &Path) -> io::Result<()> {
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(file)?;
    for end in ["", "-wal", "-shm"] {
        let mut path = OsString::from(file);
        path.push(end);
        let Ok(mode) = fs::metadata(&path).map(|metadata| metadata.permissions().mode()) else { continue };
        if mode & OTHERS != 0
            && let Err(error) = fs::set_permissions(&path, Permissions::from_mode(mode & !OTHERS))
        {
            tracing::warn!("{} can be read by everybody on this machine: {error}", path.display());
        }
    }
    Ok(())
}

/// The whole path of a file, for people.
pub fn whole(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn c22_the_database_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (new, old) = (folder.path().join("new.db"), folder.path().join("old.db"));
        make_private(&new).unwrap();
        assert_eq!(mode(&new), 0o600);
        for (end, before) in [("", 0o644), ("-wal", 0o664), ("-shm", 0o600)] {
            let path = folder.path().join(format!("old.db{end}"));
            fs::write(&path, "kept").unwrap();
            fs::set_permissions(&path, Permissions::from_mode(before)).unwrap();
        }
        make_private(&old).unwrap();
        assert_eq!((mode(&old), fs::read_to_string(&old).unwrap().as_str()), (0o640, "kept"));
        assert_eq!(mode(&folder.path().join("old.db-wal")), 0o660, "what a group may, somebody meant");
        assert!(make_private(&folder.path().join("missing/x.db")).is_err());
    }
}
