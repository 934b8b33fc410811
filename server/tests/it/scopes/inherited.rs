//! What a project uses of what lies above it.

use super::platform;
use crate::support::{Role, StatusCode, TestApp};

const SCRIPT: &str = "echo <+secrets.getValue('db')>";

async fn a_secret_from_above_is_used_by_who_is_named(app: TestApp) {
    let admin = platform(&app).await;
    let manager = app.person_at(Role::DelegateManager, "platform/edge").await.at("platform/edge");
    let value = "a value of the account";
    let made = admin.post("secrets/create", &[("name", "db"), ("value", value)]).await.ok();
    let secret = made.location().split_once("done=").unwrap().1.to_owned();
    let profile = |name: &'static str| {
        [("name", name), ("description", ""), ("startup_script", SCRIPT), ("approval", "off"), ("selectors", "")]
    };
    let (status, body) = manager.call("profiles/create", &profile("edge")).await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "who writes scripts in a project reads nothing of the account: {body}"
    );
    // Its own takes the place of the one above.
    manager.post("secrets/create", &[("name", "db"), ("value", "a value of the project")]).await.ok();
    let made = manager.post("profiles/create", &profile("edge")).await.ok();
    let own = made.location().split_once("done=").unwrap().1.to_owned();
    let token = manager.new_token_with("edge", &[("profile", &own)]).await;
    let delegate = app.delegate(&token.value);
    let id = delegate.registered().await;
    let script = delegate.profile(&id, "").await.text().to_owned();
    assert!(script.contains("a value of the project") && !script.contains(value), "{script}");
    // Where the account names a profile of the project, that may use its secret.
    let core = admin.at("platform/core");
    let plain = core.new_profile("core", false).await;
    let edit = [("id", &*secret), ("description", ""), ("limited", "true"), ("profiles[0]", &*plain)];
    admin.post("secrets/edit", &edit).await.ok();
    let edit = [
        ("id", &*plain),
        ("seen", "1"),
        ("name", "core"),
        ("description", ""),
        ("startup_script", SCRIPT),
        ("approval", "off"),
        ("selectors", ""),
    ];
    core.post("profiles/edit", &edit).await.ok();
    let token = core.new_token_with("core", &[("profile", &plain)]).await;
    let delegate = app.delegate(&token.value);
    let id = delegate.registered().await;
    assert!(delegate.profile(&id, "").await.text().contains(value));
}

async fn what_is_inherited_is_shown_to_who_may_see_it_there(app: TestApp) {
    let admin = platform(&app).await;
    admin.new_token("of the account").await;
    admin.at("platform").new_token("of platform").await;
    admin.at("other").new_token("of other").await;
    let at = |person: &crate::support::Person| person.at("platform/edge");
    let mut seen = at(&admin).tokens_here().await;
    seen.retain(|name| name != "default_token");
    assert_eq!(seen, ["of platform", "of the account"]);
    let of_platform = app.person_at(Role::Viewer, "platform").await;
    assert_eq!(at(&of_platform).tokens_here().await, ["of platform", "default_token", "default_token"]);
    let of_edge = app.person_at(Role::Viewer, "platform/edge").await;
    assert_eq!(at(&of_edge).tokens_here().await, ["default_token"]);
    // Profiles from above can be chosen by name, also by who may not see them.
    let manager = app.person_at(Role::DelegateManager, "platform/edge").await;
    let options: serde_json::Value = at(&manager).ask("install/options", &[]).await;
    assert_eq!(options["profiles"][0][1], "Primary");
    assert_eq!(options["tokens"].as_array().unwrap().len(), 1, "a delegate of the project registers in it");
}

async fn a_list_of_delegates_tells_how_many_are_inherited(app: TestApp) {
    let admin = platform(&app).await;
    let token = admin.new_token("of the account").await;
    app.delegate(&token.value).registered().await;
    let page = admin.at("platform/edge").page("/delegates").await.ok();
    assert!(page.text().contains("1 delegate of the account"));
    assert!(!admin.page("/delegates").await.ok().text().contains("data-inherited"));
    let viewer = app.person_at(Role::Viewer, "platform/edge").await.at("platform/edge");
    assert!(!viewer.page("/delegates").await.ok().text().contains("data-inherited"));
}

on_both_databases!(
    a_secret_from_above_is_used_by_who_is_named,
    what_is_inherited_is_shown_to_who_may_see_it_there,
    a_list_of_delegates_tells_how_many_are_inherited,
);
