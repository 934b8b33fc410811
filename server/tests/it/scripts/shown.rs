//! Runs as people look at them: cancelled, searched, opened, with numbers and times.

use muster::{
    audit::Action,
    script::{DelegateScripts, Outcome},
};

use super::{Runner, run};
use crate::support::{Code, StatusCode, TestApp, conflict, json, seconds};

impl Runner {
    async fn cancels(&self, run: &str) -> crate::support::Answer {
        self.admin.post("scripts/cancel", &[("id", &self.id), ("run", run), ("back", "")]).await
    }

    async fn looks(&self, query: &[(&str, &str)]) -> DelegateScripts {
        self.admin.ask("scripts/of", &[&[("delegate", self.id.as_str())][..], query].concat()).await
    }
}

async fn a_cancelled_run_is_told_with_the_next_heartbeat_until_it_has_ended(app: TestApp) {
    let runner = Runner::new(&app, "sleep 600\n").await;
    let cancels = async || runner.client.heartbeat(&runner.id).await.resource().get("cancels").cloned();
    runner.reports(&run(1), &runner.output(0, "begun\n").await).await.ok();
    assert_eq!(cancels().await, None);
    assert_eq!(runner.cancels(&run(2)).await.status, StatusCode::NOT_FOUND);

    runner.cancels(&run(1)).await.ok();
    assert_eq!(cancels().await, Some(json!(run(1))));
    assert!(runner.shown().await.cancelling);
    runner.reports(&run(1), &runner.output(6, "more\n").await).await.ok();
    assert_eq!(cancels().await, Some(json!(run(1))), "it goes on");

    runner.reports(&run(1), &runner.end(11, "", "CANCELLED", Some(143)).await).await.ok();
    let shown = runner.shown().await;
    let end = shown.runs[0].end.clone().expect("it has ended");
    assert_eq!((end.outcome, end.exit_code, shown.cancelling), (Outcome::Cancelled, Some(143), false));
    assert!(!shown.has_failed() && !shown.due, "nobody failed, and it is not run again");
    assert_eq!(cancels().await, None);
    assert_eq!(app.audit_of(Action::ScriptCancelled).await.len(), 1);
    assert_eq!(runner.cancels(&run(1)).await.pair(), conflict(Code::WrongState, "This run has ended already."));
}

async fn a_new_run_is_not_cancelled_with_the_one_before(app: TestApp) {
    let runner = Runner::new(&app, "sleep 600\n").await;
    runner.reports(&run(1), &runner.output(0, "begun\n").await).await.ok();
    runner.cancels(&run(1)).await.ok();
    runner.reports(&run(2), &runner.output(0, "again\n").await).await.ok();
    assert_eq!(runner.client.heartbeat(&runner.id).await.resource().get("cancels"), None);
    assert!(!runner.shown().await.cancelling);
}

async fn lines_have_numbers_and_the_times_at_which_they_came(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let (one, two) = (app.now(), app.now().plus(seconds(30)));
    // No secret begins with a dot in any form: nothing of this has to wait for what comes next.
    runner.reports(&run(1), &runner.output(0, "one.\ntwo.\nthree.").await).await.ok();
    app.advance(seconds(30));
    runner.reports(&run(1), &runner.output(16, ".\nfour.\n").await).await.ok();
    let shown = runner.shown().await;
    assert_eq!((shown.log.as_str(), shown.first_line), ("one.\ntwo.\nthree..\nfour.\n", 1));
    let came: Vec<(u64, bool)> = shown.arrivals.iter().map(|(line, at)| (*line, *at >= two)).collect();
    assert_eq!(came, [(1, false), (4, true)], "a line came with its beginning");
    assert!(shown.arrivals[0].1 >= one);
}

async fn a_log_is_searched_and_opened_at_a_line(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let log: String = (1..=5000).map(|number| format!("line {number} of the log\n")).collect();
    let mut offset = 0;
    for piece in [&log[..60_000], &log[60_000..]] {
        runner.reports(&run(1), &runner.output(offset, piece).await).await.ok();
        offset += piece.len();
    }
    let shown = runner.shown().await;
    let first = shown.log.lines().next().unwrap();
    assert!(shown.more && first == format!("line {} of the log", shown.first_line), "{first}");

    let found = runner.looks(&[("query[find]", "LINE 499")]).await.found.expect("a search");
    assert_eq!((found.total, found.lines.len()), (11, 11));
    assert_eq!(found.lines[0], (499, "line 499 of the log".to_owned()));
    assert_eq!(runner.looks(&[("query[find]", "nowhere")]).await.found.unwrap().total, 0);
    let all = runner.looks(&[("query[find]", "line")]).await.found.unwrap();
    assert_eq!((all.total, all.lines.len()), (5000, 200));

    for (line, first) in [("1", 1), ("3000", 2995), ("99999", 5001)] {
        let part = runner.looks(&[("query[line]", line)]).await;
        assert_eq!((part.first_line, part.asked_for_line), (first, true), "{line}");
    }
    let part = runner.looks(&[("query[line]", "3000")]).await;
    assert!(part.log.starts_with("line 2995 of the log\n") && part.more);
}

async fn an_earlier_run_is_opened_in_place(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    runner.runs(&run(1), &["first\n"]).await;
    app.advance(seconds(1));
    runner.runs(&run(2), &["second\n"]).await;
    for (asked, log) in [(run(1), "first\n"), (run(2), "second\n"), (run(3), "second\n")] {
        let shown = runner.looks(&[("query[run]", &asked)]).await;
        assert_eq!(shown.log, log, "{asked}");
        assert_eq!(shown.runs.len(), 2);
    }
    let page =
        runner.admin.page(&format!("/delegates/{}?run={}&times=on", runner.id, run(1))).await.ok().text().to_owned();
    for shown in ["first\n", "id=\"L1\"", "class=\"log timed\"", "aria-current=\"true\""] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
}

async fn what_ran_on_a_delegate_that_is_lost_does_not_run_for_ever(app: TestApp) {
    let runner = Runner::new(&app, "sleep 600\n").await;
    runner.reports(&run(1), &runner.output(0, "begun\n").await).await.ok();
    let page = async || runner.admin.page(&format!("/delegates/{}", runner.id)).await.ok().text().to_owned();
    assert!(page().await.contains("Running") && page().await.contains("Cancel run"));
    app.advance(seconds(60));
    app.sweep().await;
    let lost = page().await;
    assert!(lost.contains("Not heard of since") && !lost.contains(">Running<") && !lost.contains("Cancel run"));
}

on_both_databases!(
    a_cancelled_run_is_told_with_the_next_heartbeat_until_it_has_ended,
    a_new_run_is_not_cancelled_with_the_one_before,
    lines_have_numbers_and_the_times_at_which_they_came,
    a_log_is_searched_and_opened_at_a_line,
    an_earlier_run_is_opened_in_place,
    what_ran_on_a_delegate_that_is_lost_does_not_run_for_ever,
);
