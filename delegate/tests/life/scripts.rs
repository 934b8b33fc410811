//! Startup scripts in the life of a delegate.

use std::{
    fs,
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use axum::http::StatusCode;
use muster::{delegate::Admission, script::Outcome, wire::script::ScriptEnd};

use crate::{
    PATIENCE,
    fixture::{Fixture, Running, is_heartbeat, stop},
    manager::{Answer, Heard, Run},
};

/// Never to be found in a log.
const CANARY: &str = "canary-7c1e";

/// A delegate that works, and its manager.
async fn fixture() -> Fixture {
    Fixture::new(Answer::Standing(Some(Admission::Enabled))).await
}

impl Fixture {
    fn has(&self, name: &str) -> bool {
        self.directory.path().join(name).exists()
    }

    fn make(&self, name: &str) {
        fs::write(self.directory.path().join(name), "").unwrap();
    }

    /// Waits for a file that the script makes.
    async fn until_made(&self, name: &str) {
        until(|| self.has(name)).await;
    }

    /// Waits until a script of [`waits_for_go`] runs.
    async fn until_begun(&self) -> Vec<Run> {
        self.manager.until_runs(|runs| runs.iter().any(|run| run.output == "begun\n")).await
    }

    /// Stops the delegate, and checks what it leaves.
    async fn end(self, delegate: Running) {
        stop(delegate).await;
        assert_eq!(self.log.count(CANARY), 0, "a script or its output in the log");
        let left = fs::read_dir(self.directory.path()).unwrap();
        let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert_eq!(left.filter(|name| name.starts_with("startup-script-")).count(), 0);
    }
}

/// Waits for what no manager hears of.
async fn until(so: impl Fn() -> bool) {
    let wait = async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("it never came so");
}

fn end_of(outcome: Outcome, exit_code: Option<i32>) -> Option<ScriptEnd> {
    Some(ScriptEnd { outcome, exit_code })
}

fn has_ended(runs: &[Run], count: usize) -> bool {
    runs.len() == count && runs[count - 1].end.is_some()
}

/// A script that says `begun`, and goes on only when there is a file `go`, or where a test has failed and cleared up.
fn waits_for_go(more: &str) -> String {
    format!("# {CANARY}\necho begun; until [ -e go ] || [ ! -e delegate.json ]; do sleep 0.05; done\n{more}")
}

#[tokio::test]
async fn its_output_comes_while_it_runs_and_each_version_runs_once() {
    let fixture = fixture().await;
    fixture.manager.wants(5, waits_for_go(&format!("echo {CANARY}; printf '\\377'; exit 3")));
    let delegate = fixture.start();
    let runs = fixture.until_begun().await;
    assert_eq!((runs.len(), runs[0].version, runs[0].end.clone()), (1, 5, None));
    fixture.heartbeats(2).await;
    fixture.make("go");
    let runs = fixture.manager.until_runs(|runs| has_ended(runs, 1)).await;
    assert_eq!(runs[0].output, format!("begun\n{CANARY}\n\u{fffd}"));
    assert_eq!(runs[0].end, end_of(Outcome::Exited, Some(3)));
    assert_eq!(fixture.log.count("the startup script of profile Primary ended with exit code 3"), 1);

    // Neither the next heartbeats nor a restart run it again, or even ask for it.
    fixture.heartbeats(2).await;
    stop(delegate).await;
    let delegate = fixture.start();
    fixture.heartbeats(2).await;
    assert_eq!(fixture.manager.runs().len(), 1);
    assert_eq!(fixture.manager.count(|heard| matches!(heard, Heard::Profile(_))), 1);

    // Asked to, it does; and an empty script runs nothing.
    fixture.manager.wants(6, waits_for_go("exit 0"));
    let runs = fixture.manager.until_runs(|runs| has_ended(runs, 2)).await;
    assert_eq!((runs[1].version, runs[1].end.clone()), (6, end_of(Outcome::Exited, Some(0))));
    assert_ne!(runs[0].id, runs[1].id);
    fixture.manager.wants(7, " \n");
    fixture.manager.until(3, |heard| matches!(heard, Heard::Profile(_))).await;
    fixture.heartbeats(2).await;
    assert_eq!(fixture.manager.runs().len(), 2);
    assert_eq!(fixture.manager.count(|heard| matches!(heard, Heard::Profile(_))), 3);
    fixture.end(delegate).await;
}

#[tokio::test]
async fn a_manager_that_does_not_tell_of_versions_is_asked_once_for_each_start() {
    let fixture = fixture().await;
    fixture.manager.wants_untold(5, "echo ran >> runs");
    for start in 1..=2 {
        let delegate = fixture.start();
        fixture.manager.until(start, |heard| matches!(heard, Heard::Profile(_))).await;
        fixture.manager.until_runs(|runs| has_ended(runs, 1)).await;
        fixture.heartbeats(2).await;
        assert_eq!(fixture.manager.count(|heard| matches!(heard, Heard::Profile(_))), start);
        assert_eq!(fs::read_to_string(fixture.directory.path().join("runs")).unwrap(), "ran\n");
        stop(delegate).await;
    }
}

#[tokio::test]
async fn a_new_version_waits_for_the_run_before() {
    let fixture = fixture().await;
    fixture.manager.wants(5, waits_for_go("echo first > order"));
    let delegate = fixture.start();
    fixture.until_begun().await;
    for version in [6, 7] {
        let asked = fixture.manager.count(|heard| matches!(heard, Heard::Profile(_)));
        fixture.manager.wants(version, format!("echo {version} >> order"));
        fixture.manager.until(asked + 1, |heard| matches!(heard, Heard::Profile(_))).await;
    }
    fixture.heartbeats(2).await;
    assert!(!fixture.has("order"));
    fixture.make("go");
    let runs = fixture.manager.until_runs(|runs| has_ended(runs, 2)).await;
    assert_eq!(runs.iter().map(|run| run.version).collect::<Vec<_>>(), [5, 7], "the newest alone");
    assert_eq!(fs::read_to_string(fixture.directory.path().join("order")).unwrap(), "first\n7\n");
    fixture.end(delegate).await;
}

#[tokio::test]
async fn what_the_manager_missed_comes_when_it_is_back() {
    let fixture = fixture().await;
    let away = |status| fixture.manager.answer_reports(status);
    away(Some(StatusCode::SERVICE_UNAVAILABLE));
    fixture.manager.wants(5, format!("echo {CANARY}; head -c 100000 /dev/zero | tr '\\000' x; echo > done; exit 1"));
    let delegate = fixture.start();
    fixture.until_made("done").await;
    until(|| fixture.log.count("ended with exit code 1") == 1).await;
    assert!(fixture.manager.runs().is_empty());
    away(None);
    let runs = fixture.manager.until_runs(|runs| has_ended(runs, 1)).await;
    assert_eq!(runs[0].output, format!("{CANARY}\n{}", "x".repeat(100_000)));
    assert!(runs[0].reports >= 2, "no report is too long");
    assert_eq!(runs[0].end, end_of(Outcome::Exited, Some(1)));
    fixture.end(delegate).await;
}

#[tokio::test]
async fn a_manager_that_wants_no_reports_gets_none_and_scripts_run() {
    let fixture = fixture().await;
    fixture.manager.answer_reports(Some(StatusCode::NOT_FOUND));
    fixture.manager.wants(5, "echo > one");
    let delegate = fixture.start();
    fixture.until_made("one").await;
    until(|| fixture.log.count("does not want reports") == 1).await;
    fixture.manager.wants(6, "echo > two");
    fixture.until_made("two").await;
    until(|| fixture.log.count("does not want reports") == 2).await;
    fixture.end(delegate).await;
}

#[tokio::test]
async fn told_to_stop_it_kills_the_script_and_tells_so() {
    let fixture = fixture().await;
    fixture.manager.wants(5, waits_for_go(""));
    let delegate = fixture.start();
    fixture.until_begun().await;
    let manager = fixture.manager.clone();
    fixture.end(delegate).await;
    let runs = manager.runs();
    assert_eq!(runs[0].end, end_of(Outcome::Interrupted, Some(143)));
    assert!(matches!(manager.heard.borrow().last(), Some(Heard::Unregister(_))), "the end of all");
}

#[tokio::test]
async fn a_revoked_token_kills_the_script() {
    let fixture = fixture().await;
    fixture.manager.wants(5, waits_for_go(""));
    let delegate = fixture.start();
    fixture.until_begun().await;
    fixture.manager.answer(Answer::Revoked);
    until(|| fixture.log.count("was interrupted") == 1).await;
    assert_eq!(fixture.manager.runs()[0].end, None, "it may not tell");
    stop(delegate).await;

    // With a token that is good, it tells what became of the run, and does not run it again.
    fixture.manager.answer(Answer::Standing(Some(Admission::Enabled)));
    let delegate = fixture.start();
    let end = Some(ScriptEnd { outcome: Outcome::Interrupted, exit_code: Some(143) });
    fixture.manager.until(1, |heard| matches!(heard, Heard::Report(_, report) if report.end == end)).await;
    fixture.heartbeats(2).await;
    assert_eq!(fixture.manager.count(|heard| matches!(heard, Heard::Profile(_))), 1);
    fixture.end(delegate).await;
}

#[tokio::test]
async fn a_rejection_kills_the_script() {
    let fixture = fixture().await;
    fixture.manager.wants(5, waits_for_go(""));
    let delegate = fixture.start();
    fixture.until_begun().await;
    fixture.manager.answer(Answer::Standing(Some(Admission::Rejected)));
    let runs = fixture.manager.until_runs(|runs| has_ended(runs, 1)).await;
    assert_eq!(runs[0].end, end_of(Outcome::Interrupted, Some(143)));
    fixture.end(delegate).await;
}

#[tokio::test]
async fn a_cancelled_run_ends_with_its_children_and_the_next_one_is_left_alone() {
    let fixture = fixture().await;
    fixture.manager.wants(5, waits_for_go(""));
    let delegate = fixture.start();
    let run = fixture.until_begun().await[0].id;
    fixture.manager.cancels(run);
    let runs = fixture.manager.until_runs(|runs| has_ended(runs, 1)).await;
    assert_eq!(runs[0].end, end_of(Outcome::Cancelled, Some(143)));
    assert_eq!(fixture.log.count("was cancelled in the console"), 1);
    // Told of the one before still, it runs the next to its end.
    fixture.manager.wants(6, "echo begun");
    let runs = fixture.manager.until_runs(|runs| has_ended(runs, 2)).await;
    assert_eq!(runs[1].end, end_of(Outcome::Exited, Some(0)));
    fixture.end(delegate).await;
}

#[tokio::test]
async fn disabled_it_kills_the_script_and_says_so() {
    let fixture = fixture().await;
    fixture.manager.wants(5, waits_for_go(""));
    let delegate = fixture.start();
    fixture.until_begun().await;
    fixture.manager.answer(Answer::Standing(Some(Admission::Disabled)));
    let runs = fixture.manager.until_runs(|runs| has_ended(runs, 1)).await;
    assert_eq!(runs[0].end, end_of(Outcome::Interrupted, Some(143)));
    assert_eq!(fixture.log.count("the delegate was disabled in the console"), 1);
    fixture.end(delegate).await;
}

/// Whether a process is there, and not just its exit code.
fn runs_still(id: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"));
    stat.is_ok_and(|stat| !stat.rsplit(')').next().unwrap().trim_start().starts_with('Z'))
}

/// Names the config file of the delegate that a process of this program is to be.
const CHILD: &str = "MUSTER_TEST_DELEGATE";

/// A delegate in a process of its own.
fn process(config: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap());
    let name = "scripts::killed_it_tells_when_it_is_back_and_runs_nothing_twice";
    child.args(["--exact", name]).env(CHILD, config).stdout(Stdio::null()).spawn().unwrap()
}

#[test]
fn killed_it_tells_when_it_is_back_and_runs_nothing_twice() {
    if let Some(config) = std::env::var_os(CHILD) {
        let _ = muster_delegate::run_blocking(Some(Path::new(&config)));
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let fixture = fixture().await;
        fixture.manager.wants(5, waits_for_go("").replacen("echo", "echo $$ >> ids; echo", 1));
        let mut child = process(&fixture.config(""));
        let runs = fixture.until_begun().await;
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        let script = fs::read_to_string(fixture.directory.path().join("ids")).unwrap();
        assert!(runs_still(script.trim()), "nothing has killed the script yet");

        let delegate = fixture.start();
        let end = end_of(Outcome::Interrupted, None);
        let told = |heard: &Heard| {
            matches!(heard, Heard::Report(id, report) if *id == runs[0].id && report.end == end && report.output.is_empty())
        };
        fixture.manager.until(1, told).await;
        assert!(!runs_still(script.trim()), "what was told to have ended has");
        fixture.heartbeats(2).await;
        assert_eq!(fixture.manager.count(told), 1);
        assert_eq!(fixture.manager.count(|heard| matches!(heard, Heard::Profile(_))), 1);
        fixture.end(delegate).await;
    });
}

#[tokio::test]
async fn the_script_of_the_environment_runs_before_all_and_its_failure_stops_nothing() {
    let fixture = fixture().await;
    let delegate = fixture.start_with("initScript: |\n  echo canary-7c1e\n  echo > begun\n  exit 5\n");
    fixture.manager.until(1, |heard| matches!(heard, Heard::Register(_))).await;
    assert!(fixture.has("begun"));
    assert_eq!(fixture.log.count("the script of INIT_SCRIPT ended with exit code 5"), 1);
    fixture.manager.until(1, is_heartbeat).await;
    assert!(fixture.manager.runs().is_empty(), "it is no run of the profile");
    fixture.end(delegate).await;
}

#[tokio::test]
async fn told_to_stop_before_it_has_registered_it_ends_at_once() {
    let fixture = fixture().await;
    let delegate = fixture.start_with("initScript: 'echo > begun; sleep 600'\n");
    fixture.until_made("begun").await;
    let manager = fixture.manager.clone();
    fixture.end(delegate).await;
    assert!(manager.heard.borrow().is_empty());
}
