//! Credentials that are refused, and those of other clients that are not.

use muster::{token::TokenValue, wire::credential::Claims};

use crate::support::{Answer, Client, StatusCode, TestApp, jwe, seconds};

fn is_refused(answer: &Answer, code: &str, why: &str) {
    let sentence = if code == "EXPIRED_TOKEN" { "Token expired." } else { "Token is not valid." };
    assert_eq!(answer.refusal(), (StatusCode::UNAUTHORIZED, code.to_owned(), sentence.to_owned()), "{why}");
    assert!(answer.headers.get("set-cookie").is_none());
}

/// What a client may do to its claims.
type Change = fn(&mut Claims);

async fn a_delegate(app: &TestApp) -> Client {
    app.delegate(&app.administrator().await.new_token("edge").await.value)
}

async fn what_is_no_credential_is_refused(app: TestApp) {
    let edge = a_delegate(&app).await;
    let good = edge.authorization();
    let jwe = good.strip_prefix("Delegate ").unwrap();
    let parts: Vec<&str> = jwe.split('.').collect();
    let bearer = format!("Bearer {jwe}");
    let truncated = &good[..good.len() - 1];
    let long = format!("Delegate {}", "a".repeat(9000));
    let with_key = format!("Delegate {}.AAAA.{}.{}.{}", parts[0], parts[2], parts[3], parts[4]);
    let no_tag = format!("Delegate {}..{}.{}.", parts[0], parts[2], parts[3]);
    for (why, header) in [
        ("none", None),
        ("empty", Some("")),
        ("only the scheme", Some("Delegate")),
        ("only the scheme and a space", Some("Delegate ")),
        ("another scheme", Some(bearer.as_str())),
        ("the scheme is missing", Some(jwe)),
        ("garbage", Some("Delegate garbage")),
        ("dots", Some("Delegate ....")),
        ("a JWT of another kind", Some("Delegate eyJhbGciOiJub25lIn0.e30.")),
        ("cut short", Some(truncated)),
        ("without its tag", Some(&*no_tag)),
        ("with a key in it", Some(&*with_key)),
        ("too long", Some(&*long)),
    ] {
        is_refused(&edge.register_as(header).await, "INVALID_TOKEN", why);
    }
    assert_eq!(app.count_delegates().await, 0);
    edge.register_as(Some(&good.replacen("Delegate", "delegate", 1))).await.ok();
}

async fn an_altered_credential_is_refused(app: TestApp) {
    let edge = a_delegate(&app).await;
    let good = edge.authorization();
    let begin = "Delegate ".len();
    for at in (begin..good.len()).step_by(7) {
        let mut bad = good.clone();
        let other = if &good[at..=at] == "A" { "B" } else { "A" };
        bad.replace_range(at..=at, other);
        is_refused(&edge.register_as(Some(&bad)).await, "INVALID_TOKEN", &format!("character {at}"));
    }
}

async fn an_unknown_account_is_told_as_a_wrong_token_is(app: TestApp) {
    let edge = a_delegate(&app).await;
    let stranger = edge.holding(&TokenValue::from_bytes([7; 16]));
    let wrong_token = stranger.register().await;
    is_refused(&wrong_token, "INVALID_TOKEN", "a wrong token");
    let other = "01900000-0000-7000-8000-000000000000";
    for (why, answer) in [
        ("a wrong token without the name of its key", stranger.without_kid().register().await),
        ("another account", edge.of_account(other).register().await),
        ("no account", edge.of_account("").register().await),
        ("what is no account", edge.of_account("x%20y").register().await),
        ("a wrong token of another account", stranger.of_account(other).register().await),
        ("a claim of another account", edge.claiming(|claims| claims.sub = "x".to_owned()).register().await),
    ] {
        is_refused(&answer, "INVALID_TOKEN", why);
        assert_eq!(answer.body, wrong_token.body, "{why}");
    }
    assert_eq!(app.count_delegates().await, 0);
}

async fn credentials_are_good_for_their_time(app: TestApp) {
    let edge = a_delegate(&app).await;
    let claims: [(&str, Change, &str); 6] = [
        ("expired a minute ago", |claims| claims.exp = claims.iat.unwrap() - 60, "EXPIRED_TOKEN"),
        ("expired just now", |claims| claims.exp = claims.iat.unwrap() - 59, ""),
        ("good in more than a minute", |claims| claims.nbf = Some(claims.iat.unwrap() + 61), "INVALID_TOKEN"),
        ("good in a minute", |claims| claims.nbf = Some(claims.iat.unwrap() + 60), ""),
        ("good for ever", |claims| claims.exp = i64::MAX, ""),
        ("never good", |claims| claims.exp = i64::MIN, "EXPIRED_TOKEN"),
    ];
    for (why, change, code) in claims {
        for client in [edge.claiming(change), edge.claiming(change).without_kid()] {
            let answer = client.register().await;
            if code.is_empty() {
                answer.ok();
            } else {
                is_refused(&answer, code, why);
            }
        }
    }
    let old = edge.authorization();
    app.advance(seconds(20 * 60 + 59));
    edge.register_as(Some(&old)).await.ok();
    app.advance(seconds(2));
    is_refused(&edge.register_as(Some(&old)).await, "EXPIRED_TOKEN", "an old credential");
}

async fn what_is_sealed_has_to_be_claims(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let edge = app.delegate(&token.value);
    let account = app.state().account;
    for text in ["", "{}", "[]", "null", "claims", r#"{"sub":7,"exp":9999999999}"#, r#"{"exp":9999999999}"#] {
        let credential = format!("Delegate {}", jwe::seal_text(&token.value, text, [1; 12]));
        is_refused(&edge.register_as(Some(&credential)).await, "INVALID_TOKEN", text);
    }
    let text = format!(r#"{{"sub":"{account}","exp":99999999999,"aud":["a","b"],"iss":"host","more":{{}}}}"#);
    edge.register_as(Some(&format!("Delegate {}", jwe::seal_text(&token.value, &text, [2; 12])))).await.ok();
}

async fn other_clients_need_not_name_the_key(app: TestApp) {
    let admin = app.administrator().await;
    let mut tokens = Vec::new();
    for name in ["a", "b", "c", "d"] {
        tokens.push(admin.new_token(name).await);
    }
    for token in &tokens {
        let edge = app.delegate(&token.value).on(&token.id).without_kid();
        let id = edge.registered().await;
        assert_eq!(edge.status(&id).await, "ENABLED");
        edge.profile(&id, "").await.ok();
        edge.task_events(&id).await.ok();
        assert_eq!(admin.token(&token.id).await.total, 1);
        edge.unregister(&id).await.ok();
    }
    admin.acts("tokens/revoke", &tokens[1].id).await.ok();
    let revoked = app.delegate(&tokens[1].value).without_kid();
    assert_eq!(revoked.register().await.refusal().1, "REVOKED_TOKEN", "a revoked token is still known");
    app.delegate(&tokens[2].value).on("later").without_kid().registered().await;
}

async fn every_call_needs_a_credential(app: TestApp) {
    let edge = a_delegate(&app).await;
    let id = edge.registered().await;
    let stranger = edge.holding(&TokenValue::from_bytes([7; 16]));
    for (why, answer) in [
        ("register", stranger.register().await),
        ("heartbeat", stranger.heartbeat(&id).await),
        ("unregister", stranger.unregister(&id).await),
        ("profile", stranger.profile(&id, "").await),
        ("task events", stranger.task_events(&id).await),
        ("task events of nobody", stranger.task_events("").await),
        ("a bad body", stranger.post_bytes(muster::wire::path::REGISTER, "no JSON").await),
    ] {
        is_refused(&answer, "INVALID_TOKEN", why);
    }
    assert_eq!(edge.status(&id).await, "ENABLED", "nothing happened");
}

async fn people_and_delegates_come_in_by_different_doors(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    edge.registered().await;
    let form = "filter%5Bsearch%5D=&filter%5Bcursor%5D=First".as_bytes().to_vec();
    let answer = edge.raw(axum::http::Method::POST, "/api/delegates/list", Some(&edge.authorization()), form).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let path = format!("{}?accountId={}", muster::wire::path::REGISTER, app.state().account);
    let answer = admin.request(axum::http::Method::POST, &path, &[], "{}".to_owned()).await;
    is_refused(&answer, "INVALID_TOKEN", "a session is no credential");
}

on_both_databases!(
    what_is_no_credential_is_refused,
    an_altered_credential_is_refused,
    an_unknown_account_is_told_as_a_wrong_token_is,
    credentials_are_good_for_their_time,
    what_is_sealed_has_to_be_claims,
    other_clients_need_not_name_the_key,
    every_call_needs_a_credential,
    people_and_delegates_come_in_by_different_doors,
);
