//! Calls that are made once, whoever repeats them; and what a key is told of its rate.

use std::time::Duration;

use axum::http::Method;

use super::Client;
use crate::support::{Answer, Role, StatusCode, TestApp, Value, json};

async fn once(client: &Client, name: &str, path: &str, body: Value) -> Answer {
    client.ask_with(&[("idempotency-key", name)], Method::POST, path, Some(body)).await
}

async fn total(client: &Client, path: &str) -> u64 {
    client.get(path).await.ok().json()["total"].as_u64().unwrap()
}

async fn a_call_that_is_repeated_is_made_once(app: TestApp) {
    let admin = app.administrator().await;
    let client = app.client(&admin, Role::AccountAdministrator).await;
    let body = json!({"name": "careful", "approval": "require"});
    let before = total(&client, "/profiles").await;
    let first = once(&client, "a", "/profiles", body.clone()).await;
    let again = once(&client, "a", "/profiles", body.clone()).await;
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED), "{}", again.text());
    assert_eq!((again.json(), again.header("idempotency-replayed")), (first.json(), "true"));
    assert_eq!(again.header("content-type"), "application/json");
    assert_eq!(total(&client, "/profiles").await, before + 1);
    // The name of another call, also where it only goes elsewhere.
    for (path, body) in [("/profiles", json!({"name": "other", "approval": "off"})), ("/secrets", body.clone())] {
        let other = once(&client, "a", path, body).await;
        assert_eq!(
            (other.status, &other.json()["code"]),
            (StatusCode::CONFLICT, &json!("REPEATED")),
            "{}",
            other.text()
        );
    }
    // Of another key it is another name, and after a day it is free.
    let other = app.client(&admin, Role::AccountAdministrator).await;
    assert_eq!(once(&other, "a", "/profiles", body.clone()).await.json()["code"], json!("NAME_TAKEN"));
    app.advance(Duration::from_secs(24 * 60 * 60 + 1));
    assert_eq!(once(&client, "a", "/profiles", body).await.json()["code"], json!("NAME_TAKEN"));
    for name in ["", &"x".repeat(129), "a b"] {
        let wrong = once(&client, name, "/profiles", json!({"name": "x", "approval": "off"})).await;
        let problem = wrong.json();
        assert_eq!(
            (wrong.status, &problem["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("Idempotency-Key"))
        );
    }
}

async fn what_failed_can_be_tried_again(app: TestApp) {
    let admin = app.administrator().await;
    let client = app.client(&admin, Role::DelegateManager).await;
    let body = json!({"name": "careful", "approval": "require"});
    let made = client.post("/profiles", body.clone()).await.json();
    assert_eq!(once(&client, "a", "/profiles", body.clone()).await.json()["code"], json!("NAME_TAKEN"));
    let path = format!("/profiles/{}", made["id"].as_str().unwrap());
    assert_eq!(client.ask(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(once(&client, "a", "/profiles", body).await.status, StatusCode::CREATED);
}

async fn a_value_that_is_told_once_is_not_kept(app: TestApp) {
    let admin = app.administrator().await;
    let client = app.client(&admin, Role::AccountAdministrator).await;
    let made = once(&client, "a", "/tokens", json!({"name": "edge"})).await;
    let value = made.json()["value"].as_str().unwrap().to_owned();
    let again = once(&client, "a", "/tokens", json!({"name": "edge"})).await;
    assert_eq!((again.status, &again.json()["code"]), (StatusCode::CONFLICT, &json!("REPEATED")));
    assert!(!again.text().contains(&value), "{}", again.text());
    assert_eq!(total(&client, "/tokens?q=edge").await, 1);
    assert!(app.once_calls().await.iter().all(|row| row.body.is_none() && row.status == Some(201)));
}

async fn of_many_at_once_one_is_made(app: TestApp) {
    let admin = app.administrator().await;
    let client = app.client(&admin, Role::DelegateManager).await;
    let calls = (0..12).map(|_| once(&client, "a", "/profiles", json!({"name": "careful", "approval": "off"})));
    let answers = futures_util::future::join_all(calls).await;
    for answer in &answers {
        let code = answer.json()["code"].clone();
        assert!(answer.status == StatusCode::CREATED || code == "REPEATED", "{}", answer.text());
    }
    assert!(answers.iter().any(|answer| answer.status == StatusCode::CREATED));
    assert_eq!(total(&client, "/profiles?q=careful").await, 1);
}

async fn a_key_is_told_how_many_calls_it_may_make(app: TestApp) {
    let admin = app.administrator().await;
    let client = app.client(&admin, Role::Viewer).await;
    let left = |answer: &Answer| -> u32 {
        assert_eq!(answer.header("ratelimit-policy"), "\"key\";q=600;w=12");
        let told = answer.header("ratelimit").strip_prefix("\"key\";r=").unwrap();
        told.split(';').next().unwrap().parse().unwrap()
    };
    let first = left(&client.get("/whoami").await.ok());
    assert!((590..600).contains(&first), "{first}");
    let refused = loop {
        let answer = client.get("/whoami").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break answer;
        }
        left(&answer);
    };
    assert_eq!((left(&refused), refused.header("retry-after")), (0, "1"));
    assert!(app.nobody().page("/api/v1/whoami").await.headers.get("ratelimit").is_none(), "of a key alone");
}

on_both_databases!(
    a_call_that_is_repeated_is_made_once,
    what_failed_can_be_tried_again,
    a_value_that_is_told_once_is_not_kept,
    of_many_at_once_one_is_made,
    a_key_is_told_how_many_calls_it_may_make,
);
