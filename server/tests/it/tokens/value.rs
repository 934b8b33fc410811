//! A token's value: shown once, and nowhere else to be found.

use axum::http::Method;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use muster::token::TokenValue;
use muster_app::console::RevealedToken;

use crate::support::{
    Person, TestApp,
    database::{everything_stored, holds},
    json,
    log::logged_while,
    seconds,
};

async fn reveals(person: &Person, id: &str) -> Option<RevealedToken> {
    person.ask("tokens/reveal", &[("id", id)]).await
}

async fn the_value_is_shown_once_to_who_made_it(app: TestApp) {
    let (ada, bob) = (app.administrator().await, app.administrator().await);
    let elsewhere = ada.with_cookie(None);
    elsewhere.sign_in().await;
    let id = ada.makes_token("edge", &[]).await;
    assert_eq!(reveals(&bob, &id).await, None, "not to another person");
    assert_eq!(reveals(&elsewhere, &id).await, None, "not to another session of the same person");
    let shown = reveals(&ada, &id).await.expect("to who made it");
    assert_eq!(shown.name, "edge");
    let lower_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    assert!(shown.value.len() == 32 && shown.value.chars().all(lower_hex), "32 lower-case hexadecimal characters");
    ada.acts("tokens/forget-value", &id).await.ok();
    for again in [&ada, &bob, &elsewhere] {
        assert_eq!(reveals(again, &id).await, None);
    }
    app.restart().await;
    assert_eq!(reveals(&ada, &id).await, None);
    let value = TokenValue::parse(&shown.value).unwrap();
    app.delegate(&value).registered().await;
}

async fn c31_a_value_that_may_not_have_arrived_can_be_looked_at_again(app: TestApp) {
    let (ada, bob) = (app.administrator().await, app.administrator().await);
    let id = ada.makes_token("edge", &[]).await;
    let page = format!("/tokens/{id}/created");
    for method in [Method::HEAD, Method::GET] {
        ada.request(method, &page, &[("accept", "text/html"), ("range", "bytes=0-99")], String::new()).await.ok();
    }
    let shown = reveals(&ada, &id).await.expect("again");
    assert!(ada.page(&page).await.ok().text().contains(&shown.value));
    for other in [&bob, &ada.with_cookie(None)] {
        other.acts("tokens/forget-value", &id).await;
        assert!(!other.page(&page).await.text().contains(&shown.value));
    }
    assert_eq!(reveals(&ada, &id).await, Some(shown), "what others say does not count");
    app.advance(seconds(4 * 60));
    assert_eq!(reveals(&ada, &id).await, None, "not for ever");
}

async fn each_value_is_kept_until_it_is_shown(app: TestApp) {
    let admin = app.administrator().await;
    let one = admin.makes_token("one", &[]).await;
    let two = admin.makes_token("two", &[]).await;
    let (first, second) = (reveals(&admin, &one).await.unwrap(), reveals(&admin, &two).await.unwrap());
    assert_eq!((first.name.as_str(), second.name.as_str()), ("one", "two"));
    assert_ne!(first.value, second.value);
}

async fn signing_out_ends_the_right_to_see_it(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.makes_token("edge", &[]).await;
    let before = admin.with_cookie(admin.cookie());
    admin.post("session/sign-out", &[]).await.ok();
    admin.sign_in().await;
    assert_eq!(reveals(&admin, &id).await, None);
    assert_eq!(before.post("tokens/reveal", &[("id", &id)]).await.status.as_u16(), 401);
}

/// In which forms a value might be written somewhere.
fn forms_of(value: &TokenValue) -> Vec<(&'static str, Vec<u8>)> {
    let (key, hex) = (value.key(), value.expose());
    let numbers = key.map(|byte| byte.to_string()).join(",");
    vec![
        ("hexadecimal", hex.as_bytes().to_vec()),
        ("upper-case hexadecimal", hex.to_uppercase().into_bytes()),
        ("base64", STANDARD_NO_PAD.encode(key).into_bytes()),
        ("base64 for URLs", URL_SAFE_NO_PAD.encode(key).into_bytes()),
        ("base64 of hexadecimal", STANDARD_NO_PAD.encode(hex.as_bytes()).into_bytes()),
        ("raw bytes", key.to_vec()),
        ("a list of numbers", numbers.into_bytes()),
    ]
}

fn found_in(place: &str, hay: &[u8], value: &TokenValue) {
    for (form, needle) in forms_of(value) {
        assert!(!holds(hay, &needle), "the value stands in {place} as {form}");
    }
}

async fn the_value_is_nowhere_in_the_database_the_log_or_an_answer(app: TestApp) {
    let admin = app.administrator().await;
    let (values, log) = logged_while(async {
        let seen = admin.new_token("seen").await;
        let unseen = admin.makes_token("unseen", &[]).await;
        let before = everything_stored(&app).await;
        let unseen_value = TokenValue::parse(&reveals(&admin, &unseen).await.unwrap().value).unwrap();
        admin.acts("tokens/forget-value", &unseen).await.ok();
        found_in("the database before it is shown", &before, &unseen_value);

        // Existing clients put the token into their bodies in clear.
        let hex = json!(*seen.value.expose());
        let edge = app.delegate(&seen.value).with("token", hex.clone()).with("delegateRandomToken", hex);
        let mut answers = vec![edge.register().await];
        let id = edge.registered().await;
        answers.push(edge.heartbeat(&id).await);
        answers.push(edge.with("hostName", json!(7)).register().await);
        answers.push(edge.with("tags", json!(["a\u{7}b"])).register().await);
        answers.push(edge.unregister(&id).await);
        admin.acts("tokens/revoke", &seen.id).await.ok();
        answers.push(edge.register().await);
        for path in ["tokens/list", "tokens/use", "delegates/get", "delegates/list", "install/options"] {
            let id = if path.starts_with("tokens") { &seen.id } else { &id };
            let form = [("id", &**id), ("with_revoked", "true"), ("cursor", "First"), ("filter[search]", "")];
            answers.push(admin.post(path, &[&form[..], &[("filter[cursor]", "First")]].concat()).await.ok());
        }
        for path in ["/tokens", "/delegates", &format!("/tokens/{unseen}/created"), &format!("/delegates/{id}")] {
            answers.push(admin.page(path).await);
        }
        for answer in answers {
            found_in("an answer", &answer.body, &seen.value);
            found_in("an answer", &answer.body, &unseen_value);
        }
        [seen.value, unseen_value]
    })
    .await;
    assert!(holds(&log, b"TOKEN_CREATED"), "what is searched is what is logged");
    let stored = everything_stored(&app).await;
    assert!(holds(&stored, b"unseen"), "what is searched is what is stored");
    for value in values {
        found_in("the database", &stored, &value);
        found_in("the log", &log, &value);
    }
}

on_both_databases!(
    c31_a_value_that_may_not_have_arrived_can_be_looked_at_again,
    the_value_is_shown_once_to_who_made_it,
    each_value_is_kept_until_it_is_shown,
    signing_out_ends_the_right_to_see_it,
    the_value_is_nowhere_in_the_database_the_log_or_an_answer,
);
