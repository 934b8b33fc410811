//! What people change about a delegate: its selectors and its profile.

use muster::audit::Action;

use crate::support::{Answer, Person, StatusCode, TestApp, json};

impl Person {
    async fn selects(&self, id: &str, selectors: &str, own: bool) -> Answer {
        let own = if own { "true" } else { "false" };
        self.post("delegates/edit-selectors", &[("id", id), ("selectors", selectors), ("own", own), ("back", "")]).await
    }

    async fn switches(&self, id: &str, profile: &str) -> Answer {
        self.post("delegates/switch-profile", &[("id", id), ("profile", profile), ("back", "")]).await
    }
}

async fn selectors_that_a_person_gave_survive_a_restart_of_the_delegate(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let edge = app.delegate(&token.value).with("tags", json!(["linux", "frankfurt"]));
    let id = edge.registered().await;
    let own = async || admin.sees(&id).await.row.delegate.own_selectors().to_string();
    assert_eq!(own().await, "linux, frankfurt");

    admin.selects(&id, "by-hand, production", false).await.ok();
    edge.unregister(&id).await.ok();
    assert_eq!(edge.with("tags", json!(["other"])).registered().await, id);
    assert_eq!(own().await, "by-hand, production");
    assert_eq!(admin.sees(&id).await.row.delegate.facts.tags.to_string(), "other", "its own word is kept");
    assert_eq!(admin.finds("by-hand").await, ["edge-1"], "they are searched in");
    assert!(admin.finds("other").await.is_empty());

    // None at all is a choice, too.
    admin.selects(&id, "", false).await.ok();
    edge.registered().await;
    assert_eq!(own().await, "");
    admin.selects(&id, "ignored", true).await.ok();
    assert_eq!(own().await, "linux, frankfurt");
    assert_eq!(app.audit_of(Action::SelectorsEdited).await.len(), 3);

    let (status, body) = admin.selects(&id, &"x".repeat(200), false).await.pair();
    assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("selectors")));
}

async fn a_delegate_gets_another_profile_and_its_script(app: TestApp) {
    let admin = app.administrator().await;
    let open = admin.new_profile("Open", false).await;
    let careful = admin.new_profile("Careful", true).await;
    let token = admin.new_token_with("edge", &[("profile", &open)]).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    let applies = async || edge.heartbeat(&id).await.resource()["applies"].clone();
    let before = applies().await;
    assert_eq!(before["profileId"], json!(open));

    admin.switches(&id, &careful).await.ok();
    assert_eq!(edge.status(&id).await, "ENABLED", "that it requires approval has no effect on a registered one");
    let after = applies().await;
    assert_eq!(after["profileId"], json!(careful));
    assert!(after["lastUpdatedAt"].as_i64() > before["lastUpdatedAt"].as_i64());
    edge.registered().await;
    assert_eq!(admin.sees(&id).await.row.profile, "Careful", "it survives a registration");
    let script = edge.profile(&id, &format!("&profileId={open}&lastUpdatedAt={}", app.now().as_millis())).await;
    assert_eq!(script.resource()["name"], "Careful");
    let entries = app.audit_of(Action::ProfileSwitched).await;
    assert_eq!(entries.iter().map(|entry| entry.detail.as_str()).collect::<Vec<_>>(), ["Open → Careful"]);

    for wrong in [careful.as_str(), "nonsense", "01900000-0000-7000-8000-000000000000"] {
        let (status, body) = admin.switches(&id, wrong).await.pair();
        assert_eq!(
            (status, &body["Problem"]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("profile")),
            "{wrong}"
        );
    }
}

async fn delegates_that_are_moved_to_primary_apply_it(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Going", false).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    let (status, _) = admin.acts("profiles/delete", &profile).await.pair();
    assert_eq!(status, StatusCode::CONFLICT);
    admin.post("profiles/delete", &[("id", &profile), ("move_delegates", "true")]).await.ok();
    assert_eq!(edge.heartbeat(&id).await.resource()["applies"]["profileId"], json!(admin.primary().await));
}

on_both_databases!(
    selectors_that_a_person_gave_survive_a_restart_of_the_delegate,
    a_delegate_gets_another_profile_and_its_script,
    delegates_that_are_moved_to_primary_apply_it,
);
