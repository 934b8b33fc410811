//! Expiry and deletion.

use muster::{delegate::Status, time::Timestamp, token::TokenStatus};

use crate::support::{Code, StatusCode, TestApp, conflict, days};

async fn a_token_expires_to_the_second(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token_with("edge", &[("expires_in_days", "1")]).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    let expires_at = admin.token(&token.id).await.row.token.expires_at.expect("an end");
    let a_moment_before = Timestamp::from_millis(expires_at.as_millis() - 1);
    for client in [edge.clone(), edge.without_kid()] {
        app.set_clock(a_moment_before);
        assert_eq!(client.status(&id).await, "ENABLED");
        app.set_clock(expires_at);
        let refusal = client.heartbeat(&id).await.refusal();
        let expired = (StatusCode::UNAUTHORIZED, "EXPIRED_TOKEN".to_owned(), "Token expired.".to_owned());
        assert_eq!(refusal, expired);
        assert_eq!(client.named("edge-2").register().await.refusal(), expired);
    }
    app.set_clock(a_moment_before);
    assert_eq!(admin.token(&token.id).await.row.status, TokenStatus::Active);
    app.set_clock(expires_at);
    assert_eq!(admin.token(&token.id).await.row.status, TokenStatus::Expired);
    assert_eq!(admin.token_names(false).await, ["default_token", "edge"], "it stays in the list");
}

async fn revoked_tells_more_than_expired(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token_with("edge", &[("expires_in_days", "1")]).await;
    let edge = app.delegate(&token.value);
    app.advance(days(2));
    admin.acts("tokens/revoke", &token.id).await.ok();
    assert_eq!(edge.register().await.refusal().1, "REVOKED_TOKEN");
}

async fn only_what_is_revoked_or_expired_is_deleted(app: TestApp) {
    let admin = app.administrator().await;
    let revoked = admin.new_token("revoked").await;
    let expired = admin.new_token_with("expired", &[("expires_in_days", "1")]).await;
    for (id, name) in [(&revoked.id, "revoked"), (&expired.id, "expired")] {
        let (status, body) = admin.acts("tokens/delete", id).await.pair();
        let sentence = format!("{name} is active. Revoke it first, then delete it.");
        assert_eq!((status, body), conflict(Code::WrongState, &sentence));
    }
    app.advance(days(1));
    admin.acts("tokens/revoke", &revoked.id).await.ok();
    for token in [&revoked, &expired] {
        admin.acts("tokens/delete", &token.id).await.ok();
        assert_eq!(admin.acts("tokens/delete", &token.id).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.delegate(&token.value).register().await.refusal().1, "INVALID_TOKEN");
    }
    assert_eq!(admin.token_names(true).await, ["default_token"]);
}

async fn delegates_of_a_deleted_token_stay_in_the_list(app: TestApp) {
    let admin = app.administrator().await;
    let [old, new] = [admin.new_token("old").await, admin.new_token("new").await];
    let edge = app.delegate(&old.value).with_key(1);
    let id = edge.registered().await;
    admin.acts("tokens/revoke", &old.id).await.ok();
    admin.acts("tokens/delete", &old.id).await.ok();
    let row = admin.row_with(None, &id).await.expect("it stays");
    assert_eq!((row.status, row.token.as_str(), row.token_status), (Status::NotConnected, "(deleted)", None));
    assert_eq!(edge.holding(&new.value).registered().await, id);
    assert_eq!(admin.sees(&id).await.row.token, "new");
}

on_both_databases!(
    a_token_expires_to_the_second,
    revoked_tells_more_than_expired,
    only_what_is_revoked_or_expired_is_deleted,
    delegates_of_a_deleted_token_stay_in_the_list,
);
