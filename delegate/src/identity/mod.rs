//! What makes a restarted delegate the same delegate: its key, the id it got, and which startup script it has run,
//! kept in a file of its own.
//!
//! The file is written whole or not at all, is readable by nobody else, and is locked while the delegate runs: two
//! delegates with one identity would take turns in the console.

mod file;

use std::{
    fmt,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{
    delegate::Thumbprint,
    id::ScriptRunId,
    time::Timestamp,
    wire::{heartbeat::Applied, proof::next_start, script::ScriptEnd},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use self::file::{Content, FILE, StateFile};
use crate::{random, signer::Signer};

/// Keeps a thumbprint from ever being the digest of the same bytes used for something else.
const DOMAIN: &[u8] = b"muster delegate key thumbprint v1\0";

/// Why the delegate's state cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Another delegate uses the directory.
    #[error(
        "another delegate runs with {}; give this one a localDiskPath (MUSTER_DELEGATE_DIR) of its own", .0.display()
    )]
    InUse(PathBuf),
    /// The file or its directory cannot be used.
    #[error(
        "{} cannot be used for the delegate's state: {source}; see localDiskPath (MUSTER_DELEGATE_DIR)", .path.display()
    )]
    Io {
        /// Which file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A run of a startup script of which the manager has not taken the end yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    /// Which run.
    pub id: ScriptRunId,
    /// The profile and the version of its script.
    pub of: Applied,
    /// How it ended; none while it runs, or where the delegate was killed while it ran.
    #[serde(default)]
    pub end: Option<ScriptEnd>,
    /// How many bytes of output there were in all, where it has ended.
    #[serde(default)]
    pub output: u64,
}

/// What changes in the life of a delegate.
#[derive(Clone, Default)]
struct State {
    delegate_id: Option<String>,
    applied: Option<Applied>,
    run: Option<Run>,
}

/// The delegate's key, the id that its account's manager gave it, and what it has applied as that delegate.
pub(crate) struct Identity {
    directory: PathBuf,
    account: String,
    key: Zeroizing<[u8; 32]>,
    start: u64,
    signer: Arc<Signer>,
    state: Mutex<State>,
    _lock: File,
}

impl Identity {
    /// Reads the identity from a directory, or makes a new one with `key` and writes it. What another account's
    /// manager gave is not taken. `seeded` is a key that does not come from a file.
    /// Each time is another start, which is written down before anything is signed in it.
    pub(crate) fn load(
        directory: &Path,
        account: &str,
        now: Timestamp,
        seeded: Option<[u8; 32]>,
        key: impl FnOnce() -> [u8; 32],
    ) -> Result<Self, IdentityError> {
        fs::create_dir_all(directory).map_err(|source| io_error(directory, source))?;
        let lock = file::lock(directory)?;
        let path = directory.join(FILE);
        let (content, key) = match file::read(&path)? {
            StateFile::Valid(content, key) => (Some(content), key),
            StateFile::Missing => (None, key()),
            StateFile::Invalid(why) => {
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
        let key = seeded.unwrap_or(key);
        let start = next_start(content.as_ref().and_then(|content| content.start), now);
        let signer = Arc::new(Signer::new(&key, start, &random::bytes()));
        let state = content.filter(|content| content.account_id == account).map(|content| State {
            delegate_id: content.delegate_id,
            applied: content.applied,
            run: content.run,
        });
        let state = Mutex::new(state.unwrap_or_default());
        let (directory, account, key) = (directory.to_owned(), account.to_owned(), Zeroizing::new(key));
        let identity = Self { directory, account, key, start, signer, state, _lock: lock };
        identity.save(&identity.state())?;
        Ok(identity)
    }

    /// Where the delegate's files are.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The id, where the delegate has one.
    pub(crate) fn delegate_id(&self) -> Option<String> {
        self.state().delegate_id.clone()
    }

    /// Takes another id, or drops it, and writes it down. Under another id it is another delegate, which has applied
    /// nothing. Where it cannot be written, the id is good until the delegate ends.
    pub(crate) fn set_delegate_id(&self, id: Option<String>) -> Result<(), IdentityError> {
        let mut state = self.state();
        if state.delegate_id == id {
            return Ok(());
        }
        *state = State { delegate_id: id, ..State::default() };
        self.save(&state)
    }

    /// The profile and the version of its script that were applied last.
    pub(crate) fn applied(&self) -> Option<Applied> {
        self.state().applied.clone()
    }

    /// The run of which the manager has not taken the end yet.
    pub(crate) fn run(&self) -> Option<Run> {
        self.state().run.clone()
    }

    /// Writes down what is applied from now on, and the run that is about to start for it; none for an empty script.
    /// Where that fails, nothing has changed, and nothing may start: it could start again and again.
    pub(crate) fn apply(&self, applied: Applied, run: Option<Run>) -> Result<(), IdentityError> {
        self.change(|state| (state.applied, state.run) = (Some(applied), run))
    }

    /// Writes down how a run ended.
    pub(crate) fn ended(&self, id: ScriptRunId, end: &ScriptEnd, output: u64) -> Result<(), IdentityError> {
        self.change(|state| {
            if let Some(run) = state.run.as_mut().filter(|run| run.id == id) {
                (run.end, run.output) = (Some(end.clone()), output);
            }
        })
    }

    /// Forgets a run: the manager knows its end, or does not want to.
    pub(crate) fn settled(&self, id: ScriptRunId) -> Result<(), IdentityError> {
        self.change(|state| state.run = state.run.take().filter(|run| run.id != id))
    }

    /// What people recognise the key by.
    pub(crate) fn thumbprint(&self) -> Thumbprint {
        self.signer.key().thumbprint()
    }

    /// What proves to the manager that a call is this delegate's.
    pub(crate) fn signer(&self) -> Arc<Signer> {
        self.signer.clone()
    }

    /// What versions before keys were proved had for a thumbprint: the manager finds the delegate again by it.
    pub(crate) fn former_thumbprint(&self) -> Option<Thumbprint> {
        let digest = Sha256::new().chain_update(DOMAIN).chain_update(*self.key).finalize();
        Thumbprint::parse(&URL_SAFE_NO_PAD.encode(digest)).ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, once it is written down.
    fn change(&self, change: impl FnOnce(&mut State)) -> Result<(), IdentityError> {
        let mut state = self.state();
        let mut changed = state.clone();
        change(&mut changed);
        self.save(&changed)?;
        *state = changed;
        Ok(())
    }

    fn save(&self, state: &State) -> Result<(), IdentityError> {
        let content = Content {
            account_id: self.account.clone(),
            delegate_id: state.delegate_id.clone(),
            key: URL_SAFE_NO_PAD.encode(*self.key),
            start: Some(self.start),
            applied: state.applied.clone(),
            run: state.run.clone(),
        };
        let path = self.directory.join(FILE);
        file::replace(&self.directory, &path, &content).map_err(|source| io_error(&path, source))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("delegate_id", &self.state().delegate_id).finish_non_exhaustive()
    }
}

fn io_error(path: &Path, source: io::Error) -> IdentityError {
    IdentityError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests;
