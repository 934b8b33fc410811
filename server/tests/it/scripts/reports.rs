//! What delegates tell of a run.

use std::collections::BTreeSet;

use muster::{script::Outcome, wire::script::MAX_OUTPUT_BYTES};
use muster_server::{
    db::entity::{script_log, script_run},
    events::Topic,
};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use tokio::sync::broadcast::Receiver;

use super::{Runner, reports_as, run};
use crate::support::{StatusCode, TestApp, json, seconds};

async fn a_run_is_shown_while_it_goes_on(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let shown = runner.shown().await;
    assert!(shown.has_script && shown.due && shown.runs.is_empty() && shown.log.is_empty() && !shown.more);
    let version = runner.version().await;

    let report = runner.output(0, "").await;
    let began_at = app.now();
    runner.reports(&run(1), &report).await.ok();
    let shown = runner.shown().await;
    let newest = &shown.runs[0];
    assert!(!shown.due, "it runs");
    assert_eq!((newest.id.to_string(), newest.delegate_id.to_string()), (run(1), runner.id.clone()));
    assert_eq!((newest.profile_id.to_string(), newest.profile.as_str()), (runner.profile.clone(), "Edge"));
    assert_eq!((newest.version.as_millis(), newest.started_at, newest.end.clone()), (version, began_at, None));

    runner.reports(&run(1), &runner.output(0, "one\n").await).await.ok();
    assert_eq!(runner.shown().await.log, "one\n");
    runner.reports(&run(1), &runner.output(4, "zwö\n").await).await.ok();
    assert_eq!(runner.shown().await.log, "one\nzwö\n");
    let report = runner.end(9, "three\n", "EXITED", Some(3)).await;
    app.advance(seconds(90));
    let ended_at = app.now();
    runner.reports(&run(1), &report).await.ok();
    let shown = runner.shown().await;
    let end = shown.runs[0].end.clone().expect("it has ended");
    assert_eq!((end.at, end.outcome, end.exit_code), (ended_at, Outcome::Exited, Some(3)));
    assert_eq!((shown.log.as_str(), shown.more), ("one\nzwö\nthree\n", false));
    assert!(shown.runs[0].duration(app.now()) >= seconds(90) && !shown.runs[0].succeeded() && !shown.due);
    assert_eq!(runner.file(&run(1)).await.text(), shown.log);
}

async fn what_is_told_twice_counts_once(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let (first, second) = (runner.output(0, "äb\n").await, runner.output(4, "de\n").await);
    for report in [&first, &first, &second, &first, &second] {
        runner.reports(&run(1), report).await.ok();
    }
    assert_eq!(runner.shown().await.log, "äb\nde\n");
    runner.reports(&run(1), &runner.output(2, "b\nde\ng\n").await).await.ok();
    assert_eq!(runner.shown().await.log, "äb\nde\ng\n", "what was known of it is left out");
    let third = runner.output(9, "\n").await;
    let id = run(1);
    let (one, other) = tokio::join!(runner.reports(&id, &third), runner.reports(&id, &third));
    assert_eq!((one.status, other.status), (StatusCode::OK, StatusCode::OK));
    let end = runner.end(10, "", "TIMED_OUT", None).await;
    runner.reports(&run(1), &end).await.ok();
    let ended = runner.newest().await.end.expect("it has ended");
    assert_eq!(ended.outcome, Outcome::TimedOut);
    app.advance(seconds(5));
    for after in [end, runner.end(10, "more", "EXITED", Some(0)).await, runner.output(10, "more").await] {
        runner.reports(&run(1), &after).await.ok();
    }
    assert_eq!((runner.newest().await.end, runner.shown().await.log), (Some(ended), "äb\nde\ng\n\n".to_owned()));
}

async fn of_two_first_reports_at_once_one_makes_the_run(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    for number in 1..5 {
        let (id, report) = (run(number), runner.output(0, "once\n").await);
        let (one, other) = tokio::join!(runner.reports(&id, &report), runner.reports(&id, &report));
        assert_eq!((one.status, other.status), (StatusCode::OK, StatusCode::OK), "{} {}", one.text(), other.text());
        assert_eq!((runner.shown().await.log.as_str(), runner.newest().await.id.to_string()), ("once\n", id));
    }
}

async fn what_was_lost_is_said(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    runner.reports(&run(1), &runner.output(0, "begun").await).await.ok();
    runner.reports(&run(1), &runner.output(12_350, "on\n").await).await.ok();
    runner.reports(&run(1), &runner.output(12_354, "").await).await.ok();
    runner.reports(&run(1), &runner.end(12_354, "end\n", "EXITED", Some(0)).await).await.ok();
    let log = "begun\n[… 12345 bytes were lost …]\non\n[… 1 byte was lost …]\nend\n";
    assert_eq!(runner.shown().await.log, log);
    runner.reports(&run(2), &runner.end(7, "", "INTERRUPTED", None).await).await.ok();
    assert_eq!(runner.shown().await.log, "[… 7 bytes were lost …]\n");
}

async fn characters_that_databases_do_not_take(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    runner.runs(&run(1), &["a\0b\u{1b}[31mc", "\0", "\u{7f}😀\r\n"]).await;
    assert_eq!(runner.shown().await.log, "a\u{fffd}b\u{1b}[31mc\u{fffd}\u{7f}😀\r\n");
    assert_eq!(runner.file(&run(1)).await.text(), runner.shown().await.log);
}

async fn reports_that_cannot_be_taken(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let good = runner.output(0, "").await;
    let bad = StatusCode::BAD_REQUEST;
    let large = StatusCode::PAYLOAD_TOO_LARGE;
    for (field, value, status, about) in [
        ("profileId", json!("x"), bad, "a delegate profile"),
        ("profileId", json!(7), bad, "wrong type"),
        ("profileLastUpdatedAt", json!("x"), bad, "wrong type"),
        ("offset", json!(-1), bad, "wrong type"),
        ("offset", json!(u64::MAX), bad, "offset"),
        ("output", json!("x".repeat(MAX_OUTPUT_BYTES + 1)), large, "larger than 65536 bytes"),
        ("output", json!("\u{1}".repeat(MAX_OUTPUT_BYTES + 1)), large, "larger"),
        ("output", json!(["x"]), bad, "wrong type"),
        ("end", json!({"outcome": "DONE"}), bad, "wrong type"),
        ("end", json!({"outcome": "NOT_DELIVERED"}), bad, "outcome"),
        ("end", json!({"outcome": "EXITED", "exitCode": 1_u64 << 40}), bad, "wrong type"),
    ] {
        let mut report = good.clone();
        report[field] = value;
        let (found, code, sentence) = runner.reports(&run(1), &report).await.refusal();
        assert_eq!((found, code.as_str()), (status, "INVALID_REQUEST"), "{field}: {sentence}");
        assert!(sentence.contains(about), "{field}: {sentence}");
    }
    let mut far = good.clone();
    far["offset"] = json!(i64::MAX);
    far["output"] = json!("x");
    assert_eq!(runner.reports(&run(1), &far).await.status, bad);
    for (id, body) in [("x", good.to_string()), (&*run(1), "{".to_owned()), (&run(1), String::new())] {
        assert_eq!(reports_as(&app, &runner.client, &runner.id, id, body).await.refusal().0, bad);
    }
    assert_eq!(script_run::Entity::find().count(app.state().db.read()).await.unwrap(), 0, "nothing is stored");
    // The largest that is taken, in its longest form.
    let mut largest = good;
    largest["output"] = json!("\u{1}".repeat(MAX_OUTPUT_BYTES));
    runner.reports(&run(1), &largest).await.ok();
    largest["offset"] = json!(i64::MAX);
    largest["output"] = json!("");
    runner.reports(&run(1), &largest).await.ok();
    assert!(runner.shown().await.log.ends_with("bytes were lost …]\n"));
}

async fn only_an_approved_delegate_tells_of_its_own_runs(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let report = runner.output(0, "theirs\n").await.to_string();
    let other = runner.client.named("edge-2");
    let other_id = other.registered().await;
    reports_as(&app, &other, &other_id, &run(1), report.clone()).await.ok();
    let taken = runner.reports(&run(1), &runner.output(0, "mine").await).await.refusal();
    assert_eq!((taken.0, taken.1.as_str()), (StatusCode::BAD_REQUEST, "INVALID_REQUEST"));
    assert!(taken.2.contains("another delegate"), "{}", taken.2);

    let approval = runner.admin.new_profile("Approval", true).await;
    let pending = runner.client.named("edge-3").with("delegateProfileId", json!(approval));
    let pending_id = pending.registered().await;
    let unknown = "01900000-0000-7000-8000-000000000000";
    for (what, id, status) in [
        ("pending", pending_id.as_str(), StatusCode::BAD_REQUEST),
        ("unknown", unknown, StatusCode::NOT_FOUND),
        ("no id", "x", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(reports_as(&app, &pending, id, &run(2), report.clone()).await.refusal().0, status, "{what}");
    }
    runner.admin.decides("reject", &pending_id).await.ok();
    let rejected = reports_as(&app, &pending, &pending_id, &run(2), report.clone()).await;
    assert_eq!(rejected.refusal().0, StatusCode::BAD_REQUEST);
    runner.admin.acts("tokens/revoke", &runner.token).await.ok();
    assert_eq!(runner.reports(&run(2), &runner.output(0, "").await).await.refusal().1, "REVOKED_TOKEN");
    let db = app.state();
    let rows = script_run::Entity::find().all(db.db.read()).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(script_log::Entity::find().one(db.db.read()).await.unwrap().unwrap().piece, "theirs\n");
    runner.admin.acts("delegates/delete", &other_id).await.ok();
    assert_eq!(script_run::Entity::find().count(db.db.read()).await.unwrap(), 0, "they go with their delegate");
    assert_eq!(script_log::Entity::find().count(db.db.read()).await.unwrap(), 0);
}

async fn a_run_of_a_profile_that_is_gone_is_kept_without_its_name(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let mut report = runner.end(0, "late\n", "EXITED", Some(0)).await;
    report["profileId"] = json!(run(99));
    report["profileLastUpdatedAt"] = json!(5);
    runner.reports(&run(1), &report).await.ok();
    let shown = runner.shown().await;
    assert_eq!((shown.runs[0].profile.as_str(), shown.runs[0].version.as_millis()), ("", 5));
    assert!(shown.due, "the script of now has not run");
}

/// What pages were told of, up to a change of secrets.
async fn told(runner: &Runner, heard: &mut Receiver<Topic>) -> BTreeSet<Topic> {
    let id = runner.admin.new_secret("marks-the-end", "marks-the-end").await;
    runner.admin.acts("secrets/delete", &id).await.ok();
    let (mut topics, mut ends) = (BTreeSet::new(), 0);
    while ends < 2 {
        match heard.recv().await.unwrap() {
            Topic::Secrets => ends += 1,
            topic => _ = topics.insert(topic),
        }
    }
    topics
}

async fn pages_are_told_of_output_and_lists_of_beginnings_and_ends(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let mut heard = app.state().events.subscribe();
    told(&runner, &mut heard).await;
    let both = BTreeSet::from([Topic::Delegates, Topic::Scripts]);
    let first = runner.output(0, "a").await;
    runner.reports(&run(1), &first).await.ok();
    assert_eq!(told(&runner, &mut heard).await, both, "it begins");
    runner.reports(&run(1), &runner.output(1, "b").await).await.ok();
    assert_eq!(told(&runner, &mut heard).await, BTreeSet::from([Topic::Scripts]), "it goes on");
    let end = runner.end(2, "", "EXITED", Some(0)).await;
    runner.reports(&run(1), &end).await.ok();
    assert_eq!(told(&runner, &mut heard).await, both, "it ends");
    runner.reports(&run(1), &end).await.ok();
    assert_eq!(told(&runner, &mut heard).await, BTreeSet::new(), "nothing changed");
    runner.admin.edits_profile(&runner.profile, "startup_script", "true\n").await.ok();
    assert!(told(&runner, &mut heard).await.contains(&Topic::Scripts), "it is due");
}

on_both_databases!(
    a_run_is_shown_while_it_goes_on,
    what_is_told_twice_counts_once,
    of_two_first_reports_at_once_one_makes_the_run,
    what_was_lost_is_said,
    characters_that_databases_do_not_take,
    reports_that_cannot_be_taken,
    only_an_approved_delegate_tells_of_its_own_runs,
    a_run_of_a_profile_that_is_gone_is_kept_without_its_name,
    pages_are_told_of_output_and_lists_of_beginnings_and_ends,
);
