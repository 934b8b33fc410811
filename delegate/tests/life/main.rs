//! A delegate's life against a small manager: the calls it makes, and what it writes into its log.

#![allow(clippy::unwrap_used)]

mod clocks;
mod fixture;
mod manager;
mod proxy;
mod scripts;

use std::time::Duration;

use fixture::{Alone, Fixture, ended, is_heartbeat, stop};
use manager::{Answer, Heard};
use muster::delegate::Admission;
use muster_delegate::{Settings, run};

const HEX: &str = "30313233343536373839616263646566";
/// Far more than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn it_waits_works_is_refused_and_takes_its_leave() {
    let fixture = Fixture::new(Answer::Standing(Some(Admission::WaitingForApproval))).await;
    let (manager, log) = (&fixture.manager, &fixture.log);
    let delegate = fixture.start();

    let heard = manager.until(2, is_heartbeat).await;
    let Heard::Register(request) = &heard[0] else { panic!("{heard:?}") };
    assert_eq!((request.delegate_name.as_str(), request.delegate_type.as_str()), ("edge-1", "SHELL_SCRIPT"));
    assert_eq!((request.delegate_id.as_str(), request.ip.as_str()), ("", "127.0.0.1"));
    assert_eq!((request.tags.join(","), request.heartbeat_interval_ms), ("a,b".to_owned(), Some(1000)));
    assert!(request.facts("192.0.2.1").is_ok());
    let fingerprint = manager.proofs.lock().unwrap()[0].key.thumbprint().fingerprint();
    assert_eq!(log.count("waits for approval"), 1);
    assert_eq!(log.count(&format!("at edge-1, key fingerprint {fingerprint}")), 1);
    assert_eq!(manager.count(|heard| matches!(heard, Heard::Tasks(_) | Heard::Profile(_))), 0);

    manager.answer(Answer::Standing(Some(Admission::Enabled)));
    manager.until(1, |heard| matches!(heard, Heard::Tasks(id) if id == "id-1")).await;
    manager.until(1, |heard| matches!(heard, Heard::Profile(id) if id == "id-1")).await;
    fixture.heartbeats(2).await;
    assert_eq!(log.count("approved and connected"), 1);
    assert_eq!(log.count("has the profile Primary"), 1);

    manager.answer(Answer::Revoked);
    fixture.heartbeats(1).await;
    stop(delegate).await;
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
    let fixture = Fixture::new(Answer::Standing(Some(Admission::Enabled))).await;
    let (manager, log) = (&fixture.manager, &fixture.log);
    let delegate = fixture.start();
    manager.until(1, is_heartbeat).await;
    stop(delegate).await;

    manager.answer(Answer::Standing(None));
    ended(fixture.start()).await;
    assert_eq!(log.count("was deleted in the console"), 1);
    ended(fixture.start()).await;
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
    let fixture = Fixture::new(Answer::Standing(Some(Admission::Rejected))).await;
    let (manager, log) = (&fixture.manager, &fixture.log);
    let delegate = fixture.start();
    manager.until(1, |heard| matches!(heard, Heard::Register(_))).await;
    stop(delegate).await;
    assert_eq!(manager.heard.borrow().len(), 1);
    assert_eq!(log.count("has stopped"), 1);
}

#[tokio::test]
async fn c28_a_delegate_that_can_write_nowhere_says_which_variable_to_set() {
    let _alone = Alone::new().await;
    let environment = [("ACCOUNT_ID", "acc"), ("DELEGATE_TOKEN", HEX), ("MANAGER_HOST_AND_PORT", "http://127.0.0.1:9")];
    let get = |name: &str| environment.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned());
    let mut settings = Settings::load(None, get).unwrap();
    // Not even root makes anything there.
    settings.directory = "/proc/nowhere".into();
    settings.fallback = Some("/proc/.muster-delegate".into());
    let error = run(settings).await.unwrap_err().to_string();
    assert!(error.contains("MUSTER_DELEGATE_DIR"), "{error}");
}
