//! Heartbeats, silence, and the history of connections.

use muster::{
    delegate::{ConnectionRow, Status},
    time::Timestamp,
};
use muster_server::presence;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::support::{
    Person, TestApp,
    database::{Backend, until_it_waits},
    json, seconds,
};

async fn history(person: &Person, id: &str) -> Vec<(Timestamp, Option<Timestamp>, String)> {
    let connections = person.sees(id).await.connections;
    connections
        .into_iter()
        .map(|ConnectionRow { connected_at, lost_at, cause }| (connected_at, lost_at, cause))
        .collect()
}

async fn who_misses_three_heartbeats_is_not_connected(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let registered_at = app.now();
    let id = edge.registered().await;
    let silent_at = registered_at.plus(seconds(30));

    app.set_clock(Timestamp::from_millis(silent_at.as_millis() - 1));
    app.sweep().await;
    assert_eq!(admin.sees_status(&id).await, Status::Connected);
    app.set_clock(silent_at);
    app.sweep().await;
    assert_eq!(admin.sees_status(&id).await, Status::NotConnected);
    let lost = (registered_at, Some(silent_at), "no heartbeat".to_owned());
    assert_eq!(history(&admin, &id).await, std::slice::from_ref(&lost));
    assert_eq!(admin.row_with(None, &id).await.unwrap().delegate.last_heartbeat_at, registered_at);

    let back_at = app.now();
    assert_eq!(edge.status(&id).await, "ENABLED");
    assert_eq!(admin.sees_status(&id).await, Status::Connected, "at once, before heartbeats are written");
    assert_eq!(history(&admin, &id).await, [(back_at, None, String::new()), lost]);
}

async fn heartbeats_are_written_together(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(edge.on(&format!("host-{number}")).registered().await);
    }
    app.advance(seconds(10));
    let beaten_at = app.now();
    for (number, id) in ids.iter().enumerate() {
        app.set_clock(beaten_at);
        assert_eq!(edge.on(&format!("host-{number}")).status(id).await, "ENABLED");
    }
    assert!(admin.sees(&ids[0]).await.row.delegate.last_heartbeat_at < beaten_at, "they are kept in memory");
    assert!(presence::job::flush(&app.state()).await.unwrap());
    assert!(!presence::job::flush(&app.state()).await.unwrap(), "nothing is left");
    for id in &ids {
        let delegate = admin.sees(id).await.row.delegate;
        assert_eq!(delegate.last_heartbeat_at, beaten_at);
        assert_eq!(delegate.connected_until, Some(beaten_at.plus(seconds(30))));
        assert_eq!(delegate.revision, 1, "a heartbeat is no change that a decision depends on");
        assert_eq!(history(&admin, id).await.len(), 1);
    }
}

async fn a_client_that_states_no_interval_has_five_minutes(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value).without("heartbeatIntervalMs");
    let id = edge.registered().await;
    app.advance(seconds(5 * 60 - 1));
    app.sweep().await;
    assert_eq!(admin.sees_status(&id).await, Status::Connected);
    app.advance(seconds(2));
    app.sweep().await;
    assert_eq!(admin.sees_status(&id).await, Status::NotConnected);
}

async fn intervals_are_taken_within_bounds(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    for (interval, expected) in [(0, 300), (1, 3), (60_000, 180), (u32::MAX, 1800)] {
        let edge = edge.on(&format!("host-{interval}")).with("heartbeatIntervalMs", json!(interval));
        let at = app.now();
        let id = edge.registered().await;
        let until = admin.sees(&id).await.row.delegate.connected_until;
        assert_eq!(until, Some(at.plus(seconds(expected))), "{interval} ms");
    }
}

async fn who_stops_is_not_connected_at_once(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let registered_at = app.now();
    let id = edge.registered().await;
    edge.heartbeat(&id).await.ok();
    let stopped_at = app.now();
    let answer = edge.unregister(&id).await.ok();
    assert_eq!(answer.json(), json!({"metaData": {}, "resource": null, "responseMessages": []}));
    // A heartbeat that was noted before must not bring it back.
    app.flush().await;
    assert_eq!(admin.row_with(None, &id).await.unwrap().status, Status::NotConnected);
    let stretch = (registered_at, Some(stopped_at), "stopped".to_owned());
    assert_eq!(history(&admin, &id).await, std::slice::from_ref(&stretch));
    edge.unregister(&id).await.ok();
    edge.unregister("01900000-0000-7000-8000-000000000000").await.ok();
    app.sweep().await;
    assert_eq!(history(&admin, &id).await, [stretch], "once is enough");
    assert_eq!(edge.registered().await, id);
    assert_eq!(admin.sees_status(&id).await, Status::Connected);
    assert_eq!(history(&admin, &id).await.len(), 2);
}

async fn pending_and_rejected_delegates_come_and_go_too(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let edge = app.delegate(&admin.new_token("edge").await.value).with("delegateProfileId", json!(profile));
    let id = edge.registered().await;
    app.advance(seconds(31));
    app.sweep().await;
    assert_eq!(admin.sees_status(&id).await, Status::PendingApproval);
    assert_eq!(history(&admin, &id).await[0].2, "no heartbeat");
    admin.decides("approve", &id).await.ok();
    assert_eq!(admin.sees_status(&id).await, Status::NotConnected, "approved while away");
    assert_eq!(edge.status(&id).await, "ENABLED");
    assert_eq!(admin.sees_status(&id).await, Status::Connected);

    let edge = edge.named("edge-2");
    let id = edge.registered().await;
    admin.decides("reject", &id).await.ok();
    let rejected_at = app.now();
    app.advance(seconds(20));
    assert_eq!(edge.status(&id).await, "DELETED");
    app.flush().await;
    assert!(admin.sees(&id).await.row.delegate.last_heartbeat_at < rejected_at, "it is not heard any more");
}

async fn many_silent_delegates_are_all_found(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let mut ids = Vec::new();
    for number in 0..3 {
        ids.push(edge.on(&format!("host-{number}")).registered().await);
        app.advance(seconds(10));
    }
    app.advance(seconds(15));
    app.sweep().await;
    let mut statuses = Vec::new();
    for id in &ids {
        statuses.push(admin.sees(id).await.connections[0].lost_at.is_some());
    }
    assert_eq!(statuses, [true, true, false]);
}

/// Whoever locks a token and a delegate does so in this order, or two of them wait for each other.
async fn heartbeats_are_written_beside_registrations(app: TestApp) {
    if app.backend() == Backend::Sqlite {
        return;
    }
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let id = edge.registered().await;
    edge.heartbeat(&id).await.ok();
    let state = app.state();
    let run = |sql: String| Statement::from_string(DbBackend::Postgres, sql);
    // What a registration does, in its order.
    let registration = state.db.write().await.unwrap();
    registration.execute_raw(run("SELECT id FROM token FOR SHARE".to_owned())).await.unwrap();
    let writing = tokio::spawn(async move { presence::job::flush(&state).await });
    until_it_waits(&app, &writing).await;
    let update = format!("UPDATE delegate SET version = '2' WHERE id = '{id}'");
    registration.execute_raw(run(update)).await.expect("the registration goes through");
    registration.commit().await.unwrap();
    writing.await.unwrap().expect("the heartbeats are written");
}

on_both_databases!(
    who_misses_three_heartbeats_is_not_connected,
    heartbeats_are_written_together,
    a_client_that_states_no_interval_has_five_minutes,
    intervals_are_taken_within_bounds,
    who_stops_is_not_connected_at_once,
    pending_and_rejected_delegates_come_and_go_too,
    many_silent_delegates_are_all_found,
    heartbeats_are_written_beside_registrations,
);
