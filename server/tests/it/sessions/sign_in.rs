//! Signing in and out.

use muster::{
    audit::{Action, Actor, Origin},
    user::{Email, Password},
};
use muster_app::{session::api::Frame, tokens::api::RevealedToken};
use muster_server::users;

use crate::support::{Person, Role, StatusCode, TestApp, Value, json, person::PASSWORD};

async fn try_to_sign_in(person: &Person, email: &str, password: &str) -> (StatusCode, Value) {
    person.call("session/sign-in", &[("email", email), ("password", password)]).await
}

async fn is_nobody(person: &Person) -> bool {
    person.call("session/frame", &[]).await == (StatusCode::UNAUTHORIZED, json!("SignedOut"))
}

async fn a_wrong_password_and_an_unknown_address_are_told_alike(app: TestApp) {
    let ada = app.user(Role::Viewer).await;
    let wrong = try_to_sign_in(&ada, &ada.email, "wrong").await;
    assert_eq!(wrong.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.1["Field"]["field"], "", "it tells of no field");
    for (email, password) in [("eve@example.com", PASSWORD), ("no address", PASSWORD), ("", ""), (&ada.email, "")] {
        assert_eq!(try_to_sign_in(&ada, email, password).await, wrong, "{email}");
    }
    assert!(is_nobody(&ada).await);
    assert_eq!(try_to_sign_in(&ada, &ada.email.to_uppercase(), PASSWORD).await.0, StatusCode::OK);
    let frame: Frame = ada.ask("session/frame", &[]).await;
    assert_eq!((frame.email, frame.role), (ada.email.clone(), Role::Viewer));
}

async fn failed_and_successful_sign_ins_are_in_the_audit_trail(app: TestApp) {
    let ada = app.user(Role::Viewer).await;
    try_to_sign_in(&ada, "eve@example.com", "guess").await;
    let failed = app.audit_of(Action::SignInFailed).await;
    assert_eq!(failed.len(), 1);
    assert_eq!((failed[0].actor_kind.as_str(), failed[0].actor_name.as_str()), ("STRANGER", "eve@example.com"));
    assert_eq!(failed[0].address, ada.address.to_string());
    ada.sign_in().await;
    ada.post("session/sign-out", &[]).await.ok();
    for action in [Action::SignedIn, Action::SignedOut] {
        let entries = app.audit_of(action).await;
        assert_eq!(entries.len(), 1, "{action:?}");
        assert_eq!((entries[0].actor_kind.as_str(), &entries[0].actor_name), ("USER", &ada.email));
    }
}

async fn passwords_cannot_be_tried_without_end(app: TestApp) {
    let ada = app.user(Role::Viewer).await;
    for _ in 0..100 {
        let (status, body) = try_to_sign_in(&ada, &ada.email, "guess").await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            assert!(body["TooMany"].as_u64().is_some_and(|wait| (1..=60).contains(&wait)), "{body}");
            let elsewhere = app.nobody();
            assert_eq!(try_to_sign_in(&elsewhere, &ada.email, PASSWORD).await.0, StatusCode::OK);
            return;
        }
    }
    panic!("a hundred passwords could be tried");
}

async fn signing_in_makes_a_new_session(app: TestApp) {
    let ada = app.user(Role::Viewer).await;
    // A form that fails leaves a session even for nobody: that one could have been planted.
    let form = [("email", "x"), ("password", "x")];
    ada.post_form_without_script("/api/session/sign-in", &form, "http://muster.test/login").await;
    let planted = ada.cookie().expect("a session before signing in");
    ada.sign_in().await;
    assert_ne!(ada.cookie().as_ref(), Some(&planted));
    assert!(is_nobody(&ada.with_cookie(Some(planted))).await);
    assert!(!is_nobody(&ada).await);
}

async fn after_signing_out_the_old_cookie_is_nobody(app: TestApp) {
    let ada = app.person(Role::Viewer).await;
    let before = ada.with_cookie(ada.cookie());
    assert_eq!(ada.post("session/sign-out", &[]).await.ok().location(), "/login");
    assert_eq!(ada.cookie(), None, "the browser forgets it");
    assert!(is_nobody(&before).await);
    assert!(app.sessions().await.is_empty());
}

async fn a_new_password_ends_all_sessions_of_the_person(app: TestApp) {
    let (ada, bob) = (app.person(Role::Viewer).await, app.person(Role::Viewer).await);
    let elsewhere = ada.with_cookie(None);
    elsewhere.sign_in().await;
    let email = Email::parse(&ada.email).unwrap();
    let origin = || Origin { actor: Actor::CommandLine, address: None };
    let reset = |password: &str| {
        let (state, email, password) = (app.state(), email.clone(), Password::new(password.to_owned()));
        async move { users::reset_password(&state, &email, password, origin()).await }
    };
    assert!(reset("short").await.is_err());
    assert!(!is_nobody(&ada).await, "nothing happened");
    reset("another long password").await.unwrap();
    assert!(is_nobody(&ada).await && is_nobody(&elsewhere).await);
    assert!(!is_nobody(&bob).await, "others stay");
    assert_eq!(try_to_sign_in(&ada, &ada.email, PASSWORD).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(try_to_sign_in(&ada, &ada.email, "another long password").await.0, StatusCode::OK);
    assert_eq!(app.audit_of(Action::PasswordReset).await.len(), 1);
}

async fn who_signs_in_over_another_inherits_nothing(app: TestApp) {
    let (ada, bob) = (app.administrator().await, app.user(Role::AccountAdministrator).await);
    let id = ada.makes_token("edge", &[]).await;
    let bob = bob.with_cookie(ada.cookie());
    bob.sign_in().await;
    let frame: Frame = bob.ask("session/frame", &[]).await;
    assert_eq!(frame.email, bob.email);
    let shown: Option<RevealedToken> = bob.ask("tokens/reveal", &[("id", &id)]).await;
    assert_eq!(shown, None, "the value is for who made the token");
}

async fn a_cookie_that_is_none_is_nobody(app: TestApp) {
    app.user(Role::Viewer).await;
    for cookie in ["x", "muster_session=x", "muster_session=AAAAAAAAAAAAAAAAAAAAAA", "muster_session=\"; a=b"] {
        assert!(is_nobody(&app.nobody().with_cookie(Some(cookie.to_owned()))).await, "{cookie}");
    }
}

on_both_databases!(
    a_wrong_password_and_an_unknown_address_are_told_alike,
    failed_and_successful_sign_ins_are_in_the_audit_trail,
    passwords_cannot_be_tried_without_end,
    signing_in_makes_a_new_session,
    after_signing_out_the_old_cookie_is_nobody,
    a_new_password_ends_all_sessions_of_the_person,
    who_signs_in_over_another_inherits_nothing,
    a_cookie_that_is_none_is_nobody,
);
