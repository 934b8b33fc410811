//! What was refused is in the record: at once, and a flood as a number.

use futures_util::future::join_all;
use muster::{
    audit::{Action, FactChange},
    token::TokenValue,
};
use muster_server::db::entity::audit;

use crate::support::{Person, Role, StatusCode, TestApp, days, person::PASSWORD, seconds};

fn facts(row: &audit::Model) -> Vec<FactChange> {
    serde_json::from_str(row.changes.as_deref().unwrap()).unwrap()
}

fn fact(row: &audit::Model, what: &str) -> Option<String> {
    facts(row).into_iter().find(|fact| fact.what == what && fact.before.is_none()).map(|fact| fact.after)
}

async fn tries(person: &Person, email: &str, password: &str) -> StatusCode {
    person.call("session/sign-in", &[("email", email), ("password", password)]).await.0
}

async fn sign_ins_that_fail_name_a_user_and_nothing_else_that_was_typed(app: TestApp) {
    let ada = app.user(Role::Viewer).await;
    tries(&ada, &ada.email, "hunter2-guess").await;
    tries(&ada, "Correct-Horse-42@example.com", "hunter2-guess").await;
    tries(&ada, "correct-horse-43", "hunter2-guess").await;
    let failed = app.audit_of(Action::SignInFailed).await;
    assert_eq!(failed.len(), 2);
    let of = |name: &str| failed.iter().find(|row| row.object_name == name).unwrap();
    let (known, unknown) = (of(&ada.email), of(""));
    assert_eq!((known.actor_kind.as_str(), &known.actor_name), ("STRANGER", &ada.email));
    assert_eq!(fact(known, "reason").unwrap(), "the password is wrong");
    assert!(known.object_id.is_some());
    assert_eq!((unknown.actor_name.as_str(), unknown.object_id), ("somebody unknown", None));
    assert_eq!(fact(unknown, "reason").unwrap(), "there is no such user");
    assert_eq!(fact(unknown, "count").unwrap(), "2", "also what is no address");
    assert!(failed.iter().all(|row| row.address == ada.address.to_string()));
    for row in app.audit().await {
        let row = format!("{row:?}").to_lowercase();
        assert!(!row.contains("hunter2") && !row.contains("correct-horse"), "{row}");
    }
    // It is on the page, and on that of the person.
    let admin = app.administrator().await;
    let html = admin.page("/audit?action=sign-in-failed").await.ok().text().to_owned();
    assert!(html.contains("Sign-in failed") && html.contains("the password is wrong"), "{html}");
    let file = admin.page("/audit/export.jsonl?action=sign-in-failed").await.ok().text().to_owned();
    assert!(file.contains(r#"{"what":"reason","after":"the password is wrong"}"#), "{file}");
}

async fn guesses_are_counted(app: TestApp) {
    let ada = app.user(Role::Viewer).await;
    tries(&ada, &ada.email, "guess").await;
    assert_eq!(app.audit_of(Action::SignInFailed).await.len(), 1, "the first at once");
    let mut more = 0;
    while tries(&ada, &ada.email, "guess").await != StatusCode::TOO_MANY_REQUESTS {
        more += 1;
    }
    let failed = app.audit_of(Action::SignInFailed).await;
    assert_eq!(failed.len(), 2, "being slowed down is another reason");
    assert_eq!(fact(&failed[1], "reason").unwrap(), "it was tried too often");
    app.advance(seconds(601));
    let failed = app.audit_of(Action::SignInFailed).await;
    assert_eq!(failed.len(), 3);
    assert_eq!(fact(&failed[2], "count"), Some(more.to_string()));
    assert!(fact(&failed[2], "since").is_some());
    assert_eq!(tries(&app.nobody(), &ada.email, PASSWORD).await, StatusCode::OK);
}

async fn refused_credentials_of_delegates_are_told_by_token_reason_and_address(app: TestApp) {
    let admin = app.administrator().await;
    let [revoked, expired] =
        [admin.new_token("revoked").await, admin.new_token_with("old", &[("expires_in_days", "1")]).await];
    let edge = app.delegate(&revoked.value).from([203, 0, 113, 9]);
    let id = edge.registered().await;
    admin.acts("tokens/revoke", &revoked.id).await.ok();
    app.advance(days(2));
    for _ in 0..5 {
        assert_eq!(edge.heartbeat(&id).await.refusal().1, "REVOKED_TOKEN");
    }
    app.delegate(&expired.value).register().await;
    app.delegate(&TokenValue::from_bytes([9; 16])).register().await;
    let refused = app.audit_of(Action::CredentialRefused).await;
    assert_eq!(refused.len(), 3, "{refused:?}");
    let of = |name: &str| refused.iter().find(|row| row.object_name == name).unwrap();
    assert_eq!((of("revoked").address.as_str(), fact(of("revoked"), "count").as_deref()), ("203.0.113.9", Some("5")));
    assert_eq!(of("revoked").object_id.unwrap().to_string(), revoked.id);
    assert_eq!(fact(of("revoked"), "reason").unwrap(), "the token is revoked");
    assert!(fact(of("old"), "reason").unwrap().contains("expired"));
    assert_eq!(fact(of(""), "reason").unwrap(), "the credential does not open");
    // On the token's own page, too.
    let html = admin.page(&format!("/tokens/{}", revoked.id)).await.ok().text().to_owned();
    assert!(html.contains("Credential refused"), "{html}");
    let mut gone = app.delegate(&expired.value).from([203, 0, 113, 10]);
    gone.address = "2001:db8::1".parse().unwrap();
    gone.register().await;
    gone.address = "2001:db8::2".parse().unwrap();
    gone.register().await;
    let refused = app.audit_of(Action::CredentialRefused).await;
    assert_eq!(refused.len(), 4, "a network is one place");
    assert_eq!(fact(refused.last().unwrap(), "network").unwrap(), "2001:db8::/64");
}

async fn a_flood_of_bad_credentials_is_a_few_entries(app: TestApp) {
    let stranger = TokenValue::from_bytes([9; 16]);
    let mut entries = 0;
    for round in 0..10_u8 {
        let callers = (0..100_u8).map(|number| app.delegate(&stranger).from([198, 51, round, number]));
        let callers: Vec<_> = callers.collect();
        let answers = join_all(callers.iter().map(|one| one.register())).await;
        assert!(answers.iter().all(|answer| answer.refusal().1 == "INVALID_TOKEN"));
        entries = app.audit_of(Action::CredentialRefused).await.len();
        app.advance(seconds(60));
    }
    assert!(entries <= 11, "{entries}");
    app.advance(seconds(60));
    let refused = app.audit_of(Action::CredentialRefused).await;
    assert!(refused.len() <= 2 * 11, "{}", refused.len());
    let counted: u64 = refused.iter().map(|row| fact(row, "count").map_or(1, |count| count.parse().unwrap())).sum();
    assert_eq!(counted, 1000, "none is lost");
    assert!(refused.iter().any(|row| row.address.is_empty() && fact(row, "from").is_some()));
}

async fn registrations_that_are_too_many_are_in_it(app: TestApp) {
    app.restart_with(|config| config.bounds.registrations_per_minute = 5).await;
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await.value;
    for number in 0..6 {
        let edge = app.delegate(&token).named(&format!("edge-{number}"));
        let expected = if number < 5 { StatusCode::OK } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(edge.register().await.status, expected, "{number}");
    }
    let told = app.audit_of(Action::RegistrationRefused).await;
    assert_eq!((told.len(), told[0].object_name.as_str(), told[0].actor_kind.as_str()), (1, "edge", "DELEGATE"));
}

on_both_databases!(
    sign_ins_that_fail_name_a_user_and_nothing_else_that_was_typed,
    guesses_are_counted,
    refused_credentials_of_delegates_are_told_by_token_reason_and_address,
    a_flood_of_bad_credentials_is_a_few_entries,
    registrations_that_are_too_many_are_in_it,
);
