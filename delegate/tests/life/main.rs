//! A delegate's life against a small manager: the calls it makes, and what it writes into its log.

#![allow(clippy::unwrap_used)]

mod clocks;
mod manager;
mod proxy;
mod scripts;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use manager::{Answer, Fake, Heard};
use muster::delegate::Admission;
use muster_delegate::{RunError, Settings, run};
use tokio::task::JoinHandle;

const HEX: &str = "30313233343536373839616263646566";
/// Far more than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tests run one after the other: a signal reaches every delegate of the process, and the log is one.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The log of the process, as `muster` would write it at its most talkative.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

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

    fn count(&self, text: &str) -> usize {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap().matches(text).count()
    }
}

/// Writes the config file of a delegate whose state lies beside it.
fn config(directory: &Path, url: &str, more: &str) -> PathBuf {
    let config = directory.join("config-delegate.yml");
    let text = format!(
        "accountId: acc\ndelegateToken: {HEX}\nmanagerUrl: {url}\ndelegateName: edge-1\nheartbeatIntervalMs: 1000\n\
         delegateTags: [a, b]\nvideo: 1\n{more}"
    );
    fs::write(&config, text).unwrap();
    config
}

fn start(directory: &Path, url: &str) -> JoinHandle<Result<(), RunError>> {
    let config = config(directory, url, "");
    tokio::spawn(run(Settings::load(Some(&config), |_| None).unwrap()))
}

async fn ended(delegate: JoinHandle<Result<(), RunError>>) {
    tokio::time::timeout(PATIENCE, delegate).await.unwrap().unwrap().unwrap();
}

fn terminate() {
    let ended = Command::new("kill").args(["-TERM", &std::process::id().to_string()]).status().unwrap();
    assert!(ended.success());
}

fn is_heartbeat(heard: &Heard) -> bool {
    matches!(heard, Heard::Heartbeat(id) if id == "id-1")
}

#[tokio::test]
async fn it_waits_works_is_refused_and_takes_its_leave() {
    let _alone = ALONE.lock().await;
    let log = Log::fresh();
    let directory = tempfile::tempdir().unwrap();
    let (manager, url) = Fake::start(Answer::Standing(Some(Admission::WaitingForApproval))).await;
    let delegate = start(directory.path(), &url);

    let heard = manager.until(2, is_heartbeat).await;
    let Heard::Register(request) = &heard[0] else { panic!("{heard:?}") };
    assert_eq!((request.delegate_name.as_str(), request.delegate_type.as_str()), ("edge-1", "SHELL_SCRIPT"));
    assert_eq!((request.delegate_id.as_str(), request.ip.as_str()), ("", "127.0.0.1"));
    assert_eq!((request.tags.join(","), request.heartbeat_interval_ms), ("a,b".to_owned(), Some(1000)));
    assert!(request.facts("192.0.2.1").is_ok());
    let fingerprint = manager.proofs.lock().unwrap()[0].key.thumbprint().short();
    assert_eq!(log.count("waits for approval"), 1);
    assert_eq!(log.count(&format!("at edge-1, key fingerprint {fingerprint}")), 1);
    assert_eq!(manager.count(|heard| matches!(heard, Heard::Tasks(_) | Heard::Profile(_))), 0);

    manager.answer(Answer::Standing(Some(Admission::Enabled)));
    manager.until(1, |heard| matches!(heard, Heard::Tasks(id) if id == "id-1")).await;
    manager.until(1, |heard| matches!(heard, Heard::Profile(id) if id == "id-1")).await;
    let before = manager.count(is_heartbeat);
    manager.until(before + 2, is_heartbeat).await;
    assert_eq!(log.count("approved and connected"), 1);
    assert_eq!(log.count("has the profile Primary"), 1);

    manager.answer(Answer::Revoked);
    let before = manager.count(is_heartbeat);
    manager.until(before + 1, is_heartbeat).await;
    terminate();
    ended(delegate).await;
    manager.until(1, |heard| matches!(heard, Heard::Unregister(id) if id == "id-1")).await;
    assert_eq!(manager.count(|heard| matches!(heard, Heard::Register(_))), 1, "one registration did for all");

    assert_eq!(log.count("has stopped"), 1);
    assert_eq!(log.count("ignored: video"), 1);
    assert_eq!(log.count(HEX), 0, "a token in the log");
    for credential in manager.credentials.lock().unwrap().iter() {
        assert_eq!(log.count(credential), 0, "a credential in the log");
    }
}

#[tokio::test]
async fn a_restarted_delegate_sends_its_id_and_a_deleted_one_ends_and_forgets_it() {
    let _alone = ALONE.lock().await;
    let log = Log::fresh();
    let directory = tempfile::tempdir().unwrap();
    let (manager, url) = Fake::start(Answer::Standing(Some(Admission::Enabled))).await;
    let delegate = start(directory.path(), &url);
    manager.until(1, is_heartbeat).await;
    terminate();
    ended(delegate).await;

    manager.answer(Answer::Standing(None));
    ended(start(directory.path(), &url)).await;
    assert_eq!(log.count("was deleted in the console"), 1);
    ended(start(directory.path(), &url)).await;
    let mut ids = Vec::new();
    let mut keys = Vec::new();
    for heard in manager.heard.borrow().iter() {
        if let Heard::Register(request) = heard {
            ids.push(request.delegate_id.clone());
            keys.push(request.key_thumbprint.clone());
        }
    }
    assert_eq!(ids, ["", "id-1", ""]);
    assert!(keys[0].is_some() && keys.iter().all(|key| *key == keys[0]), "its key stays");
    let proofs = manager.proofs.lock().unwrap().clone();
    assert!(proofs.iter().all(|proof| proof.key == proofs[0].key), "its key stays");
    assert!(proofs.is_sorted_by(|one, next| one.claims.ctr < next.claims.ctr), "each start counts on");
    let starts: std::collections::BTreeSet<u64> = proofs.iter().map(|proof| proof.instance().start).collect();
    assert_eq!(starts.len(), 3, "each start is another");
}

#[tokio::test]
async fn a_rejected_delegate_stays_and_has_nothing_to_take_leave_from() {
    let _alone = ALONE.lock().await;
    let log = Log::fresh();
    let directory = tempfile::tempdir().unwrap();
    let (manager, url) = Fake::start(Answer::Standing(Some(Admission::Rejected))).await;
    let delegate = start(directory.path(), &url);
    manager.until(1, |heard| matches!(heard, Heard::Register(_))).await;
    terminate();
    ended(delegate).await;
    assert_eq!(manager.heard.borrow().len(), 1);
    assert_eq!(log.count("has stopped"), 1);
}

#[tokio::test]
async fn c28_a_delegate_that_can_write_nowhere_says_which_variable_to_set() {
    let _alone = ALONE.lock().await;
    let environment = [("ACCOUNT_ID", "acc"), ("DELEGATE_TOKEN", HEX), ("MANAGER_HOST_AND_PORT", "http://127.0.0.1:9")];
    let get = |name: &str| environment.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned());
    let mut settings = Settings::load(None, get).unwrap();
    // Not even root makes anything there.
    settings.directory = "/proc/nowhere".into();
    settings.fallback = Some("/proc/.muster-delegate".into());
    let error = run(settings).await.unwrap_err().to_string();
    assert!(error.contains("MUSTER_DELEGATE_DIR"), "{error}");
}
