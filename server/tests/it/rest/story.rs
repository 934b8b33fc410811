//! The main job, by the API alone.

use axum::http::Method;
use muster::token::TokenValue;

use super::Client;
use crate::support::{Role, StatusCode, TestApp, json};

async fn the_main_job_is_done_by_the_api_alone(app: TestApp) {
    let admin = app.administrator().await;
    let client = app.client(&admin, Role::AccountAdministrator).await;
    // A profile that requires approval.
    let body = json!({"name": "careful", "approval": "require", "startup_script": "echo hello", "selectors": ["eu"]});
    let made = client.post("/profiles", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let profile = made.json();
    assert_eq!((&profile["name"], &profile["selectors"]), (&json!("careful"), &json!(["eu"])));
    // A token for it, whose value is told once.
    let body =
        json!({"name": "edge", "default_profile": profile["id"], "types": ["SHELL_SCRIPT"], "max_registrations": 1});
    let token = client.post("/tokens", body).await;
    assert_eq!(token.status, StatusCode::CREATED, "{}", token.text());
    let token = token.json();
    let id = token["token"]["id"].as_str().unwrap().to_owned();
    let again = client.get(&format!("/tokens/{id}")).await.ok().text().to_owned();
    assert!(!again.contains(token["value"].as_str().unwrap()));
    // A delegate registers and waits.
    let value = TokenValue::parse(token["value"].as_str().unwrap()).unwrap();
    let edge = app.delegate(&value);
    let delegate = edge.registered().await.to_string();
    let waiting = client.get("/delegates?status=pending").await.ok().json();
    assert_eq!((&waiting["total"], &waiting["items"][0]["id"]), (&json!(1), &json!(delegate)));
    let seen = &waiting["items"][0];
    assert_eq!((&seen["waits_because"], &seen["profile"]["name"]), (&json!("REQUIRED"), &json!("careful")));
    // It is approved, with a note, by the revision that was seen.
    let path = format!("/delegates/{delegate}/approve");
    let stale = client.post(&path, json!({"revision": seen["revision"].as_i64().unwrap() + 1})).await;
    assert_eq!((stale.status, &stale.json()["code"]), (StatusCode::CONFLICT, &json!("CHANGED")), "{}", stale.text());
    let approved = client.post(&path, json!({"revision": seen["revision"], "note": "known to Ada"})).await.ok().json();
    assert_eq!((&approved["status"], &approved["decision"]["note"]), (&json!("connected"), &json!("known to Ada")));
    edge.heartbeat(&delegate).await.ok();
    // The token is rotated and revoked: the next request with the old one is refused.
    let rotated = client.post(&format!("/tokens/{id}/rotate"), json!({"name": "edge-2"})).await;
    assert_eq!(rotated.status, StatusCode::CREATED, "{}", rotated.text());
    let revoked = client.ask(Method::POST, &format!("/tokens/{id}/revoke"), None).await.ok().json();
    assert_eq!(revoked["status"], json!("revoked"));
    assert_eq!(edge.heartbeat(&delegate).await.status, StatusCode::UNAUTHORIZED);
    // The record names the key and its owner.
    let trail = client.get("/audit?action=DELEGATE_APPROVED").await.ok().json();
    let actor = trail["items"][0]["actor"].as_str().unwrap();
    assert!(actor.starts_with("key ") && actor.ends_with(&format!("of {}", admin.email)), "{actor}");
    delete(&client, &format!("/delegates/{delegate}")).await;
    delete(&client, &format!("/tokens/{id}")).await;
    delete(&client, &format!("/profiles/{}", profile["id"].as_str().unwrap())).await;
}

async fn delete(client: &Client, path: &str) {
    let deleted = client.ask(Method::DELETE, path, None).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{path}: {}", deleted.text());
    assert_eq!(client.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
}

async fn lists_are_read_page_by_page_with_all_filters(app: TestApp) {
    let admin = app.administrator().await;
    let client = app.client(&admin, Role::Viewer).await;
    let token = admin.new_token("edge").await;
    for number in 0..60 {
        app.delegate(&token.value).named(&format!("edge-{number:02}")).registered().await;
    }
    let mut names = Vec::new();
    let mut path = "/delegates?sort=name".to_owned();
    loop {
        let page = client.get(&path).await.ok().json();
        assert_eq!(page["total"], json!(60));
        names.extend(page["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => path = format!("/delegates?sort=name&after={}", muster::escape::url_component(next)),
            None => break,
        }
    }
    let expected: Vec<String> = (0..60).map(|number| format!("edge-{number:02}")).collect();
    assert_eq!(names, expected);
    let one = client.get(&format!("/delegates?q=edge-07&type=SHELL_SCRIPT&token={}", token.id)).await.ok().json();
    assert_eq!(one["total"], json!(1), "{one}");
    for (query, field) in [
        ("status=gone", "status"),
        ("type=BOX", "type"),
        ("profile=x", "profile"),
        ("sort=up", "sort"),
        ("is=blue", "is"),
    ] {
        let answer = client.get(&format!("/delegates?{query}")).await;
        let problem = answer.json();
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!((&problem["code"], &problem["errors"][0]["field"]), (&json!("INVALID"), &json!(field)), "{problem}");
    }
    assert_eq!(client.get("/delegates?colour=blue").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn what_is_wrong_with_a_token_is_told_by_the_names_of_the_api(app: TestApp) {
    let admin = app.administrator().await;
    let client = app.client(&admin, Role::DelegateManager).await;
    let nobody = "00000000-0000-0000-0000-000000000000";
    for (body, fields) in [
        (json!({"name": "", "types": ["BOX"], "default_profile": "x"}), vec!["name", "default_profile", "types"]),
        (json!({"name": "edge", "default_profile": nobody}), vec!["default_profile"]),
    ] {
        let answer = client.post("/tokens", body.clone()).await;
        let problem = answer.json();
        let told: Vec<&str> =
            problem["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
        assert_eq!((answer.status, told), (StatusCode::UNPROCESSABLE_ENTITY, fields), "{body}: {problem}");
    }
}

async fn a_profile_is_changed_by_who_saw_it_as_it_is(app: TestApp) {
    let admin = app.administrator().await;
    let client = app.client(&admin, Role::DelegateManager).await;
    let made = client.post("/profiles", json!({"name": "careful", "approval": "require"})).await.json();
    let path = format!("/profiles/{}", made["id"].as_str().unwrap());
    let body = json!({"revision": made["revision"], "name": "careful", "description": "for the edge", "approval": "warn",
        "startup_script": "echo hello", "selectors": ["eu"]});
    let edited = client.ask(Method::PUT, &path, Some(body.clone())).await.ok().json();
    for field in ["name", "description", "approval", "startup_script", "selectors"] {
        assert_eq!(edited[field], body[field]);
    }
    let late = client.ask(Method::PUT, &path, Some(body)).await;
    assert_eq!((late.status, &late.json()["code"]), (StatusCode::CONFLICT, &json!("CHANGED")));
    let part = client.ask(Method::PUT, &path, Some(json!({"revision": edited["revision"], "name": "x"}))).await;
    assert_eq!(part.status, StatusCode::UNPROCESSABLE_ENTITY, "what is left out is not emptied");
    assert_eq!(client.get(&path).await.json(), edited);
}

async fn secrets_are_given_and_never_read(app: TestApp) {
    let admin = app.administrator().await;
    let client = app.client(&admin, Role::DelegateManager).await;
    let made = client.post("/secrets", json!({"name": "db", "value": "s3cr3t-value"})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let path = format!("/secrets/{}", made.json()["id"].as_str().unwrap());
    let replaced =
        client.ask(Method::PUT, &format!("{path}/value"), Some(json!({"value": "an0ther-value"}))).await.ok();
    for answer in [&made, &replaced, &client.get(&path).await, &client.get("/secrets").await] {
        assert!(!answer.text().contains("s3cr3t") && !answer.text().contains("an0ther"), "{}", answer.text());
    }
    let wrong = client.post("/secrets", json!({"name": "not a name", "value": "s3cr3t-value"})).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && !wrong.text().contains("s3cr3t"), "{}", wrong.text());
    // Nor does what cannot be read come back.
    let wrong = client.post("/secrets", json!({"name": "db2", "value": ["s3cr3t-value"]})).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && !wrong.text().contains("s3cr3t"), "{}", wrong.text());
    delete(&client, &path).await;
}

on_both_databases!(
    the_main_job_is_done_by_the_api_alone,
    lists_are_read_page_by_page_with_all_filters,
    what_is_wrong_with_a_token_is_told_by_the_names_of_the_api,
    a_profile_is_changed_by_who_saw_it_as_it_is,
    secrets_are_given_and_never_read,
);
