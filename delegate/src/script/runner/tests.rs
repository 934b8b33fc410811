//! Real scripts, and every way they end. Nothing here waits for a while: scripts say when they are where they should
//! be, and limits that are to strike come at once.

use std::{fs, path::PathBuf, sync::Mutex};

use tokio::sync::mpsc;
use uuid::Uuid;

use super::*;

/// Far more than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Limits of scripts that end by themselves.
const WIDE: Limits = Limits { time: PATIENCE, grace: PATIENCE, linger: PATIENCE };

/// A run, and what comes of it.
struct Run {
    directory: tempfile::TempDir,
    id: ScriptRunId,
    output: Vec<u8>,
}

impl Run {
    fn new() -> Self {
        let id = ScriptRunId(Uuid::from_bytes(crate::random::bytes()));
        Self { directory: tempfile::tempdir().unwrap(), id, output: Vec::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Runs a script to its end.
    async fn run(&mut self, script: &str, limits: Limits) -> ScriptEnd {
        let (_word, heard) = oneshot::channel();
        let job = Job { run: self.id, script, directory: self.directory.path(), limits };
        timeout(PATIENCE, run(job, heard, |bytes| self.output.extend_from_slice(bytes))).await.unwrap()
    }

    /// Runs a script until it has said `ready`, then stops it.
    async fn stop_when_ready(&mut self, script: &str, grace: Duration) -> ScriptEnd {
        let (word, heard) = oneshot::channel();
        let (said, mut saying) = mpsc::unbounded_channel();
        let job = Job { run: self.id, script, directory: self.directory.path(), limits: Limits { grace, ..WIDE } };
        let all = Mutex::new(Vec::new());
        let mut work = pin!(run(job, heard, |bytes| {
            all.lock().unwrap().extend_from_slice(bytes);
            let _ = said.send(());
        }));
        let ready = async {
            while !String::from_utf8_lossy(&all.lock().unwrap()).contains("ready\n") {
                saying.recv().await.unwrap();
            }
        };
        tokio::select! {
            end = &mut work => panic!("it ended before it was stopped: {end:?}"),
            done = timeout(PATIENCE, ready) => done.unwrap(),
        }
        drop(word);
        let end = timeout(PATIENCE, work).await.unwrap();
        self.output = std::mem::take(&mut all.lock().unwrap());
        end
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }

    /// What is left in the folder but for what the script made.
    fn is_clean(&self) -> bool {
        !fs::read_dir(self.directory.path())
            .unwrap()
            .any(|entry| entry.unwrap().file_name().to_str().unwrap().starts_with("startup-script-"))
    }

    /// The process ids that a script wrote into files of its folder.
    fn ids(&self, names: &[&str]) -> Vec<i32> {
        names.iter().map(|name| fs::read_to_string(self.path(name)).unwrap().trim().parse().unwrap()).collect()
    }
}

fn is_alive(id: i32) -> bool {
    processes::all().into_iter().any(|one| one.id.as_raw_nonzero().get() == id && !one.ended)
}

fn exited(code: i32) -> ScriptEnd {
    ScriptEnd { outcome: Outcome::Exited, exit_code: Some(code) }
}

#[tokio::test]
async fn both_streams_come_in_their_order_and_the_exit_code_with_them() {
    let mut run = Run::new();
    let end = run.run("echo one; echo two >&2; echo three; pwd; read -r line || echo no input; exit 7", WIDE).await;
    let here = fs::canonicalize(run.directory.path()).unwrap();
    assert_eq!(run.text(), format!("one\ntwo\nthree\n{}\nno input\n", here.display()));
    assert_eq!(end, exited(7));
    assert!(run.is_clean());
}

#[tokio::test]
async fn a_signal_is_told_as_shells_do() {
    assert_eq!(Run::new().run("kill -KILL $$", WIDE).await, exited(137));
}

#[tokio::test]
async fn the_first_line_chooses_the_interpreter_and_bash_is_the_default() {
    for (script, output) in [
        ("echo ${BASH_VERSION:+bash}", "bash\n"),
        ("#!/bin/sh\necho \"$0\" | sed 's/.*startup-script-.*/here/'", "here\n"),
        ("#!/bin/bash -e\nfalse\necho no", ""),
        ("#!/usr/bin/env -S bash -u\necho ${MUSTER_NOT_SET} no", "unbound"),
        ("#!/bin/cat\nthe script itself", "#!/bin/cat\nthe script itself"),
    ] {
        let mut run = Run::new();
        run.run(script, WIDE).await;
        assert!(
            run.text() == output || (output == "unbound" && run.text().contains("unbound variable")),
            "{}",
            run.text()
        );
    }
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let mut run = Run::new();
    let end = run.run("#!/nowhere/python3\nsecret", WIDE).await;
    assert_eq!(end, ScriptEnd { outcome: Outcome::NotStarted, exit_code: None });
    assert_eq!(run.text(), "/nowhere/python3 cannot be started: No such file or directory (os error 2)\n");
    assert!(run.is_clean());

    let mut run = Run::new();
    let gone = run.path("gone");
    let job = Job { run: run.id, script: "secret", directory: &gone, limits: WIDE };
    let (_word, heard) = oneshot::channel();
    let end = super::run(job, heard, |bytes| run.output.extend_from_slice(bytes)).await;
    assert_eq!(end.outcome, Outcome::NotStarted);
    assert!(run.text().starts_with(&format!("The script cannot be written to {}: ", gone.display())), "{}", run.text());
}

#[tokio::test]
async fn keys_are_not_handed_on() {
    const CHILD: &str = "MUSTER_TEST_ENVIRONMENT";
    if std::env::var_os(CHILD).is_none() {
        // The environment of a process cannot be changed safely; that of another can.
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "script::runner::tests::keys_are_not_handed_on", "--nocapture"]).env(CHILD, "kept");
        HIDDEN.iter().for_each(|name| {
            again.env(name, "canary");
        });
        let output = again.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
        return;
    }
    let mut run = Run::new();
    run.run("env", WIDE).await;
    let text = run.text();
    assert!(!text.contains("canary"), "{text}");
    assert!(
        text.contains(&format!("{CHILD}=kept\n")) && text.contains(&format!("{RUN_VARIABLE}={}\n", run.id)),
        "{text}"
    );
}

#[tokio::test]
async fn a_flood_and_binary_output_come_through() {
    let mut run = Run::new();
    let end = run.run("head -c 5000000 /dev/zero; printf 'a\\000\\377\\n' >&2", WIDE).await;
    assert_eq!((end, run.output.len()), (exited(0), 5_000_004));
    assert!(run.output.ends_with(b"\0a\0\xff\n"));
}

#[tokio::test]
async fn at_its_limit_it_is_killed_with_its_children_and_theirs() {
    let mut run = Run::new();
    // The one goes on in the group, the other in a session of its own; all three ignore the request to end.
    let script = "trap '' TERM\n(echo $BASHPID > child; sleep 100) &\n\
                  setsid bash -c 'echo $$ > stranger; sleep 100; sleep 1' &\n\
                  until [ -s child ] && [ -s stranger ]; do :; done\necho ready\necho $$ > own\nwait";
    let end = run.stop_when_ready(script, Duration::ZERO).await;
    assert_eq!(end, ScriptEnd { outcome: Outcome::Interrupted, exit_code: Some(137) });
    for id in run.ids(&["child", "stranger"]) {
        assert!(!is_alive(id), "{id} lives");
    }
    assert!(run.is_clean());

    // The limit ends in the same way; it strikes wherever the script is.
    let mut run = Run::new();
    let limits = Limits { time: Duration::from_millis(1), grace: Duration::ZERO, ..WIDE };
    let end = run.run("while :; do sleep 60; done", limits).await;
    assert_eq!((end.outcome, end.exit_code.is_some()), (Outcome::TimedOut, true));
}

#[tokio::test]
async fn who_ends_when_asked_has_the_last_word() {
    let mut run = Run::new();
    let script = "trap 'echo bye; exit 4' TERM\necho ready\nwhile :; do read -r -t 1 < /dev/zero || :; done";
    let end = run.stop_when_ready(script, PATIENCE).await;
    assert_eq!(end, ScriptEnd { outcome: Outcome::Interrupted, exit_code: Some(4) });
    assert!(run.text().ends_with("bye\n"), "{}", run.text());
}

#[tokio::test]
async fn what_it_leaves_running_keeps_no_run_open_and_lives_on() {
    let mut run = Run::new();
    // It writes into the script's output until it is told to end; a pipe without a reader would kill it.
    let script = "bash -c 'echo $$ > daemon; until [ -e stop ] || [ ! -e daemon ]; do echo still here; [ -e go ] && echo x >> lines; done; \
                  echo > ended' &\nuntil [ -s daemon ]; do :; done\necho done";
    let end = run.run(script, Limits { linger: Duration::from_millis(1), ..WIDE }).await;
    assert_eq!(end, exited(0));
    assert!(run.text().contains("done\n"));
    let daemon = run.ids(&["daemon"])[0];
    assert!(is_alive(daemon));
    // More than the pipe holds, all of it after the run's end.
    fs::write(run.path("go"), "").unwrap();
    let grown = async {
        while fs::metadata(run.path("lines")).map_or(0, |lines| lines.len()) < 20_000 {
            assert!(is_alive(daemon), "it was killed");
            tokio::task::yield_now().await;
        }
        fs::write(run.path("stop"), "").unwrap();
        while !run.path("ended").exists() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, grown).await.unwrap();
}

#[tokio::test]
async fn leftovers_of_a_killed_delegate_are_found_by_the_runs_id() {
    let run = Run::new();
    let mut child =
        std::process::Command::new("sleep").arg("600").env(RUN_VARIABLE, run.id.to_string()).spawn().unwrap();
    let mut other = std::process::Command::new("sleep").arg("600").env(RUN_VARIABLE, "another").spawn().unwrap();
    end_leftovers(run.id, WIDE).await;
    let ended = (child.try_wait().unwrap(), other.try_wait().unwrap());
    for process in [&mut child, &mut other] {
        process.kill().unwrap();
        process.wait().unwrap();
    }
    assert_eq!((ended.0.and_then(|status| status.signal()), ended.1), (Some(15), None));
}
