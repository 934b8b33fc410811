//! The own account: name, password, sessions.

use axum::http::Method;
use muster::audit::Action;
use muster_app::console::Frame;

use crate::support::{Person, Role, StatusCode, TestApp, Value, json, person::PASSWORD};

const NEW: &str = "another long password";

async fn changes_password(person: &Person, old: &str, new: &str) -> (StatusCode, Value) {
    person.call("account/change-password", &[("current_password", old), ("password", new)]).await
}

async fn a_person_has_a_name(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    let frame: Frame = vera.ask("session/frame", &[]).await;
    assert_eq!(frame.called, vera.email);
    vera.post("account/rename", &[("name", " Vera Rubin ")]).await.ok();
    let frame: Frame = vera.ask("session/frame", &[]).await;
    assert_eq!(frame.called, "Vera Rubin");
    vera.post("account/rename", &[("name", "Vera Rubin")]).await.ok();
    let renamed = app.audit_of(Action::UserRenamed).await;
    let from_to = r#"[{"what":"name","before":"","after":"Vera Rubin"}]"#;
    assert_eq!((renamed.len(), renamed[0].changes.as_deref()), (1, Some(from_to)), "the same name is no change");
    for bad in ["", "a\nb", "a\u{202e}b", &"x".repeat(101)] {
        let (status, body) = vera.call("account/rename", &[("name", bad)]).await;
        assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("name")), "{bad:?}");
    }
    let page = vera.page("/account").await.ok();
    assert!(page.text().contains("value=\"Vera Rubin\""), "{}", page.text());
}

async fn a_new_password_needs_the_old_one_and_ends_other_sessions(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    let elsewhere = vera.with_cookie(None);
    elsewhere.sign_in().await;
    for (old, new, field) in [("a guess", NEW, "current_password"), (PASSWORD, "short", "password")] {
        let (status, body) = changes_password(&vera, old, new).await;
        assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{body}");
    }
    elsewhere.post("session/frame", &[]).await.ok();
    assert_eq!(changes_password(&vera, PASSWORD, NEW).await.0, StatusCode::OK);
    vera.post("session/frame", &[]).await.ok();
    assert_eq!(elsewhere.post("session/frame", &[]).await.status, StatusCode::UNAUTHORIZED);
    let sign_in = |password| [("email", vera.email.clone()), ("password", String::from(password))];
    for (password, status) in [(PASSWORD, StatusCode::UNPROCESSABLE_ENTITY), (NEW, StatusCode::OK)] {
        let form = sign_in(password);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(elsewhere.call("session/sign-in", &form).await.0, status);
    }
    let changed = app.audit_of(Action::PasswordChanged).await;
    let from_to = r#"[{"what":"sessions","before":"2","after":"1"}]"#;
    assert_eq!((changed.len(), changed[0].changes.as_deref()), (1, Some(from_to)));
}

async fn what_was_typed_as_a_password_comes_back_to_nobody(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    let form = [("current_password", "my-old-guess"), ("password", "my-new")];
    let page = "http://muster.test/account";
    vera.post_form_without_script("/api/account/change-password", &form, page).await;
    assert!(app.sessions().await.iter().all(|session| !session.data.contains("my-")), "nor is it stored");
    let text = vera.page("/account").await.ok().text().to_owned();
    assert!(text.contains("Use at least 12 characters") && !text.contains("my-"));
    let answer = vera.post_form_from_page("/api/account/change-password", &form, page).await;
    assert!(!answer.text().contains("my-"));
}

async fn passwords_cannot_be_guessed_at_an_open_browser_without_end(app: TestApp) {
    let vera = app.person(Role::Viewer).await;
    for _ in 0..100 {
        if changes_password(&vera, "a guess", NEW).await.0 == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(changes_password(&vera, PASSWORD, NEW).await.0, StatusCode::TOO_MANY_REQUESTS);
            return;
        }
    }
    panic!("a hundred passwords could be tried");
}

async fn sessions_are_seen_and_ended(app: TestApp) {
    let (vera, other) = (app.person(Role::Viewer).await, app.person(Role::Viewer).await);
    let elsewhere = vera.with_cookie(None);
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let form = serde_urlencoded::to_string([("email", vera.email.as_str()), ("password", PASSWORD)]).unwrap();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("user-agent", agent)];
    elsewhere.request(Method::POST, "/api/session/sign-in", &headers, form).await.ok();
    let third = vera.with_cookie(None);
    third.sign_in().await;

    let sessions = vera.account().await.sessions;
    assert_eq!(sessions.iter().map(|one| one.is_current).collect::<Vec<_>>(), [true, false, false]);
    assert!(sessions.iter().all(|one| one.address == vera.address.to_string() && one.began_at.is_some()));
    let firefox = sessions.iter().find(|one| one.browser == "Firefox on Linux").expect("named by its browser");
    let stored = app.sessions().await;
    assert!(stored.iter().all(|row| row.digest != firefox.id), "it is not what the row is found by");
    let page = vera.page("/account").await.ok();
    assert!(page.text().contains("Firefox on Linux") && page.text().contains("this one"));
    let dialog = vera.page(&format!("/account/sessions/{}/end", firefox.id)).await.ok();
    assert!(dialog.text().contains("End this session?"));

    // Nobody ends another person's.
    let foreign = other.call("account/end-session", &[("id", &firefox.id)]).await;
    assert_eq!(foreign.0, StatusCode::NOT_FOUND);
    vera.post("account/end-session", &[("id", &firefox.id)]).await.ok();
    assert_eq!(elsewhere.post("session/frame", &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(vera.call("account/end-session", &[("id", &firefox.id)]).await.0, StatusCode::NOT_FOUND);
    third.post("session/frame", &[]).await.ok();
    vera.post("account/end-other-sessions", &[]).await.ok();
    assert_eq!(third.post("session/frame", &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(vera.account().await.sessions.len(), 1);
    other.post("session/frame", &[]).await.ok();
    let ended = app.audit_of(Action::SessionsEnded).await;
    let changes: Vec<_> = ended.iter().map(|entry| entry.changes.clone().unwrap()).collect();
    assert_eq!(
        changes,
        [r#"[{"what":"sessions","before":"3","after":"2"}]"#, r#"[{"what":"sessions","before":"2","after":"1"}]"#]
    );
}

on_both_databases!(
    a_person_has_a_name,
    a_new_password_needs_the_old_one_and_ends_other_sessions,
    what_was_typed_as_a_password_comes_back_to_nobody,
    passwords_cannot_be_guessed_at_an_open_browser_without_end,
    sessions_are_seen_and_ended,
);
