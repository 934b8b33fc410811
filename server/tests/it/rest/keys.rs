//! Keys: what they may do, and how they end.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request},
};
use muster::audit::Action;
use muster_server::db::entity::api_key;

use super::Client;
use crate::support::{Answer, Person, Role, StatusCode, TestApp, json};

async fn works(client: &Client) -> bool {
    match client.get("/whoami").await.status {
        StatusCode::OK => true,
        StatusCode::UNAUTHORIZED => false,
        other => panic!("{other}"),
    }
}

/// The value that the page shows once.
async fn revealed(person: &Person, page: &str) -> String {
    let page = person.page(page).await.ok();
    let text = page.text();
    let at = text.find("value=\"pat.").or_else(|| text.find("value=\"sat.")).expect("the value is shown");
    text[at + 7..].split('"').next().unwrap().to_owned()
}

fn client(app: &TestApp, value: &str) -> Client {
    let id = value.split('.').nth(2).unwrap().parse().unwrap();
    app.client_with(id, value)
}

async fn a_person_makes_a_key_that_is_shown_once(app: TestApp) {
    let vera = app.person(Role::DelegateManager).await;
    let form = [("name", "ci"), ("role", "VIEWER"), ("expires_in_days", "90")];
    let made = vera.post("api-keys/create", &form).await.ok();
    let page = made.location().to_owned();
    let value = revealed(&vera, &page).await;
    let key = client(&app, &value);
    assert!(works(&key).await);
    vera.post("api-keys/forget", &[("id", &key.id.to_string())]).await.ok();
    assert!(!vera.page(&page).await.ok().text().contains("pat."), "it is shown once");
    assert!(app.api_keys().await.iter().all(|row| !value.contains(&row.digest)), "and stored as a digest");
    let who = key.get("/whoami").await.ok().json();
    assert_eq!(who["name"], json!(format!("ci of {}", vera.email)));
    assert_eq!(who["grants"], json!([{"role": "VIEWER", "organization": "", "project": ""}]));
    assert_eq!(key.post("/tokens", json!({"name": "x"})).await.status, StatusCode::FORBIDDEN, "a viewer's key");
    let account = vera.page("/account").await.ok();
    assert!(account.text().contains(">ci<") && account.text().contains("In ") || account.text().contains("Viewer"));
    // No more than the person, one of a name.
    for (form, field) in [
        ([("name", "root"), ("role", "ACCOUNT_ADMINISTRATOR")], "role"),
        ([("name", "ci"), ("role", "VIEWER")], "name"),
        ([("name", ""), ("role", "VIEWER")], "name"),
    ] {
        let (status, body) = vera.call("api-keys/create", &form).await;
        assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{body}");
    }
}

async fn a_key_never_may_more_than_its_owner_may_now(app: TestApp) {
    let admin = app.administrator().await;
    let vera = app.person(Role::DelegateManager).await;
    let key = app.client(&vera, Role::DelegateManager).await;
    assert_eq!(key.post("/tokens", json!({"name": "one"})).await.status, StatusCode::CREATED);
    let id = vera.id().await;
    admin.post("users/change-role", &[("id", &id), ("role", "VIEWER"), ("back", "/users")]).await.ok();
    assert_eq!(key.post("/tokens", json!({"name": "two"})).await.status, StatusCode::FORBIDDEN);
    assert!(works(&key).await);
    admin.post("users/disable", &[("id", &id), ("back", "/users")]).await.ok();
    assert!(!works(&key).await, "at the next request");
    admin.post("users/enable", &[("id", &id), ("back", "/users")]).await.ok();
    assert!(works(&key).await);
    admin.post("users/delete", &[("id", &id), ("back", "/users")]).await.ok();
    assert!(!works(&key).await);
}

async fn keys_expire_rotate_and_are_deleted(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    let old = app.client(&vera, Role::Viewer).await;
    let id = old.id.to_string();
    let rotated = vera.post("api-keys/rotate", &[("id", &id), ("overlap_hours", "24")]).await.ok();
    let new = client(&app, &revealed(&vera, rotated.location()).await);
    assert!(works(&old).await && works(&new).await && new.id == old.id, "for a day both work");
    app.advance(Duration::from_secs(24 * 60 * 60 + 1));
    assert!(!works(&old).await && works(&new).await);
    let rotated = vera.post("api-keys/rotate", &[("id", &id), ("overlap_hours", "0")]).await.ok();
    let newest = client(&app, &revealed(&vera, rotated.location()).await);
    assert!(!works(&new).await && works(&newest).await, "without an overlap at once");
    let other = app.client(&vera, Role::Viewer).await;
    let stranger = app.person(Role::AccountAdministrator).await;
    let foreign = stranger.call("api-keys/delete", &[("id", &other.id.to_string())]).await;
    assert_eq!(foreign.0, StatusCode::NOT_FOUND, "another's key");
    vera.post("api-keys/delete", &[("id", &other.id.to_string())]).await.ok();
    assert!(!works(&other).await);
    let deleted = app.audit_of(Action::ApiKeyDeleted).await;
    assert_eq!((deleted.len(), deleted[0].actor_name.as_str()), (1, vera.email.as_str()));
    // Sessions are over by then, too.
    app.advance(Duration::from_secs(90 * 24 * 60 * 60));
    assert!(!works(&newest).await, "its 90 days are over");
}

async fn service_accounts_have_keys_of_their_own(app: TestApp) {
    let admin = app.administrator().await;
    let manager = app.person(Role::DelegateManager).await;
    let form = [("name", "terraform"), ("role", "DELEGATE_MANAGER")];
    assert_eq!(manager.call("service-accounts/create", &form).await.0, StatusCode::FORBIDDEN);
    let made = admin.post("service-accounts/create", &form).await.ok();
    let id = made.location().split(['/', '?']).nth(2).unwrap().to_owned();
    let form = [("holder", id.as_str()), ("name", "prod"), ("role", "DELEGATE_MANAGER"), ("expires_in_days", "")];
    assert_eq!(manager.call("api-keys/create", &form).await.0, StatusCode::FORBIDDEN);
    let made = admin.post("api-keys/create", &form).await.ok();
    let value = revealed(&admin, made.location()).await;
    assert!(value.starts_with("sat."));
    let key = client(&app, &value);
    assert!(works(&key).await);
    let personal = client(&app, &value.replacen("sat.", "pat.", 1));
    assert!(!works(&personal).await, "it is no person's");
    let page = admin.page("/service-accounts").await.ok();
    assert!(page.text().contains("terraform"));
    let page = admin.page(&format!("/service-accounts/{id}")).await.ok();
    assert!(page.text().contains("prod"));
    assert!(!manager.page(&format!("/service-accounts/{id}")).await.text().contains("prod"));
    admin.post("service-accounts/delete", &[("id", &id)]).await.ok();
    assert!(!works(&key).await);
}

async fn what_is_no_key_is_refused_and_slowed_down(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    let good = app.client(&vera, Role::Viewer).await;
    let account = app.state().account;
    let mut wrong = vec![String::new(), "pat".to_owned(), format!("pat.{account}.{}.guess", good.id.0.simple())];
    wrong.push(good.key.replace(&account.to_string(), &uuid::Uuid::nil().to_string()));
    wrong.push(format!("{}x", good.key));
    for key in wrong {
        let client = app.client_with(good.id, &key);
        let answer = client.get("/delegates").await;
        assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::UNAUTHORIZED, &json!("SIGNED_OUT")), "{key}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    // By the other header, too; a session is no key.
    let bearer = Request::get("/api/v1/whoami").header("authorization", format!("Bearer {}", good.key));
    let answer = Answer::read(app.send(bearer.body(Body::empty()).unwrap(), good.address).await).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(vera.page("/api/v1/delegates").await.status, StatusCode::UNAUTHORIZED);
    let nobody = app.client_with(good.id, "pat.x");
    let mut slowed = false;
    for _ in 0..600 {
        slowed = nobody.get("/whoami").await.status == StatusCode::TOO_MANY_REQUESTS;
        if slowed {
            break;
        }
    }
    assert!(slowed, "guesses are slowed down");
    assert!(works(&good).await, "and nobody else");
    assert_eq!(good.get("/nothing/here").await.json()["code"], json!("NOT_FOUND"));
    assert_eq!(good.ask(Method::DELETE, "/whoami", None).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(good.get("/delegates/not-an-id").await.status, StatusCode::NOT_FOUND);
}

async fn its_last_use_is_noted(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    let key = app.client(&vera, Role::Viewer).await;
    assert!(works(&key).await);
    let is_noted = |rows: Vec<api_key::Model>| {
        rows.iter().any(|row| row.id == key.id.0 && row.used_from == key.address.to_string())
    };
    // The request does not wait for it.
    while !is_noted(app.api_keys().await) {
        tokio::task::yield_now().await;
    }
    assert!(vera.page("/account").await.ok().text().contains(&format!("from {}", key.address)));
}

on_both_databases!(
    a_person_makes_a_key_that_is_shown_once,
    a_key_never_may_more_than_its_owner_may_now,
    keys_expire_rotate_and_are_deleted,
    service_accounts_have_keys_of_their_own,
    what_is_no_key_is_refused_and_slowed_down,
    its_last_use_is_noted,
);
