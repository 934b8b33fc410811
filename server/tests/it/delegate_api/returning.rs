//! Delegates that come back.

use muster::{audit::Action, delegate::Status};

use crate::support::{Client, Person, StatusCode, TestApp, json};

/// A delegate that was approved, under a profile that requires it.
async fn an_approved_delegate(app: &TestApp) -> (Person, Client, String) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    admin.decides("approve", &id).await.ok();
    (admin, edge, id)
}

async fn an_id_is_no_proof(app: TestApp) {
    let (admin, edge, id) = an_approved_delegate(&app).await;
    for other in [edge.named("renamed"), edge.on("host-2")] {
        let other = other.with("delegateId", json!(id));
        let new = other.registered().await;
        assert_ne!(new, id, "an id that was copied is no proof");
        assert_eq!(other.status(&new).await, "WAITING_FOR_APPROVAL");
    }
    let row = admin.sees(&id).await.row;
    assert_eq!((row.delegate.facts.name.as_str(), row.status), ("edge-1", Status::Connected));
    assert_eq!(row.profile, "Approval");
}

async fn it_is_known_by_host_and_name(app: TestApp) {
    let (admin, edge, id) = an_approved_delegate(&app).await;
    for known in [edge.clone(), edge.with("delegateId", json!("")), edge.with("delegateId", json!("no id"))] {
        assert_eq!(known.registered().await, id);
        assert_eq!(known.status(&id).await, "ENABLED");
    }
    let stale = edge.with("delegateId", json!("01900000-0000-7000-8000-000000000000"));
    assert_eq!(stale.registered().await, id, "an id that nobody has does not hide it");
    assert_ne!(edge.named("edge-2").registered().await, id);
    assert_ne!(edge.on("host-2").registered().await, id);
    assert_eq!(app.count_delegates().await, 3);
    assert_eq!(admin.sees(&id).await.row.profile, "Approval");
}

async fn it_keeps_its_profile_whatever_it_asks_for(app: TestApp) {
    let (admin, edge, id) = an_approved_delegate(&app).await;
    let lax = admin.new_profile("Lax", false).await;
    assert_eq!(edge.with("delegateProfileId", json!(lax)).registered().await, id);
    assert_eq!(admin.sees(&id).await.row.profile, "Approval");

    let waiting = edge.named("waiting");
    let id = waiting.registered().await;
    let waiting = waiting.with("delegateProfileId", json!("Lax"));
    assert_eq!(waiting.registered().await, id);
    assert_eq!(waiting.status(&id).await, "WAITING_FOR_APPROVAL", "asking for another profile is no way in");
}

async fn a_new_token_makes_no_new_delegate_of_one_that_has_a_key(app: TestApp) {
    let admin = app.administrator().await;
    let [first, second, third] =
        [admin.new_token("first").await, admin.new_token("second").await, admin.new_token("third").await];
    let edge = app.delegate(&first.value).with_key(1);
    let id = edge.registered().await;
    let edge = edge.holding(&second.value);
    assert_eq!(edge.registered().await, id);
    assert_eq!(edge.status(&id).await, "ENABLED");
    assert_eq!(admin.sees(&id).await.row.token, "second");
    let edge = edge.holding(&third.value).named("renamed");
    assert_eq!(edge.registered().await, id, "by its key, whatever it is called");
    assert_eq!(admin.sees(&id).await.row.token, "third");
    // A delegate that was reconfigured and kept its id may go on with a heartbeat.
    let edge = edge.holding(&second.value);
    assert_eq!(edge.status(&id).await, "ENABLED");
    assert_eq!(admin.sees(&id).await.row.token, "second");
    assert_eq!(admin.token(&second.id).await.total, 1);
    assert_eq!(admin.token(&third.id).await.total, 0);
    let steps = app.audit_of(Action::TokenSwitched).await;
    let steps: Vec<&str> = steps.iter().map(|row| row.detail.as_str()).collect();
    assert_eq!(
        steps,
        ["token first → second", "token second → third", "token third → second"],
        "each is in the record"
    );
}

async fn heartbeats_of_unknown_delegates_change_nothing(app: TestApp) {
    let (_, edge, _) = an_approved_delegate(&app).await;
    for id in ["01900000-0000-7000-8000-000000000000", "no id", ""] {
        let reply = edge.heartbeat(id).await.resource();
        assert_eq!((&reply["delegateId"], &reply["status"]), (&json!(id), &json!("DELETED")));
        assert_eq!(edge.task_events(id.trim_matches(' ').split(' ').next().unwrap()).await.status, StatusCode::OK);
    }
    assert_eq!(app.count_delegates().await, 1);
}

async fn polls_with_an_empty_id_are_answered(app: TestApp) {
    let (_, edge, _) = an_approved_delegate(&app).await;
    let answer = edge.task_events("").await.ok();
    assert_eq!(answer.json(), json!({"delegateTaskEvents": []}));
    let path = format!("/api/agent/delegates//task-events?accountId={}", app.state().account);
    let refused = edge.raw(axum::http::Method::GET, &path, None, Vec::new()).await;
    assert_eq!(refused.refusal().1, "INVALID_TOKEN");
}

on_both_databases!(
    an_id_is_no_proof,
    it_is_known_by_host_and_name,
    it_keeps_its_profile_whatever_it_asks_for,
    a_new_token_makes_no_new_delegate_of_one_that_has_a_key,
    heartbeats_of_unknown_delegates_change_nothing,
    polls_with_an_empty_id_are_answered,
);
