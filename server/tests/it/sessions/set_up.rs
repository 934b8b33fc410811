//! The first administrator.

use muster::audit::Action;
use muster_app::console::Frame;
use muster_server::manage::users;

use crate::support::{Person, Role, StatusCode, TestApp, Value, json, person::PASSWORD};

async fn set_up(person: &Person, code: &str, email: &str, password: &str) -> (StatusCode, Value) {
    person.call("session/set-up", &[("code", code), ("email", email), ("password", password)]).await
}

fn field_of((status, body): (StatusCode, Value)) -> String {
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    body["Problem"]["field"].as_str().expect("a field").to_owned()
}

async fn the_setup_code_makes_the_first_administrator(app: TestApp) {
    let ada = app.nobody();
    let code = app.state().setup.expose().to_owned();
    assert_eq!(field_of(set_up(&ada, "AAAA-AAAA-AAAA", "ada@example.com", PASSWORD).await), "code");
    assert_eq!(field_of(set_up(&ada, "", "ada@example.com", PASSWORD).await), "code");
    assert_eq!(field_of(set_up(&ada, &code, "ada", PASSWORD).await), "email");
    assert_eq!(field_of(set_up(&ada, &code, "ada@example.com", "short").await), "password");
    let (_, body) = set_up(&ada, "AAAA-AAAA-AAAA", "ada@example.com", "short").await;
    assert_eq!(
        (&body["Problem"]["field"], &body["Problem"]["others"][0]["field"]),
        (&json!("code"), &json!("password"))
    );
    // Without an address no attempt is counted, so nothing is said of a code that was tried.
    assert_eq!(field_of(set_up(&ada, "AAAA-AAAA-AAAA", "ada", PASSWORD).await), "email");
    assert!(users::none_yet(&app.state()).await.unwrap());
    assert_eq!(ada.cookie(), None);

    let typed = code.to_lowercase().replace('-', "");
    let form = [("code", typed.as_str()), ("email", " Ada@Example.com "), ("password", PASSWORD)];
    assert_eq!(ada.post("session/set-up", &form).await.ok().location(), "/");
    let frame: Frame = ada.ask("session/frame", &[]).await;
    assert_eq!(
        (frame.email.as_str(), frame.role, frame.pending),
        ("ada@example.com", Some(Role::AccountAdministrator), 0)
    );

    let made = app.audit_of(Action::UserCreated).await;
    assert_eq!(made.len(), 1);
    assert_eq!((made[0].actor_name.as_str(), made[0].address.as_str()), ("ada@example.com", &*ada.address.to_string()));
}

async fn there_is_one_set_up_only(app: TestApp) {
    let code = app.state().setup.expose().to_owned();
    let ada = app.nobody();
    assert_eq!(set_up(&ada, &code, "ada@example.com", PASSWORD).await.0, StatusCode::OK);
    let eve = app.nobody();
    let (status, body) = set_up(&eve, &code, "eve@example.com", PASSWORD).await;
    assert_eq!(status, StatusCode::CONFLICT, "{body}");
    assert!(body["Problem"]["message"].as_str().unwrap().contains("set up already"), "{body}");
    assert_eq!(eve.call("session/frame", &[]).await, (StatusCode::UNAUTHORIZED, json!("SignedOut")));
    assert_eq!(app.audit_of(Action::UserCreated).await.len(), 1);
}

async fn two_set_ups_at_once_make_one_administrator(app: TestApp) {
    let code = app.state().setup.expose().to_owned();
    let (ada, bob) = (app.nobody(), app.nobody());
    let (one, other) = tokio::join!(
        set_up(&ada, &code, "ada@example.com", PASSWORD),
        set_up(&bob, &code, "bob@example.com", PASSWORD),
    );
    let mut statuses = [one.0, other.0];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::CONFLICT]);
    assert_eq!(app.audit_of(Action::UserCreated).await.len(), 1);
}

async fn codes_cannot_be_tried_without_end(app: TestApp) {
    let eve = app.nobody();
    for _ in 0..100 {
        let (status, body) = set_up(&eve, "AAAA-AAAA-AAAA", "eve@example.com", PASSWORD).await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            assert!(body["TooMany"].as_u64().is_some_and(|wait| (1..=60).contains(&wait)), "{body}");
            let code = app.state().setup.expose().to_owned();
            let (status, _) = set_up(&eve, &code, "eve@example.com", PASSWORD).await;
            assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "the right one does not help, either");
            let (status, _) = set_up(&app.nobody(), &code, "ada@example.com", PASSWORD).await;
            assert_eq!(status, StatusCode::OK, "others are not held up");
            return;
        }
    }
    panic!("a hundred codes could be tried");
}

on_both_databases!(
    the_setup_code_makes_the_first_administrator,
    there_is_one_set_up_only,
    two_set_ups_at_once_make_one_administrator,
    codes_cannot_be_tried_without_end,
);
