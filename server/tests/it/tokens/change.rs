//! Changing a token: its name, how it admits delegates, and until when it is good.

use muster::{
    audit::Action,
    delegate::Status,
    token::{TokenDetail, TokenStatus},
};
use muster_server::presence;

use crate::support::{Code, Person, StatusCode, TestApp, conflict, days, seconds};

impl Person {
    /// Everything about a token.
    pub async fn token_detail(&self, id: &str) -> TokenDetail {
        self.ask("tokens/get", &[("id", id)]).await
    }
}

async fn its_name_and_how_it_admits_are_edited(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Canary", false).await;
    let token = admin.new_token("edge").await;
    let form = |name| [("id", token.id.as_str()), ("name", name), ("back", "/tokens"), ("profile", &profile)];
    let (status, body) = admin.post("tokens/edit", &form("default_token")).await.pair();
    assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &"name".into()));
    let elsewhere = [("id", token.id.as_str()), ("name", "edge"), ("back", ""), ("profile", &token.id)];
    let (status, body) = admin.post("tokens/edit", &elsewhere).await.pair();
    assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &"profile".into()));

    let saved = [&form("build")[..], &[("requires_approval", "true")]].concat();
    assert_eq!(admin.post("tokens/edit", &saved).await.ok().location(), format!("/tokens?done={}", token.id));
    let seen = admin.token_detail(&token.id).await;
    assert_eq!((seen.row.token.name.as_str(), seen.default_profile.as_str()), ("build", "Canary"));
    let id = app.delegate(&token.value).registered().await;
    let row = admin.sees(&id).await.row;
    assert_eq!((row.status, row.profile.as_str(), row.token.as_str()), (Status::PendingApproval, "Canary", "build"));

    // The same again changes nothing, and is not recorded.
    admin.post("tokens/edit", &saved).await.ok();
    let recorded = app.audit_of(Action::TokenEdited).await;
    let details: Vec<&str> = recorded.iter().map(|entry| entry.detail.as_str()).collect();
    let all = "name: edge → build; default profile: Primary → Canary; approval: as the profile says → always";
    assert_eq!(details, [all]);

    admin.acts("tokens/revoke", &token.id).await.ok();
    let (status, body) = admin.post("tokens/edit", &form("other")).await.pair();
    assert_eq!((status, body), conflict(Code::WrongState, "build is revoked: it cannot be changed any more."));
}

async fn a_token_is_extended_also_once_it_has_expired(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token_with("edge", &[("expires_in_days", "1")]).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    let before = admin.token(&token.id).await.row.token.expires_at.unwrap();
    app.advance(days(2));
    assert_eq!(edge.heartbeat(&id).await.refusal().1, "EXPIRED_TOKEN");

    let extend = async |form: &[(&str, &str)]| {
        let form = [&[("id", token.id.as_str()), ("back", "")][..], form].concat();
        admin.post("tokens/extend", &form).await
    };
    for (form, field) in [
        (&[("expires_in_days", "date"), ("expires_at", "2001-01-01T00:00")][..], "expires_at"),
        (&[("expires_in_days", "date")], "expires_at"),
        (&[("expires_in_days", "0")], "expires_in_days"),
    ] {
        let (status, body) = extend(form).await.pair();
        assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &field.into()), "{form:?}");
    }
    let until = app.now().plus(days(9)).to_minute();
    extend(&[("expires_in_days", "date"), ("expires_at", &until)]).await.ok();
    let row = admin.token(&token.id).await.row;
    assert_eq!((row.status, row.token.expires_at.unwrap().to_minute()), (TokenStatus::Active, until.clone()));
    assert!(row.expires_soon, "in nine days");
    assert_eq!(edge.status(&id).await, "ENABLED", "it comes back by itself");

    let (status, body) = extend(&[("expires_in_days", "2")]).await.pair();
    assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &"expires_in_days".into()));
    extend(&[("expires_in_days", "")]).await.ok();
    assert_eq!(admin.token(&token.id).await.row.token.expires_at, None);
    let details: Vec<String> = app.audit_of(Action::TokenExtended).await.into_iter().map(|one| one.detail).collect();
    let until = format!("{} UTC", until.replace('T', " "));
    assert_eq!(details, [format!("expires: {} → {until}", before.for_people()), format!("expires: {until} → never")]);
    admin.acts("tokens/revoke", &token.id).await.ok();
    let (status, _) = extend(&[("expires_in_days", "30")]).await.pair();
    assert_eq!(status, StatusCode::CONFLICT);
}

async fn u04_who_is_connected_by_a_token_is_not_any_more_once_it_expires(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token_with("edge", &[("expires_in_days", "1")]).await;
    let (edge, other) =
        (app.delegate(&token.value), app.delegate(&admin.new_token("other").await.value).named("other"));
    app.advance(days(1) - seconds(5));
    let (id, other) = (edge.registered().await, other.registered().await);
    let start = app.now();
    let look = async || {
        presence::job::disconnect_expired(&app.state(), start, app.now()).await.unwrap();
        admin.sees_status(&id).await
    };
    assert_eq!(look().await, Status::Connected);
    app.advance(seconds(5));
    assert_eq!(look().await, Status::NotConnected);
    let seen = admin.sees(&id).await;
    assert_eq!(seen.row.token_status, Some(TokenStatus::Expired));
    assert_eq!(seen.connections[0].cause, "token expired");
    assert_eq!(admin.sees_status(&other).await, Status::Connected);
    // What was heard of it before, and is written only now, changes nothing.
    app.flush().await;
    assert_eq!(look().await, Status::NotConnected);
}

on_both_databases!(
    its_name_and_how_it_admits_are_edited,
    a_token_is_extended_also_once_it_has_expired,
    u04_who_is_connected_by_a_token_is_not_any_more_once_it_expires,
);
