//! A delegate and a manager whose clocks differ.

use muster::delegate::Admission;

use crate::{
    fixture::{Fixture, is_heartbeat, stop},
    manager::Answer,
};

#[tokio::test]
async fn c29_the_log_says_by_how_much_the_clocks_differ() {
    let fixture = Fixture::new(Answer::Standing(Some(Admission::Enabled))).await;
    let (manager, log) = (&fixture.manager, &fixture.log);
    let delegate = fixture.start();
    manager.until(2, is_heartbeat).await;
    assert_eq!(log.count("clock"), 0, "they agree");

    manager.is_ahead(45 * 60 + 10);
    fixture.heartbeats(3).await;
    assert_eq!(log.count("this host's clock is 45 min behind the manager's"), 1, "it is said once");

    manager.answer(Answer::Expired);
    fixture.heartbeats(1).await;
    stop(delegate).await;
    assert_eq!(log.count("is 45 min behind the manager's, so that credentials have expired when they arrive"), 1);
}
