//! The chain of the audit trail: what it proves, and what it finds.

use std::process::{Command, Output};

use futures_util::future::join_all;
use muster::{
    audit::{Action, Actor, BreakKind, Link, Verification},
    scope::Scope,
};
use muster_server::{
    db::audit::{Entry, record},
    manage::{
        Context,
        audit::{chain, verify},
    },
    retention,
    state::State,
};

use crate::support::{TestApp, database::Backend, days, seconds};

async fn verified_against(app: &TestApp, noted: Option<&Link>) -> Verification {
    verify(&Context::system(app.state(), Actor::CommandLine), noted).await.unwrap()
}

pub(super) async fn verified(app: &TestApp) -> Verification {
    verified_against(app, None).await
}

/// What is found out, and at which number.
pub(super) async fn broken(app: &TestApp) -> Option<(BreakKind, Option<u64>)> {
    verified(app).await.broken.map(|broken| (broken.kind, broken.seq))
}

/// Takes in everything that is there, as the program does every second.
pub(super) async fn link_all(state: &State) {
    while chain::link(state).await.unwrap() > 0 {}
}

/// An installation whose first ten entries or more are in the chain; gives how many are.
pub(super) async fn chained(app: &TestApp) -> u64 {
    let admin = app.administrator().await;
    for number in 0..10 {
        admin.makes_token(&format!("token-{number}"), &[]).await;
    }
    link_all(&app.state()).await;
    let told = verified(app).await;
    assert_eq!((told.broken, told.waiting, told.adopted, told.expired), (None, 0, 0, 0));
    assert_eq!(told.verified, app.audit().await.len() as u64);
    assert!(told.verified > 10);
    told.verified
}

pub(super) async fn note_one(state: &State, name: &str) {
    let origin = Context::system(state.clone(), Actor::CommandLine).origin();
    let scope = Scope::account(state.account);
    let change = state.db.write().await.unwrap();
    let entry = Entry { scope: &scope, action: Action::SignedOut, object: None, name, facts: Vec::new() };
    record(&change, &origin, state.clock.now(), entry).await.unwrap();
    change.commit().await.unwrap();
}

async fn ten_thousand_changes_at_once_are_all_in_it(app: TestApp) {
    const TASKS: usize = 100;
    const CHANGES: usize = 100;
    let token = app.administrator().await.new_token("edge").await.value;
    let other = app.another_manager().await.unwrap();
    let states =
        if app.backend() == Backend::Postgres { [app.state(), other.clone()] } else { [app.state(), app.state()] };
    let writers = (0..TASKS).map(|task| {
        let (state, edge) = (states[task % 2].clone(), app.delegate(&token).named(&format!("edge-{task}")));
        tokio::spawn(async move {
            edge.registered().await;
            for number in 1..CHANGES {
                note_one(&state, &format!("{task}/{number}")).await;
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    // Both managers take them in meanwhile, and somebody verifies.
    let linking = states.clone().map(|state| {
        tokio::spawn(async move {
            loop {
                chain::link(&state).await.unwrap();
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
    });
    let beside = verified(&app).await;
    assert_eq!(beside.broken, None);
    for one in join_all(writers).await {
        one.unwrap();
    }
    for one in linking {
        one.abort();
        let _ = one.await;
    }
    link_all(&app.state()).await;
    let told = verified(&app).await;
    assert_eq!((told.broken, told.waiting), (None, 0));
    assert_eq!(told.verified, app.audit().await.len() as u64);
    assert!(told.verified >= (TASKS * CHANGES) as u64);
    other.db.clone().close().await;
}

async fn an_entry_that_was_altered_is_named(app: TestApp) {
    chained(&app).await;
    for column in ["actor_name = 'eve'", "address = '192.0.2.66'", "changes = '[]'", "object_id = NULL, at = at + 1"] {
        let before = app.audit().await;
        app.on_database(&format!("UPDATE audit SET {column} WHERE seq = 7")).await;
        let told = verified(&app).await;
        let found = told.broken.unwrap();
        assert_eq!((found.kind, found.seq, told.verified), (BreakKind::Altered, Some(7), 6), "{column}");
        let entry = before.iter().find(|row| row.seq == Some(7)).unwrap();
        assert_eq!(found.entry, Some(entry.id));
        assert_eq!(found.to_string(), format!("entry 7 ({}) was altered", entry.id));
        let (name, address, at) = (&entry.actor_name, &entry.address, entry.at);
        app.on_database(&format!(
            "UPDATE audit SET actor_name = '{name}', address = '{address}', at = {at}, changes = NULL WHERE seq = 7"
        ))
        .await;
    }
    // Its hash alone.
    app.on_database("UPDATE audit SET hash = (SELECT hash FROM audit_chain) WHERE seq = 5").await;
    assert_eq!(broken(&app).await, Some((BreakKind::Altered, Some(5))));
}

async fn an_entry_that_was_removed_is_missed(app: TestApp) {
    chained(&app).await;
    app.on_database("DELETE FROM audit WHERE seq = 4").await;
    assert_eq!(broken(&app).await, Some((BreakKind::Removed, Some(4))));
    // Also where the others close the gap.
    app.on_database("UPDATE audit SET seq = -seq WHERE seq > 4").await;
    app.on_database("UPDATE audit SET seq = -seq - 1 WHERE seq < 0").await;
    assert_eq!(broken(&app).await, Some((BreakKind::Removed, Some(4))));
}

/// Copies entry 4 under another id, to a number.
pub(super) async fn insert_copy(app: &TestApp, seq: &str, id: u8) {
    let id = match app.backend() {
        Backend::Sqlite => format!("x'0190000000007000800000000000{id:04x}'"),
        Backend::Postgres => format!("'01900000-0000-7000-8000-00000000{id:04x}'::uuid"),
    };
    let columns = "account_id, organization, project, at, actor_kind, actor_id, actor_name, address, action, object_id, \
                   object_name, detail, changes, hash";
    app.on_database(&format!(
        "INSERT INTO audit (id, seq, {columns}) SELECT {id}, {seq}, {columns} FROM audit WHERE seq = 4"
    ))
    .await;
}

async fn an_entry_that_was_inserted_is_found(app: TestApp) {
    let last = chained(&app).await;
    // Where it pretends to be new, before and after it is taken in.
    insert_copy(&app, "NULL", 1).await;
    assert_eq!(broken(&app).await, Some((BreakKind::Inserted, None)));
    link_all(&app.state()).await;
    assert_eq!(broken(&app).await, Some((BreakKind::Inserted, Some(last + 1))));
    // What follows is in the chain all the same.
    note_one(&app.state(), "later").await;
    link_all(&app.state()).await;
    assert_eq!(broken(&app).await, Some((BreakKind::Inserted, Some(last + 1))));
    // Between others, which make room.
    app.on_database("UPDATE audit SET seq = -seq WHERE seq > 8").await;
    app.on_database("UPDATE audit SET seq = -seq + 1 WHERE seq < 0").await;
    insert_copy(&app, "9", 2).await;
    assert_eq!(broken(&app).await, Some((BreakKind::Inserted, Some(9))));
    // Beside another.
    app.on_database("DROP INDEX audit_seq").await;
    insert_copy(&app, "6", 3).await;
    assert_eq!(broken(&app).await, Some((BreakKind::Inserted, Some(6))));
}

async fn what_an_older_version_writes_later_is_not_believed(app: TestApp) {
    let last = chained(&app).await;
    insert_copy(&app, "NULL", 1).await;
    app.on_database("UPDATE audit SET hash = NULL WHERE seq IS NULL").await;
    assert_eq!(broken(&app).await, Some((BreakKind::Inserted, None)));
    link_all(&app.state()).await;
    assert_eq!(broken(&app).await, Some((BreakKind::Inserted, Some(last + 1))));
}

async fn what_was_cut_off_at_the_end_is_missed(app: TestApp) {
    chained(&app).await;
    app.on_database("DELETE FROM audit WHERE seq > 6").await;
    assert_eq!(broken(&app).await, Some((BreakKind::CutOff, Some(7))));
    app.on_database("DELETE FROM audit").await;
    assert_eq!(broken(&app).await, Some((BreakKind::CutOff, Some(1))));
}

async fn the_head_cannot_be_moved(app: TestApp) {
    chained(&app).await;
    app.on_database("DELETE FROM audit WHERE seq > 6").await;
    app.on_database("UPDATE audit_chain SET seq = 6, hash = (SELECT hash FROM audit WHERE seq = 6)").await;
    assert_eq!(broken(&app).await, Some((BreakKind::Head, None)));
    note_one(&app.state(), "later").await;
    assert!(chain::link(&app.state()).await.is_err(), "nothing is bound to what somebody else wrote");
    app.on_database("DELETE FROM audit_chain").await;
    assert_eq!(broken(&app).await, Some((BreakKind::Head, None)));
    assert!(chain::link(&app.state()).await.is_err());
}

async fn a_chain_that_was_made_anew_is_another(app: TestApp) {
    chained(&app).await;
    let noted = verified(&app).await.last.unwrap();
    assert_eq!(verified_against(&app, Some(&noted)).await.broken, None);
    app.advance(seconds(5));
    app.on_database("DELETE FROM audit_chain").await;
    app.on_database("UPDATE audit SET seq = NULL, hash = NULL, actor_name = 'eve'").await;
    link_all(&app.state()).await;
    let told = verified(&app).await;
    // It says so itself, and what was noted before tells it surely.
    assert_eq!((told.broken.clone(), told.adopted), (None, told.verified));
    let told = verified_against(&app, Some(&noted)).await;
    assert_eq!(told.broken.unwrap().kind, BreakKind::Unexpected);
}

async fn what_is_kept_is_verified_after_older_entries_have_gone(app: TestApp) {
    app.restart_with(|config| config.retention.audit_days = 30).await;
    let old = chained(&app).await;
    let noted = verified(&app).await.last.unwrap();
    app.advance(days(20));
    for number in 0..5 {
        note_one(&app.state(), &number.to_string()).await;
    }
    app.advance(days(11));
    retention::tidy(&app.state()).await.unwrap();
    let told = verified(&app).await;
    assert_eq!((told.broken, told.verified, told.expired), (None, 5, old));
    assert_eq!(verified_against(&app, Some(&noted)).await.broken, None, "it went for its age");
    // The first that is kept is missed like any other.
    app.on_database(&format!("DELETE FROM audit WHERE seq = {}", old + 1)).await;
    assert_eq!(broken(&app).await, Some((BreakKind::Removed, Some(old + 1))));
    app.advance(days(100));
    retention::tidy(&app.state()).await.unwrap();
    assert!(app.audit().await.is_empty());
    assert_eq!(broken(&app).await, None);
    note_one(&app.state(), "new").await;
    link_all(&app.state()).await;
    let told = verified(&app).await;
    assert_eq!((told.broken, told.verified, told.expired), (None, 1, old + 5));
}

async fn entries_of_an_older_schema_are_taken_in_once(app: TestApp) {
    let entries = chained(&app).await;
    app.stop().await;
    for sql in [
        "DROP INDEX audit_unchained",
        "DROP INDEX audit_seq",
        "ALTER TABLE audit DROP COLUMN seq",
        "ALTER TABLE audit DROP COLUMN hash",
        "DROP TABLE audit_chain",
        "DELETE FROM seaql_migrations WHERE version = 'm20261128_030001_audit_chain'",
    ] {
        app.on_database(sql).await;
    }
    app.start().await.unwrap();
    let told = verified(&app).await;
    assert_eq!((told.broken, told.verified, told.waiting), (None, 0, entries));
    link_all(&app.state()).await;
    // A manager of the older version may run on for a while.
    insert_copy(&app, "NULL", 1).await;
    app.on_database("UPDATE audit SET hash = NULL WHERE seq IS NULL").await;
    link_all(&app.state()).await;
    let told = verified(&app).await;
    assert_eq!((told.broken, told.verified, told.adopted), (None, entries + 1, entries + 1));
    app.advance(seconds(60 * 60));
    chain::link(&app.state()).await.unwrap();
    insert_copy(&app, "NULL", 2).await;
    app.on_database("UPDATE audit SET hash = NULL WHERE seq IS NULL").await;
    link_all(&app.state()).await;
    assert_eq!(broken(&app).await, Some((BreakKind::Inserted, Some(entries + 2))));
}

/// Runs the command on an installation, beside the manager.
fn verify_audit(app: &TestApp, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.args(["admin", "verify-audit"]).args(arguments).env_clear();
    command.env("MUSTER_DATA_DIR", app.folder()).env("MUSTER_DATABASE_URL", app.database_url());
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

async fn the_command_says_what_is_verified_and_what_is_not(app: TestApp) {
    let last = chained(&app).await;
    let (code, told, error) = verify_audit(&app, &[]);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    assert!(told.starts_with(&format!("{last} entries verified, the last one is {last}:")), "{told}");
    let noted = told.lines().next().unwrap().rsplit_once(' ').unwrap().1.trim_end_matches('.').to_owned();
    note_one(&app.state(), "later").await;
    let (code, told, _) = verify_audit(&app, &["--expect", &noted]);
    assert_eq!(code, Some(0));
    match app.backend() {
        Backend::Sqlite => assert!(told.starts_with(&format!("{} entries verified", last + 1)), "{told}"),
        Backend::Postgres => assert!(told.contains("The newest entry is not in the chain yet"), "{told}"),
    }
    let (code, _, error) = verify_audit(&app, &["--expect", &format!("3:{}", "0".repeat(64))]);
    assert_eq!(code, Some(1));
    assert!(
        error.contains("entry 3 (") && error.contains("is not there with the hash that was noted of it"),
        "{error}"
    );
    assert!(verify_audit(&app, &["--expect", "3"]).2.contains("--expect: Write a number"));
    app.on_database("UPDATE audit SET actor_name = 'eve' WHERE seq = 7").await;
    let (code, told, error) = verify_audit(&app, &[]);
    assert_eq!((code, told.as_str()), (Some(1), ""));
    assert!(error.starts_with("muster: the audit trail is not what was written: entry 7 ("), "{error}");
    assert!(error.contains(") was altered\n6 entries verified"), "{error}");
}

async fn pages_and_files_tell_the_place_of_each_entry(app: TestApp) {
    let admin = app.administrator().await;
    let told = verified(&app).await;
    assert_eq!((told.verified, told.began_at, told.last), (0, None, None));
    assert!(admin.page("/audit").await.ok().text().contains("Not chained yet"));
    link_all(&app.state()).await;
    let html = admin.page("/audit").await.ok().text().to_owned();
    let Link { seq, hash } = verified(&app).await.last.unwrap();
    assert!(html.contains(&format!("title=\"Hash {hash}\"")) && html.contains(&format!("#{seq}<")), "{html}");
    assert!(!html.contains("Not chained yet"));
    let file = admin.page("/audit/export.jsonl").await.ok().text().to_owned();
    let line: serde_json::Value = serde_json::from_str(file.lines().next().unwrap()).unwrap();
    assert_eq!((line["seq"].as_u64(), line["hash"].as_str()), (Some(seq), Some(hash.as_str())));
}

on_both_databases!(
    ten_thousand_changes_at_once_are_all_in_it,
    an_entry_that_was_altered_is_named,
    an_entry_that_was_removed_is_missed,
    an_entry_that_was_inserted_is_found,
    what_an_older_version_writes_later_is_not_believed,
    what_was_cut_off_at_the_end_is_missed,
    the_head_cannot_be_moved,
    a_chain_that_was_made_anew_is_another,
    what_is_kept_is_verified_after_older_entries_have_gone,
    entries_of_an_older_schema_are_taken_in_once,
    the_command_says_what_is_verified_and_what_is_not,
    pages_and_files_tell_the_place_of_each_entry,
);
