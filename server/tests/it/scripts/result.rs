//! Logs that are sent after a run has ended, as existing clients do.

use muster::script::{MAX_LOG_BYTES, Outcome};
use muster_server::db::entity::script_run;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use super::{Runner, run};
use crate::support::{StatusCode, TestApp, json};

async fn a_result_is_a_run_that_has_ended(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_secret("one", "abcdefgh").await;
    let runner = Runner::new(&app, "date\n").await;
    runner.reports(&run(1), &runner.output(0, "open").await).await.ok();
    let query = "&error=false&fileBucket=PROFILE_RESULTS";
    let sent_at = app.now();
    let answer = runner.sends_result(query, b"all of it: abcdefgh\n\0\xff").await.ok();
    assert_eq!(answer.json(), json!({"metaData": {}, "resource": null, "responseMessages": []}));
    let shown = runner.shown().await;
    let newest = &shown.runs[0];
    assert_eq!((newest.profile_id.to_string(), newest.profile.as_str()), (runner.profile.clone(), "Edge"));
    assert_eq!((newest.version.as_millis(), newest.started_at), (runner.version().await, sent_at));
    let end = newest.end.clone().expect("it has ended");
    assert_eq!((end.outcome, end.exit_code, end.at), (Outcome::Exited, Some(0), sent_at));
    assert_eq!((shown.log.as_str(), shown.due), ("all of it: ***\n\u{fffd}\u{fffd}", false));
    let before = shown.runs[1].end.clone().expect("what was open is not any more");
    assert_eq!(before.outcome, Outcome::Interrupted);

    runner.sends_result("&error=true", b"").await.ok();
    let newest = runner.newest().await;
    assert_eq!((newest.end.and_then(|end| end.exit_code), runner.shown().await.log), (Some(1), String::new()));
    runner.sends_result("", b"no word of an error").await.ok();
    assert!(runner.newest().await.succeeded());
}

async fn the_newest_mebibyte_of_a_result_is_kept(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let lines: String = (0..60_000).map(|number| format!("line {number} of them\n")).collect();
    assert!(lines.len() > MAX_LOG_BYTES && lines.len() < 2 * MAX_LOG_BYTES - 1000);
    runner.sends_result("", lines.as_bytes()).await.ok();
    let log = runner.file(&runner.newest().await.id.to_string()).await;
    let log = log.text();
    assert!(
        log.len() <= MAX_LOG_BYTES
            && log.len() > MAX_LOG_BYTES - 100
            && lines.ends_with(log)
            && log.starts_with("line ")
    );
}

async fn results_that_cannot_be_taken(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let multipart = "multipart/form-data; boundary=X-Y";
    let part = |head: &str| format!("--X-Y\r\n{head}\r\n\r\nlog\r\n--X-Y--\r\n").into_bytes();
    let good = "Content-Disposition: form-data; name=\"part\"; filename=\"result.txt\"";
    let bad = StatusCode::BAD_REQUEST;
    for (what, kind, query, body, status) in [
        ("JSON", "application/json", "", b"{}".to_vec(), bad),
        ("no boundary", "multipart/form-data", "", part(good), bad),
        ("nothing", multipart, "", Vec::new(), bad),
        ("no file", multipart, "", b"--X-Y--\r\n".to_vec(), bad),
        ("no head", multipart, "", b"--X-Y\r\nlog".to_vec(), bad),
        ("no end", multipart, "", format!("--X-Y\r\n{good}\r\n\r\nlog").into_bytes(), bad),
        ("a strange query", multipart, "&error=perhaps", part(good), bad),
        ("too much", multipart, "", vec![b'x'; 2 * MAX_LOG_BYTES + 1], StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let answer = runner.sends_form(kind, query, body).await;
        let (found, code, sentence) = answer.refusal();
        assert_eq!((found, code.as_str()), (status, "INVALID_REQUEST"), "{what}: {sentence}");
    }
    let head = format!("--X-Y\r\n{good}\r\n\r\n").into_bytes();
    let large = [head, vec![b'x'; 2 * MAX_LOG_BYTES], b"\r\n--X-Y--\r\n".to_vec()].concat();
    assert_eq!(runner.sends_form(multipart, "", large).await.refusal().0, StatusCode::PAYLOAD_TOO_LARGE);
    runner.admin.acts("tokens/revoke", &runner.token).await.ok();
    assert_eq!(runner.sends_result("", b"log").await.refusal().1, "REVOKED_TOKEN");
    assert_eq!(script_run::Entity::find().count(app.state().db.read()).await.unwrap(), 0, "nothing is stored");
}

on_both_databases!(
    a_result_is_a_run_that_has_ended,
    the_newest_mebibyte_of_a_result_is_kept,
    results_that_cannot_be_taken,
);
