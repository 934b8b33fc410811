//! Revocation: final, and from the next request on.

use muster::{audit::Action, delegate::Status, token::TokenStatus};

use crate::support::{Answer, Code, StatusCode, TestApp, conflict, json, seconds};

/// The refusal, byte for byte as existing clients read it.
fn says_revoked(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("x-harness-error"), "REVOKED_TOKEN");
    assert_eq!(answer.header("content-type"), "application/json");
    let message = json!({"code": "REVOKED_TOKEN", "level": "ERROR", "message": "Revoked Delegate Token.",
        "exception": null, "failureTypes": []});
    assert_eq!(answer.json(), json!({"metaData": null, "resource": null, "responseMessages": [message]}));
}

async fn from_the_next_request_on_every_call_is_refused(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    assert_eq!(edge.status(&id).await, "ENABLED");
    admin.acts("tokens/revoke", &token.id).await.ok();
    for client in [edge.clone(), edge.without_kid()] {
        says_revoked(&client.heartbeat(&id).await);
        says_revoked(&client.register().await);
        says_revoked(&client.named("edge-2").register().await);
        says_revoked(&client.profile(&id, "").await);
        says_revoked(&client.task_events(&id).await);
        says_revoked(&client.task_events("").await);
        says_revoked(&client.unregister(&id).await);
    }
    assert_eq!(app.count_delegates().await, 1, "no new one came in");
}

async fn its_delegates_are_shown_as_cut_off_at_once(app: TestApp) {
    let admin = app.administrator().await;
    let [token, other] = [admin.new_token("edge").await, admin.new_token("other").await];
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    let bystander = app.delegate(&other.value).named("bystander").registered().await;
    edge.heartbeat(&id).await.ok();
    let revoked_at = app.now();
    admin.acts("tokens/revoke", &token.id).await.ok();
    // A heartbeat that was noted before is written after.
    app.flush().await;

    let row = admin.row_with(None, &id).await.expect("it stays in the list");
    assert_eq!((row.status, row.token_status), (Status::NotConnected, Some(TokenStatus::Revoked)));
    assert_eq!(row.delegate.refused_at, None, "it has not been refused yet");
    assert_eq!(admin.sees_status(&bystander).await, Status::Connected);
    let detail = admin.sees(&id).await;
    assert_eq!(detail.connections[0].lost_at, Some(revoked_at));
    assert_eq!(detail.connections[0].cause, "token revoked");
    let list = admin.token(&token.id).await;
    assert_eq!((list.row.status, list.row.connected, list.total), (TokenStatus::Revoked, 0, 1));

    let refused_at = app.now();
    says_revoked(&edge.heartbeat(&id).await);
    app.flush().await;
    assert_eq!(admin.sees(&id).await.row.delegate.refused_at, Some(refused_at), "its last word");
    app.advance(seconds(20));
    let refused_at = app.now();
    says_revoked(&edge.without_kid().heartbeat(&id).await);
    app.flush().await;
    assert_eq!(admin.sees(&id).await.row.delegate.refused_at, Some(refused_at));
    assert_eq!(admin.sees_status(&id).await, Status::NotConnected);
}

async fn a_revoked_token_tells_of_its_own_delegates_only(app: TestApp) {
    let admin = app.administrator().await;
    let [token, other] = [admin.new_token("edge").await, admin.new_token("other").await];
    let id = app.delegate(&other.value).registered().await;
    admin.acts("tokens/revoke", &token.id).await.ok();
    says_revoked(&app.delegate(&token.value).heartbeat(&id).await);
    assert_eq!(admin.sees(&id).await.row.delegate.refused_at, None);
}

async fn revocation_is_final(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.makes_token("edge", &[]).await;
    admin.acts("tokens/revoke", &id).await.ok();
    let (status, body) = admin.acts("tokens/revoke", &id).await.pair();
    assert_eq!((status, body), conflict(Code::Changed, "edge is already revoked."));
    assert_eq!(app.audit_of(Action::TokenRevoked).await.len(), 1);
}

async fn of_two_who_revoke_at_once_one_is_told(app: TestApp) {
    let (ada, bob) = (app.administrator().await, app.administrator().await);
    for number in 0..4 {
        let id = ada.makes_token(&format!("edge-{number}"), &[]).await;
        let (one, other) = tokio::join!(ada.acts("tokens/revoke", &id), bob.acts("tokens/revoke", &id));
        let mut statuses = [one.status, other.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::OK, StatusCode::CONFLICT]);
    }
    assert_eq!(app.audit_of(Action::TokenRevoked).await.len(), 4);
}

async fn a_revocation_and_registrations_at_once_leave_nobody_connected(app: TestApp) {
    let admin = app.administrator().await;
    for number in 0..4 {
        let token = admin.new_token(&format!("edge-{number}")).await;
        let edge = app.delegate(&token.value).on(&format!("host-{number}"));
        let id = edge.registered().await;
        let (first, second) = (edge.named("first"), edge.named("second"));
        let (_, revoked, _, _) = tokio::join!(
            first.register(),
            admin.acts("tokens/revoke", &token.id),
            second.register(),
            edge.heartbeat(&id),
        );
        revoked.ok();
        app.flush().await;
        let used = admin.token(&token.id).await;
        assert!(used.users.iter().all(|user| user.status == Status::NotConnected), "{used:?}");
    }
}

async fn a_revoked_delegate_comes_back_with_another_token(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let old = admin.new_token_with("old", &[("profile", &profile)]).await;
    let new = admin.new_token_with("new", &[("profile", &profile)]).await;
    let edge = app.delegate(&old.value).with_key(1);
    let id = edge.registered().await;
    admin.decides("approve", &id).await.ok();
    admin.acts("tokens/revoke", &old.id).await.ok();
    says_revoked(&edge.heartbeat(&id).await);

    let edge = edge.holding(&new.value);
    assert_eq!(edge.registered().await, id, "the same delegate");
    assert_eq!(edge.status(&id).await, "ENABLED", "without another approval");
    let row = admin.sees(&id).await.row;
    assert_eq!(
        (row.status, row.token.as_str(), row.token_status),
        (Status::Connected, "new", Some(TokenStatus::Active))
    );
    assert_eq!(row.delegate.refused_at, None);
}

on_both_databases!(
    from_the_next_request_on_every_call_is_refused,
    its_delegates_are_shown_as_cut_off_at_once,
    a_revoked_token_tells_of_its_own_delegates_only,
    revocation_is_final,
    of_two_who_revoke_at_once_one_is_told,
    a_revocation_and_registrations_at_once_leave_nobody_connected,
    a_revoked_delegate_comes_back_with_another_token,
);
