//! Putting one delegate out of work, and back, whatever its token.

use std::collections::BTreeSet;

use muster::{audit::Action, delegate::Status};
use muster_server::{events::Topic, presence};
use tokio::sync::broadcast::Receiver;

use crate::support::{Client, Code, Person, StatusCode, TestApp, conflict, json, seconds};

/// An administrator, and a delegate that works.
async fn someone_works(app: &TestApp) -> (Person, Client, String) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Edge", false).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let edge = app.delegate(&token.value).with_key(1);
    let id = edge.registered().await;
    assert_eq!(edge.status(&id).await, "ENABLED");
    (admin, edge, id)
}

async fn disables(admin: &Person, id: &str, note: &str) {
    admin.post("delegates/disable", &[("id", id), ("note", note), ("back", "/delegates")]).await.ok();
}

async fn a_disabled_delegate_is_refused_and_gets_nothing_until_it_is_enabled(app: TestApp) {
    let (admin, edge, id) = someone_works(&app).await;
    let other = edge.named("edge-2").with_key(2);
    let other_id = other.registered().await;
    let decided_at = app.now();
    disables(&admin, &id, "  Moves to the new rack ").await;

    let reply = edge.heartbeat(&id).await.resource();
    assert_eq!((&reply["status"], &reply["reason"]), (&json!("DELETED"), &json!("DISABLED")));
    assert_eq!(reply["applies"], json!(null));
    let reply = edge.register().await.resource();
    assert_eq!((&reply["delegateId"], &reply["action"]), (&json!(""), &json!("SELF_DESTRUCT")));
    assert_eq!(reply["reason"], json!("DISABLED"));
    assert_eq!(edge.profile(&id, "").await.resource(), json!(null), "no script");
    assert_eq!(edge.task_events(&id).await.ok().json(), json!({"delegateTaskEvents": []}));
    assert_eq!(other.status(&other_id).await, "ENABLED", "its token is as good as before");

    let seen = admin.sees(&id).await;
    let disabled = seen.row.delegate.disabled.expect("who did it");
    assert_eq!(
        (seen.row.status, disabled.by, disabled.at >= decided_at),
        (Status::Disabled, admin.email.clone(), true)
    );
    assert_eq!(disabled.note.unwrap().as_str(), "Moves to the new rack");
    assert_eq!(seen.connections[0].cause, "disabled");
    assert!(seen.audit.rows[0].detail.ends_with("; note Moves to the new rack"), "{}", seen.audit.rows[0].detail);
    for (status, listed) in [(None, true), (Some(Status::Disabled), true), (Some(Status::NotConnected), false)] {
        assert_eq!(admin.row_with(status, &id).await.is_some(), listed, "{status:?}");
    }

    app.restart().await;
    assert_eq!(edge.status(&id).await, "DELETED");
    admin.acts("delegates/enable", &id).await.ok();
    assert_eq!(edge.registered().await, id, "the same delegate");
    assert_eq!(edge.status(&id).await, "ENABLED");
    let seen = admin.sees(&id).await;
    assert_eq!((seen.row.status, seen.row.delegate.disabled), (Status::Connected, None));
    for action in [Action::DelegateDisabled, Action::DelegateEnabled] {
        assert_eq!(app.audit_of(action).await.len(), 1, "{action:?}");
    }
}

async fn when_it_last_tried_is_shown(app: TestApp) {
    let (admin, edge, id) = someone_works(&app).await;
    disables(&admin, &id, "").await;
    app.advance(seconds(60));
    let tried_at = app.now();
    edge.register().await.ok();
    app.flush().await;
    let delegate = admin.sees(&id).await.row.delegate;
    assert!(delegate.refused_at.is_some_and(|at| at >= tried_at), "{:?}", delegate.refused_at);
    assert_eq!(delegate.disabled.unwrap().note, None);
}

/// Everything that was told by now: news comes in the order of commits, so this commits some that nothing else does.
async fn told(app: &TestApp, news: &mut Receiver<Topic>) -> BTreeSet<Topic> {
    let mut change = app.state().db.write().await.unwrap();
    change.touches(Topic::Secrets);
    change.commit().await.unwrap();
    let mut told = BTreeSet::new();
    while !told.contains(&Topic::Secrets) {
        told.insert(tokio::time::timeout(seconds(60), news.recv()).await.expect("it is told").unwrap());
    }
    told
}

async fn that_it_goes_on_calling_is_no_news(app: TestApp) {
    let (admin, edge, id) = someone_works(&app).await;
    let mut news = app.state().events.subscribe();
    disables(&admin, &id, "").await;
    told(&app, &mut news).await;
    edge.register().await.ok();
    app.flush().await;
    assert!(told(&app, &mut news).await.contains(&Topic::Delegates), "that it is refused");
    for _ in 0..3 {
        app.advance(seconds(60));
        let tried_at = app.now();
        edge.register().await.ok();
        let heard = presence::job::flush(&app.state()).await.unwrap();
        assert!(heard, "pages that show when it called are told of a sign of life");
        assert!(admin.sees(&id).await.row.delegate.refused_at.is_some_and(|at| at >= tried_at));
    }
    assert_eq!(told(&app, &mut news).await, BTreeSet::from([Topic::Secrets]));
}

async fn what_is_disabled_takes_no_decision_and_what_waits_is_not_disabled(app: TestApp) {
    let (admin, edge, id) = someone_works(&app).await;
    assert_eq!(admin.acts("delegates/enable", &id).await.pair(), conflict(Code::WrongState, "edge-1 is not disabled."));
    disables(&admin, &id, "").await;
    let again = admin.acts("delegates/disable", &id).await.pair();
    assert_eq!(again, conflict(Code::WrongState, "edge-1 is not enabled: there is nothing to disable."));
    let sentence = format!("edge-1 was already disabled by {}.", admin.email);
    assert_eq!(admin.decides("approve", &id).await.pair(), conflict(Code::Changed, &sentence));
    assert_eq!(admin.acts("scripts/run-again", &id).await.status, StatusCode::CONFLICT);

    let careful = admin.new_profile("Approval", true).await;
    let waits = edge.named("edge-3").with_key(3).with("delegateProfileId", json!(careful)).registered().await;
    assert_eq!(admin.acts("delegates/disable", &waits).await.status, StatusCode::CONFLICT);
}

async fn a_note_is_one_line_and_kept_with_each_decision(app: TestApp) {
    let (admin, edge, _) = someone_works(&app).await;
    let careful = admin.new_profile("Approval", true).await;
    let waits = edge.named("edge-3").with_key(3).with("delegateProfileId", json!(careful)).registered().await;
    let approves = async |note: &str| {
        let form = [("id", waits.as_str()), ("seen", "1"), ("note", note), ("back", "")];
        admin.post("delegates/approve", &form).await
    };
    for wrong in ["one\ntwo", &"x".repeat(501)] {
        assert_eq!(approves(wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    approves("As agreed with Ada").await.ok();
    let seen = admin.sees(&waits).await;
    let note = seen.row.delegate.decision.and_then(|decision| decision.note).expect("a note");
    assert_eq!(note.as_str(), "As agreed with Ada");
    assert!(seen.audit.rows[0].detail.ends_with("; note As agreed with Ada"), "{}", seen.audit.rows[0].detail);
}

async fn a_copy_of_its_key_is_refused_too(app: TestApp) {
    let (admin, edge, id) = someone_works(&app).await;
    disables(&admin, &id, "").await;
    let copy = edge.with_key(1);
    assert_eq!(copy.status(&id).await, "DELETED");
    assert_eq!(admin.sees_status(&id).await, Status::Disabled);
}

on_both_databases!(
    a_disabled_delegate_is_refused_and_gets_nothing_until_it_is_enabled,
    when_it_last_tried_is_shown,
    that_it_goes_on_calling_is_no_news,
    what_is_disabled_takes_no_decision_and_what_waits_is_not_disabled,
    a_note_is_one_line_and_kept_with_each_decision,
    a_copy_of_its_key_is_refused_too,
);
