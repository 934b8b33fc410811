//! Every operation of the document, by every role: nothing is left out, and nobody may more than on the pages.

use axum::http::Method;
use uuid::Uuid;

use crate::support::{Role, StatusCode, TestApp, Value, json};

/// The least role that may, by method and path, and a body that can be read.
const TABLE: [(&str, &str, Role, &str); 43] = [
    ("GET", "/whoami", Role::Viewer, ""),
    ("GET", "/delegates", Role::Viewer, ""),
    ("GET", "/delegates/{id}", Role::Viewer, ""),
    ("DELETE", "/delegates/{id}", Role::DelegateManager, ""),
    ("POST", "/delegates/{id}/approve", Role::DelegateManager, r#"{"revision":1}"#),
    ("POST", "/delegates/{id}/reject", Role::DelegateManager, r#"{"revision":1}"#),
    ("POST", "/delegates/{id}/take-back", Role::DelegateManager, ""),
    ("POST", "/delegates/{id}/disable", Role::DelegateManager, ""),
    ("POST", "/delegates/{id}/enable", Role::DelegateManager, ""),
    ("PUT", "/delegates/{id}/profile", Role::DelegateManager, r#"{"profile":"00000000-0000-0000-0000-000000000000"}"#),
    ("PUT", "/delegates/{id}/selectors", Role::DelegateManager, r#"{"selectors":["a"]}"#),
    ("GET", "/profiles", Role::Viewer, ""),
    ("POST", "/profiles", Role::DelegateManager, r#"{"name":"p","approval":"require"}"#),
    ("GET", "/profiles/{id}", Role::Viewer, ""),
    (
        "PUT",
        "/profiles/{id}",
        Role::DelegateManager,
        r#"{"revision":1,"name":"p","description":"","startup_script":"","approval":"off","selectors":[]}"#,
    ),
    ("DELETE", "/profiles/{id}", Role::DelegateManager, ""),
    ("GET", "/tokens", Role::Viewer, ""),
    ("POST", "/tokens", Role::DelegateManager, r#"{"name":"t"}"#),
    ("GET", "/tokens/{id}", Role::Viewer, ""),
    ("DELETE", "/tokens/{id}", Role::DelegateManager, ""),
    ("POST", "/tokens/{id}/rotate", Role::DelegateManager, r#"{"name":"t2"}"#),
    ("POST", "/tokens/{id}/revoke", Role::DelegateManager, ""),
    ("GET", "/secrets", Role::DelegateManager, ""),
    ("POST", "/secrets", Role::DelegateManager, r#"{"name":"s","value":"a long value"}"#),
    ("GET", "/secrets/{id}", Role::DelegateManager, ""),
    ("DELETE", "/secrets/{id}", Role::DelegateManager, ""),
    ("PUT", "/secrets/{id}/value", Role::DelegateManager, r#"{"value":"a long value"}"#),
    ("GET", "/scopes", Role::Viewer, ""),
    ("POST", "/scopes", Role::AccountAdministrator, r#"{"name":"Platform","identifier":"platform"}"#),
    ("GET", "/scopes/{id}", Role::Viewer, ""),
    ("DELETE", "/scopes/{id}", Role::AccountAdministrator, ""),
    ("PUT", "/scopes/{id}/name", Role::AccountAdministrator, r#"{"name":"x"}"#),
    ("GET", "/users", Role::AccountAdministrator, ""),
    ("POST", "/users", Role::AccountAdministrator, r#"{"email":"new@example.com","role":"VIEWER"}"#),
    ("GET", "/users/{id}", Role::AccountAdministrator, ""),
    ("DELETE", "/users/{id}", Role::AccountAdministrator, ""),
    ("POST", "/users/{id}/invitation", Role::AccountAdministrator, ""),
    ("POST", "/users/{id}/password-reset", Role::AccountAdministrator, ""),
    ("PUT", "/users/{id}/role", Role::AccountAdministrator, r#"{"role":"VIEWER"}"#),
    ("POST", "/users/{id}/disable", Role::AccountAdministrator, ""),
    ("POST", "/users/{id}/enable", Role::AccountAdministrator, ""),
    ("POST", "/users/{id}/end-sessions", Role::AccountAdministrator, ""),
    ("GET", "/audit", Role::DelegateManager, ""),
];

async fn every_operation_asks_for_its_role(app: TestApp) {
    let admin = app.administrator().await;
    let document = admin.page("/api/v1/openapi.json").await.ok().json();
    let mut described: Vec<(String, String)> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            described.push((method.to_uppercase(), path.trim_start_matches("/api/v1").to_owned()));
        }
    }
    let mut listed: Vec<(String, String)> =
        TABLE.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
    described.sort();
    listed.sort();
    assert_eq!(listed, described, "the table has every operation");
    for (at, role) in Role::ALL.into_iter().enumerate() {
        let client = app.client(&admin, role).await;
        for (method, path, least, body) in TABLE {
            let may = Role::ALL.iter().position(|one| *one == least).unwrap() <= at;
            let method: Method = method.parse().unwrap();
            let path = path.replace("{id}", &Uuid::nil().to_string());
            let body: Option<Value> = (!body.is_empty()).then(|| serde_json::from_str(body).unwrap());
            let answer = client.ask(method.clone(), &path, body).await;
            if may {
                assert_ne!(answer.status, StatusCode::FORBIDDEN, "{role:?} {method} {path}");
                assert!(answer.status != StatusCode::UNAUTHORIZED && !answer.status.is_server_error(), "{path}");
            } else {
                assert_eq!(answer.pair().0, StatusCode::FORBIDDEN, "{role:?} {method} {path}");
                assert_eq!(answer.json()["code"], json!("FORBIDDEN"));
            }
        }
    }
}

async fn the_document_and_its_page_need_no_key(app: TestApp) {
    let nobody = app.nobody();
    let document = nobody.page("/api/v1/openapi.json").await.ok();
    assert_eq!(document.header("content-type"), "application/json");
    let page = nobody.page("/api/v1").await.ok();
    assert!(
        page.text().contains("/api/v1/delegates/{id}/approve") && page.text().contains("Approve a waiting delegate")
    );
}

on_both_databases!(every_operation_asks_for_its_role, the_document_and_its_page_need_no_key);
