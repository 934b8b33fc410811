//! Bodies that cannot be taken, and what must never be kept of those that can.

use muster::wire::path;

use crate::support::{
    Answer, StatusCode, TestApp, Value,
    database::{everything_stored, holds},
    json,
    log::logged_while,
};

const CANARY: &str = "canary0123456789";

/// A refusal that says what is wrong and repeats nothing of it.
fn complains(answer: &Answer, status: StatusCode, about: &str) {
    let (found, code, sentence) = answer.refusal();
    assert_eq!((found, code.as_str()), (status, "INVALID_REQUEST"), "{sentence}");
    assert!(sentence.contains(about), "{about}: {sentence}");
    assert!(!answer.text().contains(CANARY), "{sentence}");
}

async fn what_is_no_registration_is_refused(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let bad = StatusCode::BAD_REQUEST;
    for path in [path::REGISTER, path::HEARTBEAT, path::UNREGISTER] {
        let not_text = format!(r#"{{"hostName": 7, "delegateId": {{"{CANARY}": 1}}}}"#);
        for (body, about) in [
            (String::new(), "is not JSON at line 1"),
            (CANARY.to_owned(), "is not JSON at line 1"),
            (format!(r#"{{"hostName": "{CANARY}""#), "is not JSON at line 1"),
            (format!("\"{CANARY}\""), "wrong type at line 1"),
            ("7".to_owned(), "wrong type at line 1"),
            (not_text, "wrong type at line 1"),
        ] {
            complains(&edge.post_bytes(path, body.clone()).await, bad, about);
        }
        complains(
            &edge.post_bytes(path, [b"{\"hostName\": \"".as_slice(), &[0xff, 0xfe], b"\"}"].concat()).await,
            bad,
            "line 1",
        );
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        complains(&edge.post_bytes(path, format!("{{\"hostName\": {deep}}}")).await, bad, "line 1");
        let answer = edge.post_bytes(path, format!("{{\"unknown\": {deep}}}")).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.text());
    }
    assert_eq!(app.count_delegates().await, 0);
}

async fn fields_that_cannot_be_taken_are_named(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let many: Vec<String> = (0..51).map(|number| number.to_string()).collect();
    for (field, value) in [
        ("hostName", json!("")),
        ("hostName", json!("  ")),
        ("hostName", json!(null)),
        ("hostName", json!(format!("{CANARY}\u{7}"))),
        ("hostName", json!(CANARY.repeat(16))),
        ("delegateName", json!(format!("{CANARY}\nx"))),
        ("delegateName", json!(format!("{CANARY}\0"))),
        ("delegateName", json!(CANARY.repeat(16))),
        ("ip", json!(CANARY.repeat(5))),
        ("ip", json!(format!("{CANARY}\u{1b}[2J"))),
        ("version", json!(CANARY.repeat(5))),
        ("version", json!(format!("{CANARY}\0"))),
        ("description", json!(CANARY.repeat(64))),
        ("tags", json!([format!("{CANARY},b")])),
        ("tags", json!([format!("{CANARY}\tb")])),
        ("tags", json!([CANARY.repeat(9)])),
        ("tags", json!(many)),
        ("keyThumbprint", json!(CANARY)),
    ] {
        complains(&edge.with(field, value).register().await, StatusCode::BAD_REQUEST, field);
    }
    complains(&edge.without("hostName").register().await, StatusCode::BAD_REQUEST, "hostName");
    for (field, value) in [
        ("hostName", json!(7)),
        ("tags", json!("one")),
        ("tags", json!([1])),
        ("ng", json!("yes")),
        ("heartbeatIntervalMs", json!(-1)),
        ("sequenceNum", json!({CANARY: 1})),
    ] {
        complains(&edge.with(field, value).register().await, StatusCode::BAD_REQUEST, "wrong type");
    }
    assert_eq!(app.count_delegates().await, 0);
}

async fn control_characters_reach_no_terminal(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    for field in ["version", "description"] {
        let answer = edge.with(field, json!("1.0\u{1b}[2J")).register().await;
        complains(&answer, StatusCode::BAD_REQUEST, field);
    }
    edge.with("description", json!("two\nlines")).registered().await;
}

async fn a_body_that_is_too_large_is_refused(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let large = json!({"hostName": "host-1", "unknown": CANARY.repeat(20_000)}).to_string();
    for path in [path::REGISTER, path::HEARTBEAT, path::UNREGISTER] {
        complains(&edge.post_bytes(path, large.clone()).await, StatusCode::PAYLOAD_TOO_LARGE, "body");
    }
    // What a real client sends is large, too.
    let types: Vec<String> = (0..1000).map(|number| format!("SOME_RATHER_LONG_NAME_OF_A_TASK_TYPE_{number}")).collect();
    edge.with("supportedTaskTypes", json!(types)).registered().await;
}

async fn what_clients_send_is_taken(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let variations: [(&str, Value); 8] = [
        ("sequenceNum", json!("12")),
        ("sequenceNum", json!(12)),
        ("sequenceNum", json!(null)),
        ("tags", json!(null)),
        ("ng", json!(null)),
        ("lastHeartBeat", json!(1_790_000_000_000_i64)),
        ("unknown", json!({"deeply": [1, {"nested": null}]})),
        ("heartbeatIntervalMs", json!(null)),
    ];
    let id = edge.registered().await;
    for (field, value) in variations {
        let edge = edge.with(field, value);
        assert_eq!(edge.registered().await, id, "{field}");
        assert_eq!(edge.status(&id).await, "ENABLED", "{field}");
    }
}

async fn secrets_in_bodies_are_neither_kept_nor_repeated(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let (answers, log) = logged_while(async {
        let secret = edge.with("token", json!(CANARY)).with("delegateRandomToken", json!(CANARY));
        let mut answers = vec![secret.register().await];
        let id = secret.registered().await;
        answers.push(secret.heartbeat(&id).await);
        answers.push(secret.with("hostName", json!("")).register().await);
        answers.push(secret.with("ng", json!(CANARY)).heartbeat(&id).await);
        answers.push(edge.with("token", json!({CANARY: [CANARY]})).register().await);
        answers.push(edge.post_bytes(path::HEARTBEAT, format!(r#"{{"token": "{CANARY}", oops"#)).await);
        answers.push(admin.post("delegates/get", &[("id", &id)]).await);
        answers
    })
    .await;
    for answer in answers {
        assert!(!answer.text().contains(CANARY), "{}", answer.text());
        assert!(!answer.headers.values().any(|value| holds(value.as_bytes(), CANARY.as_bytes())));
    }
    assert!(holds(&log, b"DELEGATE_REGISTERED"), "what is searched is what is logged");
    assert!(!holds(&log, CANARY.as_bytes()), "it stands in the log");
    let stored = everything_stored(&app).await;
    assert!(holds(&stored, b"edge-1"), "what is searched is what is stored");
    assert!(!holds(&stored, CANARY.as_bytes()), "it stands in the database");
}

on_both_databases!(
    what_is_no_registration_is_refused,
    fields_that_cannot_be_taken_are_named,
    control_characters_reach_no_terminal,
    a_body_that_is_too_large_is_refused,
    what_clients_send_is_taken,
    secrets_in_bodies_are_neither_kept_nor_repeated,
);
