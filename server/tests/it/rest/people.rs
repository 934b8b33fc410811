//! People, by the API.

use axum::http::Method;

use crate::support::{Role, StatusCode, TestApp, json};

async fn a_person_is_invited_changed_and_deleted(app: TestApp) {
    let admin = app.administrator().await;
    let client = app.client(&admin, Role::AccountAdministrator).await;
    let invited = client.post("/users", json!({"email": "vera@example.com", "role": "VIEWER"})).await;
    assert_eq!(invited.status, StatusCode::CREATED, "{}", invited.text());
    let invited = invited.json();
    let (user, link) = (&invited["user"], invited["link"].as_str().unwrap().to_owned());
    assert_eq!((&user["status"], &user["grants"][0]["role"]), (&json!("INVITED"), &json!("VIEWER")));
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    // The link opens the page of invitations, and is told this once.
    let opens = link.split("/invitation/").nth(1).map(|key| format!("/invitation/{key}")).unwrap();
    assert_eq!(app.nobody().page(&opens).await.status, StatusCode::SEE_OTHER);
    assert!(!client.get(&path).await.ok().text().contains(link.rsplit('/').next().unwrap()));
    let renewed = client.ask(Method::POST, &format!("{path}/invitation"), None).await;
    assert!(renewed.status == StatusCode::CREATED && renewed.json()["link"] != json!(link), "{}", renewed.text());
    let early = client.ask(Method::POST, &format!("{path}/password-reset"), None).await;
    assert_eq!((early.status, &early.json()["code"]), (StatusCode::CONFLICT, &json!("WRONG_STATE")));
    let changed = client.ask(Method::PUT, &format!("{path}/role"), Some(json!({"role": "OPERATOR"}))).await.ok().json();
    assert_eq!(changed["grants"][0]["role"], json!("OPERATOR"));
    let again = client.post("/users", json!({"email": "vera@example.com", "role": "VIEWER"})).await;
    assert_eq!((again.status, &again.json()["code"]), (StatusCode::CONFLICT, &json!("NAME_TAKEN")));
    assert_eq!(client.get("/users?q=vera").await.ok().json()["total"], json!(1));
    assert_eq!(client.ask(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(client.get(&path).await.status, StatusCode::NOT_FOUND);
}

async fn people_are_put_out_and_the_last_administrator_stays(app: TestApp) {
    let admin = app.administrator().await;
    let vera = app.person(Role::Viewer).await;
    let client = app.client(&admin, Role::AccountAdministrator).await;
    let path = format!("/users/{}", vera.id().await);
    assert_eq!(client.get(&path).await.ok().json()["sessions"], json!(1));
    let ended = client.ask(Method::POST, &format!("{path}/end-sessions"), None).await.ok().json();
    assert_eq!(ended["sessions"], json!(0));
    for (call, status) in [("disable", "DISABLED"), ("enable", "ACTIVE")] {
        let done = client.ask(Method::POST, &format!("{path}/{call}"), None).await.ok().json();
        assert_eq!(done["status"], json!(status));
    }
    let reset = client.ask(Method::POST, &format!("{path}/password-reset"), None).await;
    assert!(reset.status == StatusCode::CREATED && reset.json()["link"].as_str().unwrap().contains("/invitation/"));
    let own = format!("/users/{}", admin.id().await);
    for (method, path, body) in [
        (Method::DELETE, own.clone(), None),
        (Method::POST, format!("{own}/disable"), None),
        (Method::PUT, format!("{own}/role"), Some(json!({"role": "VIEWER"}))),
    ] {
        let refused = client.ask(method, &path, body).await;
        assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::CONFLICT, &json!("WRONG_STATE")), "{path}");
    }
}

on_both_databases!(a_person_is_invited_changed_and_deleted, people_are_put_out_and_the_last_administrator_stays);
