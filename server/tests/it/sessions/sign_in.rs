//! Signing in and out.

use futures_util::future::join_all;
use muster::{
    audit::{Action, Actor},
    user::{Email, Password},
};
use muster_app::console::{Frame, RevealedToken};
use muster_server::{
    manage::{Context, users},
    proxies::TrustedProxies,
};

use crate::support::{Person, Role, StatusCode, TestApp, Value, json, log::logged_while, person::PASSWORD};

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
    assert_eq!(wrong.1["Problem"]["field"], "", "it tells of no field");
    for (email, password) in [("eve@example.com", PASSWORD), ("no address", PASSWORD), ("", ""), (&ada.email, "")] {
        assert_eq!(try_to_sign_in(&ada, email, password).await, wrong, "{email}");
    }
    assert!(is_nobody(&ada).await);
    assert_eq!(try_to_sign_in(&ada, &ada.email.to_uppercase(), PASSWORD).await.0, StatusCode::OK);
    let frame: Frame = ada.ask("session/frame", &[]).await;
    assert_eq!((frame.email, frame.role), (ada.email.clone(), Some(Role::Viewer)));
}

async fn failed_and_successful_sign_ins_are_in_the_audit_trail(app: TestApp) {
    let ada = app.user(Role::Viewer).await;
    try_to_sign_in(&ada, "eve@example.com", "guess").await;
    let failed = app.audit_of(Action::SignInFailed).await;
    assert_eq!(failed.len(), 1);
    assert_eq!((failed[0].actor_kind.as_str(), failed[0].actor_name.as_str()), ("STRANGER", "somebody unknown"));
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
    // Somebody else's session could have been planted.
    ada.sign_in().await;
    let planted = ada.cookie().expect("a session before signing in");
    ada.sign_in().await;
    assert_ne!(ada.cookie().as_ref(), Some(&planted));
    assert!(is_nobody(&ada.with_cookie(Some(planted))).await);
    assert!(!is_nobody(&ada).await);
}

async fn after_signing_out_the_old_cookie_is_nobody(app: TestApp) {
    let ada = app.person(Role::Viewer).await;
    let before = ada.with_cookie(ada.cookie());
    assert_eq!(ada.post("session/sign-out", &[]).await.ok().location(), "/login?ended=by-you");
    assert_eq!(ada.cookie(), None, "the browser forgets it");
    assert!(is_nobody(&before).await);
    assert!(app.sessions().await.is_empty());
}

async fn a_new_password_ends_all_sessions_of_the_person(app: TestApp) {
    let (ada, bob) = (app.person(Role::Viewer).await, app.person(Role::Viewer).await);
    let elsewhere = ada.with_cookie(None);
    elsewhere.sign_in().await;
    let email = Email::parse(&ada.email).unwrap();
    let reset = |password: &str| {
        let cx = Context::system(app.state(), Actor::CommandLine);
        let (email, password) = (email.clone(), Password::new(password.to_owned()));
        async move { users::reset_password(&cx, &email, password).await }
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

async fn b15_strangers_at_the_same_address_do_not_lock_out_a_known_browser(app: TestApp) {
    let ada = app.person(Role::Viewer).await;
    assert!(ada.cookie_named("muster_device").is_some_and(|value| !value.contains("example")), "sealed");
    ada.loses_its_session();
    let stranger = ada.with_cookie(None);
    while try_to_sign_in(&stranger, &ada.email, "guess").await.0 != StatusCode::TOO_MANY_REQUESTS {}
    assert_eq!(try_to_sign_in(&ada, &ada.email, PASSWORD).await.0, StatusCode::OK);
    // It is known for her alone, and even she cannot guess without end.
    let bob = app.user(Role::Viewer).await;
    let mut tries = 0;
    while try_to_sign_in(&ada, &bob.email, "guess").await.0 != StatusCode::TOO_MANY_REQUESTS {
        tries += 1;
        assert!(tries < 100);
    }
    while try_to_sign_in(&ada, &ada.email, "guess").await.0 != StatusCode::TOO_MANY_REQUESTS {
        tries += 1;
        assert!(tries < 200);
    }
}

async fn b15_behind_a_trusted_proxy_everybody_has_an_address(app: TestApp) {
    app.restart_with(|config| config.trusted_proxies = TrustedProxies::parse("192.0.2.0/24").unwrap()).await;
    let ada = app.user(Role::Viewer).await;
    let from = |address: &'static str| [("x-forwarded-for", address)];
    let guess = |password: &'static str| [("email", ada.email.as_str()), ("password", password)];
    let tries = async |password, address| ada.post_with("session/sign-in", &guess(password), &from(address)).await;
    // What stands left of the address that the proxy adds was written by the stranger.
    while tries("guess", "203.0.113.1, 198.51.100.66").await.status != StatusCode::TOO_MANY_REQUESTS {}
    let refused = tries("guess", "198.51.100.66").await;
    assert!(refused.header("retry-after").parse::<u32>().is_ok(), "{}", refused.header("retry-after"));
    assert_eq!(tries(PASSWORD, "198.51.100.7").await.status, StatusCode::OK);
    assert!(app.audit_of(Action::SignInFailed).await.iter().all(|row| row.address == "198.51.100.66"));
    assert_eq!(app.audit_of(Action::SignedIn).await[0].address, "198.51.100.7");
}

async fn b15_a_thousand_guesses_at_once_from_one_address_keep_nobody_else_out(app: TestApp) {
    app.restart_with(|config| config.trusted_proxies = TrustedProxies::parse("192.0.2.0/24").unwrap()).await;
    let ada = app.user(Role::Viewer).await;
    let stranger = app.nobody();
    let tries = async |person: &Person, password: &str, address: &str| {
        let form = [("email", ada.email.as_str()), ("password", password)];
        person.post_with("session/sign-in", &form, &[("x-forwarded-for", address)]).await.status
    };
    let guesses = join_all((0..1000).map(|number| {
        let (tries, stranger) = (&tries, &stranger);
        async move { tries(stranger, &format!("guess {number}"), "198.51.100.66").await }
    }));
    // Both are behind the same proxy; she comes once the flood is under way.
    let (statuses, signed_in) = tokio::join!(guesses, async {
        tokio::task::yield_now().await;
        tries(&ada, PASSWORD, "198.51.100.7").await
    });
    assert_eq!(signed_in, StatusCode::OK);
    let of = |status| statuses.iter().filter(|one| **one == status).count();
    assert_eq!(of(StatusCode::OK), 0);
    assert!(of(StatusCode::TOO_MANY_REQUESTS) > 900 && of(StatusCode::UNPROCESSABLE_ENTITY) > 0, "{statuses:?}");
    app.flush().await;
    let failed = app.audit_of(Action::SignInFailed).await;
    assert!(failed.len() < 10 && failed.iter().all(|row| row.address == "198.51.100.66"), "{failed:?}");
}

async fn b15_without_trusted_proxies_nobody_chooses_an_address(app: TestApp) {
    let ada = app.user(Role::Viewer).await;
    for number in 0..100 {
        let address = format!("198.51.100.{number}");
        let form = [("email", ada.email.as_str()), ("password", "guess")];
        let answer = ada.post_with("session/sign-in", &form, &[("x-forwarded-for", &address)]).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            let failed = app.audit_of(Action::SignInFailed).await;
            assert!(failed.iter().all(|row| row.address == ada.address.to_string()));
            return;
        }
    }
    panic!("a header made another address");
}

async fn c24_an_ipv4_address_is_one_in_the_record(app: TestApp) {
    let mut ada = app.user(Role::Viewer).await;
    ada.address = "::ffff:127.0.0.1".parse().unwrap();
    try_to_sign_in(&ada, &ada.email, "guess").await;
    assert_eq!(app.audit_of(Action::SignInFailed).await[0].address, "127.0.0.1");
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let mut edge = app.delegate(&token.value);
    edge.address = "::ffff:192.0.2.77".parse().unwrap();
    let id = edge.registered().await;
    let registered = app.audit_of(Action::DelegateRegistered).await;
    assert_eq!(registered.last().unwrap().address, "192.0.2.77");
    assert!(!id.is_empty());
}

async fn b36_a_failed_sign_in_is_logged_with_its_address(app: TestApp) {
    let ada = app.user(Role::Viewer).await;
    let ((), log) = logged_while(async {
        try_to_sign_in(&ada, "eve@example.com", "a secret guess").await;
    })
    .await;
    let log = String::from_utf8(log).unwrap();
    let line = log.lines().find(|line| line.contains("a sign-in failed")).expect("a line");
    assert!(line.contains(&format!("address={}", ada.address)) && line.contains("there is no such user"), "{line}");
    assert!(!log.contains("eve@example.com"), "what was typed may be anything");
    assert!(!log.contains("a secret guess"));
}

on_both_databases!(
    b15_strangers_at_the_same_address_do_not_lock_out_a_known_browser,
    b15_behind_a_trusted_proxy_everybody_has_an_address,
    b15_a_thousand_guesses_at_once_from_one_address_keep_nobody_else_out,
    b15_without_trusted_proxies_nobody_chooses_an_address,
    c24_an_ipv4_address_is_one_in_the_record,
    b36_a_failed_sign_in_is_logged_with_its_address,
    a_wrong_password_and_an_unknown_address_are_told_alike,
    failed_and_successful_sign_ins_are_in_the_audit_trail,
    passwords_cannot_be_tried_without_end,
    signing_in_makes_a_new_session,
    after_signing_out_the_old_cookie_is_nobody,
    a_new_password_ends_all_sessions_of_the_person,
    who_signs_in_over_another_inherits_nothing,
    a_cookie_that_is_none_is_nobody,
);
