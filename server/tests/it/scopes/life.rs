//! From the making of a project to its end.

use muster::{
    audit::Action,
    id::ScopeId,
    scope::{ScopeChoice, ScopeDetail},
};

use super::platform;
use crate::support::{Role, StatusCode, TestApp, json};

async fn each_has_what_is_its_own(app: TestApp) {
    let admin = platform(&app).await;
    let edge = admin.at("platform/edge");
    assert_eq!(
        edge.tokens_here().await,
        ["default_token", "default_token", "default_token"],
        "its own and the inherited"
    );
    let token = edge.new_token("edge").await;
    // The same name in another one is another token.
    admin.at("platform/core").new_token("edge").await;
    let here = app.delegate(&token.value).registered().await;
    assert_eq!(edge.delegates_here().await, ["edge-1"]);
    for elsewhere in ["", "platform", "platform/core", "other/edge"] {
        assert!(admin.at(elsewhere).delegates_here().await.is_empty(), "{elsewhere}");
    }
    assert_eq!(admin.sees(&here).await.row.delegate.scope.identifiers(), "platform/edge");
    let choices: Vec<ScopeChoice> = admin.ask("scopes/choices", &[]).await;
    let named: Vec<String> = choices.iter().map(|choice| choice.scope.identifiers()).collect();
    assert_eq!(named, ["", "other", "other/edge", "platform", "platform/core", "platform/edge"]);
    let rows = admin.at("platform").scopes_here().await;
    assert_eq!(rows.iter().map(|row| row.contents.delegates).collect::<Vec<_>>(), [0, 1], "core, then edge");
}

async fn a_name_makes_its_identifier_and_what_cannot_be_one_is_told(app: TestApp) {
    let admin = app.administrator().await;
    admin.post("scopes/create", &[("name", "Platform Team")]).await.ok();
    assert_eq!(admin.scopes_here().await[0].named.scope.identifiers(), "platform_team");
    for (name, identifier, field, sentence) in [
        ("Platform", "platform_team", "identifier", "There is an organization platform_team already."),
        ("Platform", "a/b", "identifier", "An identifier begins with a letter"),
        ("", "x", "name", "The name must not be empty"),
    ] {
        let (status, body) = admin.call("scopes/create", &[("name", name), ("identifier", identifier)]).await;
        assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{body}");
        assert!(body["Problem"]["message"].as_str().unwrap().starts_with(sentence), "{body}");
    }
    // In a project there are no others, and nothing is made where there is no organization.
    let nowhere = admin.at("nothing");
    assert_eq!(nowhere.call("scopes/create", &[("name", "edge")]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(nowhere.call("tokens/create", &[("name", "edge")]).await.0, StatusCode::NOT_FOUND);
}

async fn only_what_is_empty_is_deleted_and_takes_its_token_roles_and_keys_along(app: TestApp) {
    let admin = platform(&app).await;
    let edge = admin.at("platform/edge");
    let (token, id) = (edge.new_token("edge").await, admin.scope_id("platform/edge").await);
    let delegate = app.delegate(&token.value).registered().await;
    let viewer = app.person_at(Role::Viewer, "platform/edge").await;
    let key = [("name", "ci"), ("role", "VIEWER"), ("scope", "platform/edge"), ("expires_in_days", "7")];
    viewer.post("api-keys/create", &key).await.ok();
    let form = [("id", id.as_str()), ("back", "")];
    let (status, body) = admin.call("scopes/delete", &form).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let told = body["Problem"]["message"].as_str().unwrap();
    assert!(told.contains("it has 1 delegate, 1 other token."), "{told}");
    edge.acts("delegates/delete", &delegate).await.ok();
    edge.acts("tokens/revoke", &token.id).await.ok();
    let detail: ScopeDetail = admin.ask("scopes/get", &[("id", &id)]).await;
    assert_eq!(detail.people.len(), 1);
    admin.post("scopes/delete", &form).await.ok();
    assert!(app.delegate(&token.value).register().await.status.is_client_error(), "the token is gone");
    assert!(!admin.scopes_here().await.iter().any(|row| row.named.scope.identifiers() == "platform/edge"));
    // Whose only role that was sees nothing, also where another of that identifier is made.
    admin.at("platform").new_scope("edge").await;
    assert_eq!(
        viewer
            .at("platform/edge")
            .call("delegates/count", &[("filter[search]", ""), ("filter[cursor]", "First")])
            .await
            .0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(viewer.ask::<Vec<serde_json::Value>>("api-keys/list", &[]).await.len(), 0);
    let entries = app.audit_of(Action::ProjectDeleted).await;
    assert_eq!((entries.len(), entries[0].project.as_str()), (1, "edge"));
    assert_eq!(app.audit_of(Action::RoleChanged).await.last().unwrap().object_name, viewer.email);
    let organization = admin.scope_id("platform").await;
    let (status, body) = admin.call("scopes/delete", &[("id", &organization), ("back", "")]).await;
    assert_eq!(status, StatusCode::CONFLICT, "{body}");
    assert!(body["Problem"]["message"].as_str().unwrap().contains("it has 2 projects."), "{body}");
}

async fn an_organization_has_an_administrator_of_its_own(app: TestApp) {
    let admin = platform(&app).await;
    let of_platform = app.person_at(Role::AccountAdministrator, "platform").await;
    of_platform.at("platform").new_scope("more").await;
    let id = of_platform.at("platform").scope_id("platform/more").await;
    of_platform.post("scopes/rename", &[("id", &id), ("name", "Much more"), ("back", "")]).await.ok();
    assert_eq!(app.audit_of(Action::ProjectRenamed).await.len(), 1);
    // Neither its own organization, nor another, nor people.
    let own = admin.scope_id("platform").await;
    assert_eq!(
        of_platform.call("scopes/rename", &[("id", &own), ("name", "x"), ("back", "")]).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(of_platform.call("scopes/create", &[("name", "third")]).await.0, StatusCode::FORBIDDEN);
    let other = admin.scope_id("other/edge").await;
    assert_eq!(of_platform.call("scopes/delete", &[("id", &other), ("back", "")]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(of_platform.call("users/list", &[("cursor", "First")]).await.0, StatusCode::FORBIDDEN);
    let nothing = ScopeId(uuid::Uuid::nil()).to_string();
    assert_eq!(of_platform.call("scopes/get", &[("id", &nothing)]).await.0, StatusCode::NOT_FOUND);
}

on_both_databases!(
    each_has_what_is_its_own,
    a_name_makes_its_identifier_and_what_cannot_be_one_is_told,
    only_what_is_empty_is_deleted_and_takes_its_token_roles_and_keys_along,
    an_organization_has_an_administrator_of_its_own,
);
