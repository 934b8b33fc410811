//! What is kept in memory of tokens and delegates is never older than what was acknowledged.

use std::time::{Duration, Instant};

use crate::support::{Client, Person, StatusCode, TestApp, database::Backend, json, person::NewToken};

/// Within what time every other manager knows of a decision.
const KNOWN_WITHIN: Duration = Duration::from_secs(1);

/// What a heartbeat is told: a status, the profile to apply, or why it is refused.
async fn told(edge: &Client, id: &str) -> String {
    let answer = edge.heartbeat(id).await;
    let (status, body) = answer.pair();
    match status {
        StatusCode::OK => format!("{} {}", body["resource"]["status"], body["resource"]["applies"]["profileId"]),
        _ => format!("{status} {}", body["responseMessages"][0]["code"]),
    }
}

/// An approved delegate that was heard: all of it is in memory.
async fn known(app: &TestApp, admin: &Person, name: &str) -> (Client, String, NewToken) {
    let token = admin.new_token(name).await;
    let edge = app.delegate(&token.value).named(name);
    let id = edge.registered().await;
    assert!(told(&edge, &id).await.starts_with("\"ENABLED\""));
    (edge, id, token)
}

/// Does something to a delegate or its token. Who is approved cannot be rejected: see [`a_rejection_counts_too`].
async fn act(admin: &Person, what: &str, id: &str, token: &NewToken) {
    match what {
        "revoke" => admin.acts("tokens/revoke", &token.id).await.ok(),
        "delete" => admin.acts("delegates/delete", id).await.ok(),
        "disable" => admin.acts("delegates/disable", id).await.ok(),
        _ => {
            let profile = admin.new_profile(&format!("Other {id}"), false).await;
            admin.post("delegates/switch-profile", &[("id", id), ("profile", &profile), ("back", "")]).await.ok()
        }
    };
}

const ACTS: [&str; 4] = ["revoke", "delete", "disable", "switch"];

async fn who_is_known_is_answered_without_a_query(app: TestApp) {
    let admin = app.administrator().await;
    // What it is good for is asked as well.
    let form = [("networks", "198.51.100.0/24"), ("max_registrations", "3"), ("kinds[0]", "SHELL_SCRIPT")];
    let token = admin.new_token_with("edge", &form).await;
    let clients = [
        ("with a key", app.delegate(&token.value).with_key(1)),
        ("without a key", app.delegate(&token.value).named("plain")),
        ("without a key id", app.delegate(&token.value).named("old").without_kid()),
    ];
    for (what, edge) in clients {
        let id = edge.registered().await;
        let statements = |app: &TestApp| app.state().db.statements();
        let begin = Instant::now();
        // On PostgreSQL memory counts only once others are heard.
        loop {
            let before = statements(&app);
            let applies = edge.heartbeat(&id).await.resource()["applies"].clone();
            let has = format!(
                "&profileId={}&lastUpdatedAt={}",
                applies["profileId"].as_str().unwrap(),
                applies["lastUpdatedAt"]
            );
            assert!(edge.task_events(&id).await.pair().0 == StatusCode::OK);
            assert_eq!(edge.profile(&id, &has).await.pair().1["resource"], json!(null));
            if statements(&app) == before {
                break;
            }
            assert!(begin.elapsed() < Duration::from_secs(60), "a delegate {what} is asked for in the database");
        }
    }
}

async fn a_decision_counts_from_the_next_request(app: TestApp) {
    let admin = app.administrator().await;
    for what in ACTS {
        let (edge, id, token) = known(&app, &admin, what).await;
        let before = told(&edge, &id).await;
        act(&admin, what, &id, &token).await;
        assert_ne!(told(&edge, &id).await, before, "{what}");
    }
}

async fn a_rejection_counts_too(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    for (what, status) in [("approve", "ENABLED"), ("reject", "DELETED")] {
        let edge = app.delegate(&token.value).named(what);
        let id = edge.registered().await;
        assert_eq!(edge.status(&id).await, "WAITING_FOR_APPROVAL");
        admin.decides(what, &id).await.ok();
        assert_eq!(edge.status(&id).await, status);
    }
}

async fn a_decision_counts_at_every_manager_within_a_second(app: TestApp) {
    decisions_count_elsewhere(app, async |_| {}).await;
}

async fn a_decision_counts_also_where_nobody_could_tell_of_it(app: TestApp) {
    let deafen = async |app: &TestApp| {
        // The connections on which managers hear of each other.
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND query LIKE '%pg_notify%' AND state = 'idle'";
        app.on_database(sql).await;
    };
    decisions_count_elsewhere(app, deafen).await;
}

/// Decides at one manager, after something has happened, and asks another one.
async fn decisions_count_elsewhere(app: TestApp, beforehand: impl AsyncFn(&TestApp)) {
    if app.backend() == Backend::Sqlite {
        return;
    }
    let admin = app.administrator().await;
    let other = app.second().await;
    for what in ACTS {
        let (_, id, token) = known(&app, &admin, what).await;
        let edge = other.delegate(&token.value).named(what);
        until_in_memory(&other, &edge, &id).await;
        let before = told(&edge, &id).await;
        beforehand(&app).await;
        act(&admin, what, &id, &token).await;
        until_told_otherwise(&edge, &id, &before, what).await;
    }
    other.stop().await;
}

/// Waits until a manager answers a delegate from memory.
async fn until_in_memory(app: &TestApp, edge: &Client, id: &str) {
    let begin = Instant::now();
    loop {
        let before = app.state().db.statements();
        told(edge, id).await;
        if app.state().db.statements() == before {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "it is never answered from memory");
    }
}

/// Asks until the answer is another; what is asked a second after the decision was acknowledged has to have it.
async fn until_told_otherwise(edge: &Client, id: &str, before: &str, what: &str) {
    let acknowledged = Instant::now();
    loop {
        let asked = acknowledged.elapsed();
        if told(edge, id).await != before {
            return;
        }
        assert!(asked < KNOWN_WITHIN, "{what}: still as before after {asked:?}");
    }
}

async fn what_another_program_writes_into_the_file_is_noticed(app: TestApp) {
    if app.backend() == Backend::Postgres {
        return;
    }
    let admin = app.administrator().await;
    let (edge, id, _) = known(&app, &admin, "edge").await;
    app.state().db.notice_other_writers().await.unwrap();
    app.on_database("UPDATE token SET revoked_at = 1").await;
    app.state().db.notice_other_writers().await.unwrap();
    assert!(told(&edge, &id).await.starts_with("401"));
}

on_both_databases!(
    who_is_known_is_answered_without_a_query,
    a_decision_counts_from_the_next_request,
    a_rejection_counts_too,
    a_decision_counts_at_every_manager_within_a_second,
    a_decision_counts_also_where_nobody_could_tell_of_it,
    what_another_program_writes_into_the_file_is_noticed,
);
