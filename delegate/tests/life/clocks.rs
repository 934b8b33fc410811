//! A delegate and a manager whose clocks differ.

use muster::delegate::Admission;

use crate::{
    ALONE, Log, ended, is_heartbeat,
    manager::{Answer, Fake},
    start, terminate,
};

#[tokio::test]
async fn c29_the_log_says_by_how_much_the_clocks_differ() {
    let _alone = ALONE.lock().await;
    let log = Log::fresh();
    let directory = tempfile::tempdir().unwrap();
    let (manager, url) = Fake::start(Answer::Standing(Some(Admission::Enabled))).await;
    let delegate = start(directory.path(), &url);
    manager.until(2, is_heartbeat).await;
    assert_eq!(log.count("clock"), 0, "they agree");

    manager.is_ahead(45 * 60 + 10);
    let before = manager.count(is_heartbeat);
    manager.until(before + 3, is_heartbeat).await;
    assert_eq!(log.count("this host's clock is 45 min behind the manager's"), 1, "it is said once");

    manager.answer(Answer::Expired);
    let before = manager.count(is_heartbeat);
    manager.until(before + 1, is_heartbeat).await;
    terminate();
    ended(delegate).await;
    assert_eq!(log.count("is 45 min behind the manager's, so that credentials have expired when they arrive"), 1);
}
