//! How long a session lasts, and what it leaves in the database.

use muster_app::console::Frame;
use muster_server::auth::session;

use crate::support::{
    Role, StatusCode, TestApp,
    database::{everything_stored, holds},
    days, seconds,
};

async fn everything_survives_a_restart(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let unread = admin.makes_token("unread", &[]).await;
    let profile = admin.new_profile("Approval", true).await;
    let edge = app.delegate(&token.value).with("delegateProfileId", profile.as_str().into());
    let id = edge.registered().await;
    let before = admin.sees(&id).await;
    app.restart().await;
    let frame: Frame = admin.ask("session/frame", &[]).await;
    assert_eq!((&frame.email, frame.pending), (&admin.email, 1));
    assert_eq!(admin.sees(&id).await, before);
    assert_eq!(edge.status(&id).await, "WAITING_FOR_APPROVAL");
    assert_eq!(admin.profile(&profile).await.row.delegates, 1);
    let shown = admin.call("tokens/reveal", &[("id", &unread)]).await;
    assert_eq!(shown.1["name"], "unread", "a value that nobody has seen can still be seen");
}

async fn a_session_ends_after_a_week(app: TestApp) {
    let viewer = app.person(Role::Viewer).await;
    app.advance(days(7) - seconds(60));
    viewer.post("session/frame", &[]).await.ok();
    app.advance(seconds(120));
    assert_eq!(viewer.post("session/frame", &[]).await.status, StatusCode::UNAUTHORIZED);
    session::tidy(&app.state().db, app.now()).await.unwrap();
    assert!(app.sessions().await.is_empty());
}

async fn who_reads_the_database_cannot_sign_in_with_it(app: TestApp) {
    let viewer = app.person(Role::Viewer).await;
    let cookie = viewer.cookie().unwrap();
    let (_, id) = cookie.split_once('=').unwrap();
    let stored = everything_stored(&app).await;
    assert!(holds(&stored, viewer.email.as_bytes()), "what is searched is what is stored");
    assert!(!holds(&stored, id.as_bytes()));
    assert!(!holds(&stored, crate::support::person::PASSWORD.as_bytes()));
}

on_both_databases!(
    everything_survives_a_restart,
    a_session_ends_after_a_week,
    who_reads_the_database_cannot_sign_in_with_it,
);
