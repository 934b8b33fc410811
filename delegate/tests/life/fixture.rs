//! A delegate, its manager, and what both leave behind.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, OnceLock},
};

use muster_delegate::{RunError, Settings, run};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::{
    HEX, PATIENCE,
    manager::{Answer, Fake, Heard},
};

/// Tests run one after the other: a signal reaches every delegate of the process, and the log is one.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A delegate that runs.
pub type Running = JoinHandle<Result<(), RunError>>;

/// What keeps a test alone, with the log empty again.
pub struct Alone {
    _guard: tokio::sync::MutexGuard<'static, ()>,
    pub log: Log,
}

impl Alone {
    pub async fn new() -> Self {
        let guard = ALONE.lock().await;
        Self { _guard: guard, log: Log::fresh() }
    }
}

/// A manager, and the folder of its delegate.
pub struct Fixture {
    pub log: Log,
    pub directory: TempDir,
    pub manager: Arc<Fake>,
    url: String,
    _alone: Alone,
}

impl Fixture {
    /// A manager that answers so to heartbeats.
    pub async fn new(answer: Answer) -> Self {
        let alone = Alone::new().await;
        let (manager, url) = Fake::start(answer).await;
        Self { log: alone.log.clone(), directory: tempfile::tempdir().unwrap(), manager, url, _alone: alone }
    }

    /// The delegate's config file, with more settings than it needs.
    pub fn config(&self, more: &str) -> PathBuf {
        config(self.directory.path(), &self.url, more)
    }

    pub fn start(&self) -> Running {
        self.start_with("")
    }

    /// Starts the delegate with more settings.
    pub fn start_with(&self, more: &str) -> Running {
        tokio::spawn(run(Settings::load(Some(&self.config(more)), |_| None).unwrap()))
    }

    /// Waits until the delegate has sent so many heartbeats more.
    pub async fn heartbeats(&self, count: usize) {
        let before = self.manager.count(is_heartbeat);
        self.manager.until(before + count, is_heartbeat).await;
    }
}

/// The log of the process, as `muster` would write it at its most talkative.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// The one log, empty again.
    fn fresh() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        let log = LOG.get_or_init(|| {
            let log = Self::default();
            let writer = log.clone();
            tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_writer(move || writer.clone())
                .with_ansi(false)
                .init();
            log
        });
        log.0.lock().unwrap().clear();
        log.clone()
    }

    pub fn count(&self, text: &str) -> usize {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap().matches(text).count()
    }
}

/// Writes the config file of a delegate whose state lies beside it.
pub fn config(directory: &Path, url: &str, more: &str) -> PathBuf {
    let config = directory.join("config-delegate.yml");
    let text = format!(
        "accountId: acc\ndelegateToken: {HEX}\nmanagerUrl: {url}\ndelegateName: edge-1\nheartbeatIntervalMs: 1000\n\
         delegateTags: [a, b]\nvideo: 1\n{more}"
    );
    fs::write(&config, text).unwrap();
    config
}

/// Waits until a delegate has ended, and ended well.
pub async fn ended(delegate: Running) {
    tokio::time::timeout(PATIENCE, delegate).await.unwrap().unwrap().unwrap();
}

/// Stops a delegate as a system does.
pub async fn stop(delegate: Running) {
    let asked = Command::new("kill").args(["-TERM", &std::process::id().to_string()]).status().unwrap();
    assert!(asked.success());
    ended(delegate).await;
}

pub fn is_heartbeat(heard: &Heard) -> bool {
    matches!(heard, Heard::Heartbeat(id) if id == "id-1")
}
