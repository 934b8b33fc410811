//! What is kept of runs: the newest.

use std::collections::BTreeSet;

use muster::{
    script::{MAX_LOG_BYTES, MAX_RUNS, MAX_SHOWN_LOG_BYTES, Outcome},
    token::Token,
};
use muster_server::{
    db::entity::{script_log, script_run, token},
    scripts::{Report, masker},
};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, sea_query::Expr};
use uuid::Uuid;

use super::{Runner, run};
use crate::support::{StatusCode, TestApp, seconds};

async fn the_newest_mebibyte_of_a_log_is_kept(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let (mut all, mut number) = (String::new(), 0);
    while all.len() < MAX_LOG_BYTES + 5 * 50_000 {
        let from = all.len();
        while all.len() < from + 50_000 {
            all.push_str(&format!("line {number} of many – ä\n"));
            number += 1;
        }
        runner.reports(&run(1), &runner.output(from, &all[from..]).await).await.ok();
        let log = runner.file(&run(1)).await;
        let log = log.text();
        assert!(log.len() <= MAX_LOG_BYTES && all.ends_with(log), "{}", log.len());
        assert!(log.len() > all.len().min(MAX_LOG_BYTES) - 100, "no more is dropped than a line: {}", log.len());
        assert!(log.starts_with("line "), "{:.20}", log);
    }
    let shown = runner.shown().await;
    assert!(shown.more && shown.log.len() <= MAX_SHOWN_LOG_BYTES && shown.log.len() > MAX_SHOWN_LOG_BYTES - 100);
    assert!(shown.log.starts_with("line ") && all.ends_with(&shown.log));
}

async fn lines_that_never_end_are_cut_between_characters(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let piece = "€".repeat(21_000);
    let count = MAX_LOG_BYTES / piece.len() + 2;
    for number in 0..count {
        runner.reports(&run(1), &runner.output(number * piece.len(), &piece).await).await.ok();
    }
    let log = runner.file(&run(1)).await;
    assert!(
        log.text().len() <= MAX_LOG_BYTES
            && log.text().len() > MAX_LOG_BYTES - 3
            && log.text().chars().all(|c| c == '€')
    );
    let shown = runner.shown().await;
    assert!(shown.more && shown.log.len() <= MAX_SHOWN_LOG_BYTES && shown.log.len() > MAX_SHOWN_LOG_BYTES - 3);
}

async fn lines_that_come_one_by_one_are_not_a_row_each(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let mut all = String::new();
    for number in 0..60 {
        let line = format!("{number} {}\n", "some words ".repeat(65));
        runner.reports(&run(1), &runner.output(all.len(), &line).await).await.ok();
        all.push_str(&line);
    }
    assert_eq!(runner.shown().await.log, all);
    let rows = script_log::Entity::find().count(app.state().db.read()).await.unwrap();
    assert!((2..6).contains(&rows), "{rows}");
}

async fn the_newest_runs_are_kept(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let count = u128::from(MAX_RUNS) + 3;
    for number in 1..=count {
        // Ids are the delegate's own, and need not be in order.
        runner.runs(&run(100 - number), &[&format!("run {number}\n")]).await;
    }
    let shown = runner.shown().await;
    let ids: Vec<String> = shown.runs.iter().map(|run| run.id.to_string()).collect();
    let expected: Vec<String> = (4..=count).rev().map(|number| run(100 - number)).collect();
    assert_eq!((ids, shown.log.as_str()), (expected, "run 13\n"));
    assert_eq!(script_log::Entity::find().count(app.state().db.read()).await.unwrap(), MAX_RUNS, "with their logs");
    assert_eq!(runner.file(&run(97)).await.status.as_u16(), 404);
}

async fn a_new_run_ends_one_that_is_still_open(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_secret("one", "abcdefgh").await;
    let runner = Runner::new(&app, "date\n").await;
    let other = runner.client.named("edge-2");
    let other_id = other.registered().await;
    super::reports_as(&app, &other, &other_id, &run(9), runner.output(0, "").await.to_string()).await.ok();
    runner.reports(&run(1), &runner.output(0, "one; abcd").await).await.ok();
    assert_eq!(runner.shown().await.log, "one; ", "the end of it may become a secret");
    let report = runner.output(0, "two").await;
    app.advance(seconds(5));
    let at = app.now();
    runner.reports(&run(2), &report).await.ok();
    let shown = runner.shown().await;
    let end = shown.runs[1].end.clone().expect("it was interrupted");
    assert_eq!((end.outcome, end.exit_code, end.at), (Outcome::Interrupted, None, at));
    assert_eq!(runner.file(&run(1)).await.text(), "one; abcd", "it became none");
    runner.reports(&run(1), &runner.end(9, "late", "EXITED", Some(0)).await).await.ok();
    assert_eq!(runner.file(&run(1)).await.text(), "one; abcd");
    let open: BTreeSet<String> = script_run::Entity::find()
        .all(app.state().db.read())
        .await
        .unwrap()
        .into_iter()
        .filter(|row| row.ended_at.is_none())
        .map(|row| row.id.to_string())
        .collect();
    assert_eq!(open, BTreeSet::from([run(2), run(9)]), "another delegate's goes on");
}

async fn b17_reports_that_come_at_once_are_taken_once(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_secret("one", "abcdefgh").await;
    let runner = Runner::new(&app, "date\n").await;
    let ok = StatusCode::OK;
    for round in 0..4 {
        // The beginnings of two runs, and the same report of each again and again, as by who did not hear the answer.
        let (one, other) = (run(2 * round + 1), run(2 * round + 2));
        let report = runner.output(0, "one; abcd").await;
        let send = async |run: &str| runner.reports(run, &report).await.status;
        let statuses = tokio::join!(send(&one), send(&one), send(&one), send(&other), send(&other), send(&other));
        assert_eq!(statuses, (ok, ok, ok, ok, ok, ok));
        let shown = runner.shown().await;
        let open: Vec<_> = shown.runs.iter().filter(|run| run.end.is_none()).collect();
        assert_eq!(open.len(), 1, "one interrupted the other");
        let open = open[0].id.to_string();
        let interrupted = if open == one { &other } else { &one };
        assert_eq!(runner.file(interrupted).await.text(), "one; abcd");
        assert_eq!(runner.file(&open).await.text(), "one; ");
        let end = runner.end(9, "efgh.", "EXITED", Some(0)).await;
        let send = async || runner.reports(&open, &end).await.status;
        assert_eq!(tokio::join!(send(), send(), send()), (ok, ok, ok));
        assert_eq!(runner.file(&open).await.text(), "one; ***.");
    }
}

async fn b17_masking_needs_no_writer(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_secret("one", "abcdefgh").await;
    let runner = Runner::new(&app, "date\n").await;
    let token = token::Entity::find_by_id(runner.token.parse::<Uuid>().unwrap()).one(app.state().db.read()).await;
    let token = Token::try_from(token.unwrap().unwrap()).unwrap();
    let (id, output) = (run(1).parse().unwrap(), "one; abcd".to_owned());
    let report = Report { run: id, of: None, offset: 0, output, end: None };
    // Whoever writes keeps everybody else from writing, on SQLite.
    let change = app.state().db.write().await.unwrap();
    let masker = masker(&app.state(), &token).await.unwrap();
    assert!(report.mask(&app.state(), &masker, &token.scope, runner.id.parse().unwrap()).await.is_ok());
    drop(change);
}

async fn b17_what_waits_and_cannot_be_opened_is_lost_and_the_run_goes_on(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_secret("one", "abcdefgh").await;
    let runner = Runner::new(&app, "date\n").await;
    runner.reports(&run(1), &runner.output(0, "one; ab").await).await.ok();
    let change = app.state().db.write().await.unwrap();
    let sealed = Expr::value(vec![7_u8; 60]);
    let update = script_run::Entity::update_many().col_expr(script_run::Column::SealedRest, sealed);
    update.exec(&*change).await.unwrap();
    change.commit().await.unwrap();
    // As where output is lost: the end of a value is masked as the value is.
    runner.reports(&run(1), &runner.output(7, "cdefgh; and much later abcdefgh.").await).await.ok();
    runner.reports(&run(1), &runner.end(39, "", "EXITED", Some(0)).await).await.ok();
    assert_eq!(runner.shown().await.log, "one; ***; and much later ***.");
}

on_both_databases!(
    b17_masking_needs_no_writer,
    b17_what_waits_and_cannot_be_opened_is_lost_and_the_run_goes_on,
    b17_reports_that_come_at_once_are_taken_once,
    the_newest_mebibyte_of_a_log_is_kept,
    lines_that_never_end_are_cut_between_characters,
    lines_that_come_one_by_one_are_not_a_row_each,
    the_newest_runs_are_kept,
    a_new_run_ends_one_that_is_still_open,
);
