//! B10: the manager's own outage, or the database's, is no silence of delegates.

use muster::delegate::Status;
use muster_server::presence;
use sea_orm::ConnectionTrait as _;

use crate::support::{TestApp, seconds};

async fn b10_a_restart_of_the_manager_marks_nobody_lost(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let id = edge.registered().await;
    app.stop().await;
    app.advance(seconds(600));
    app.start().await.unwrap();
    app.sweep().await;
    assert_eq!(admin.sees_status(&id).await, Status::Connected, "nobody listened to it");
    app.advance(seconds(20));
    assert_eq!(edge.status(&id).await, "ENABLED");
    app.advance(seconds(20));
    app.sweep().await;
    assert_eq!(admin.sees_status(&id).await, Status::Connected, "its heartbeat is not yet written, but heard");
    app.flush().await;
    app.advance(seconds(31));
    app.sweep().await;
    assert_eq!(admin.sees_status(&id).await, Status::NotConnected, "now it was silent for as long as it may");
    assert_eq!(admin.sees(&id).await.connections.len(), 1, "the restart is not in its history");
}

async fn b10_an_outage_of_the_database_marks_nobody_lost(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let id = edge.registered().await;
    app.advance(seconds(60));
    // The database fails, as for a minute it did.
    let change = app.state().db.write().await.unwrap();
    let failed = change.execute_unprepared(app.unavailable()).await;
    assert!(failed.is_err_and(|error| muster_server::db::failure::is_unavailable(&error)));
    drop(change);
    app.sweep().await;
    assert_eq!(admin.sees_status(&id).await, Status::Connected);
    app.advance(seconds(31));
    app.sweep().await;
    assert_eq!(admin.sees_status(&id).await, Status::NotConnected);
}

async fn b10_a_heartbeat_that_is_written_late_connects_again(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let id = edge.registered().await;
    app.advance(seconds(20));
    assert_eq!(edge.status(&id).await, "ENABLED");
    // Another manager, which has not heard it, looks for the silent.
    let other = app.another_manager().await.unwrap();
    app.advance(seconds(31));
    presence::job::sweep(&other).await.unwrap();
    assert_eq!(admin.sees_status(&id).await, Status::NotConnected);
    app.flush().await;
    assert_eq!(admin.sees_status(&id).await, Status::Connected);
    let connections = admin.sees(&id).await.connections;
    assert_eq!(connections.len(), 2);
    assert_eq!(connections[1].cause, "no heartbeat");
    other.db.clone().close().await;
}

on_both_databases!(
    b10_a_restart_of_the_manager_marks_nobody_lost,
    b10_an_outage_of_the_database_marks_nobody_lost,
    b10_a_heartbeat_that_is_written_late_connects_again,
);
