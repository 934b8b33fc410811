//! The profile that a delegate applies: only once it is admitted, and only what is new to it.

use crate::support::{Answer, Client, StatusCode, TestApp, Value, json};

async fn told(edge: &Client, id: &str, more: &str) -> Value {
    edge.profile(id, more).await.resource()
}

async fn only_who_is_admitted_gets_a_script(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let edge = app.delegate(&admin.new_token("edge").await.value).with("delegateProfileId", json!(profile));
    let id = edge.registered().await;
    assert_eq!(told(&edge, &id, "").await, Value::Null, "it waits");
    admin.decides("reject", &id).await.ok();
    assert_eq!(told(&edge, &id, "").await, Value::Null, "it is rejected");
    admin.acts("delegates/take-back", &id).await.ok();
    assert_eq!(told(&edge, &id, "").await, Value::Null, "it waits again");
    admin.decides("approve", &id).await.ok();
    let updated_at = admin.profile(&profile).await.row.profile.updated_at.as_millis();
    let expected = json!({"name": "Approval", "profileId": profile, "profileLastUpdatedAt": updated_at,
        "scriptContent": "echo hello"});
    assert_eq!(told(&edge, &id, "").await, expected);
    assert_eq!(told(&edge, "01900000-0000-7000-8000-000000000000", "").await, Value::Null, "nobody has that id");
    assert_eq!(told(&edge, "none", "").await, Value::Null);
    admin.acts("delegates/delete", &id).await.ok();
    assert_eq!(told(&edge, &id, "").await, Value::Null, "it is deleted");
}

async fn what_is_applied_is_not_sent_again(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Edge", false).await;
    let edge = app.delegate(&admin.new_token("edge").await.value).with("delegateProfileId", json!(profile));
    let id = edge.registered().await;
    let updated_at = told(&edge, &id, "").await["profileLastUpdatedAt"].as_i64().unwrap();
    let has = format!("&profileId={profile}&lastUpdatedAt={updated_at}");
    assert_eq!(told(&edge, &id, &has).await, Value::Null, "it has this very state");
    for new in [
        "&profileId=&lastUpdatedAt=0".to_owned(),
        format!("&profileId={profile}&lastUpdatedAt=0"),
        format!("&profileId={profile}&lastUpdatedAt={}", updated_at - 1),
        format!("&profileId=another&lastUpdatedAt={updated_at}"),
        format!("&profileId={profile}"),
    ] {
        assert_eq!(told(&edge, &id, &new).await["scriptContent"], "echo hello", "{new}");
    }
    let form = [
        ("id", profile.as_str()),
        ("seen", "1"),
        ("name", "Edge"),
        ("description", ""),
        ("startup_script", "echo \"ä\"\r\n"),
        ("approval", "off"),
        ("selectors", ""),
        ("run", "true"),
    ];
    admin.post("profiles/edit", &form).await.ok();
    assert_eq!(told(&edge, &id, &has).await["scriptContent"], "echo \"ä\"\n", "it was changed");
    admin.post("profiles/delete", &[("id", &profile), ("move_delegates", "true")]).await.ok();
    assert_eq!(told(&edge, &id, &has).await["name"], "Primary", "it has another profile now");
}

fn envelope_of_an_error(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    assert_eq!(answer.refusal().1, "INVALID_REQUEST");
}

async fn queries_that_cannot_be_read_are_refused_like_bodies(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let id = edge.registered().await;
    assert_eq!(told(&edge, &id, "&lastUpdatedAt=").await["name"], "Primary", "empty means none, as in bodies");
    envelope_of_an_error(&edge.profile(&id, "&lastUpdatedAt=soon").await);
}

on_both_databases!(
    only_who_is_admitted_gets_a_script,
    what_is_applied_is_not_sent_again,
    queries_that_cannot_be_read_are_refused_like_bodies,
);
