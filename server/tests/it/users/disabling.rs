//! Disabling, deleting, another role: each counts at the next request, also of open pages, at every manager.

use axum::{body::BodyDataStream, http::Method};
use futures_util::StreamExt as _;
use muster::{audit::Action, user::UserStatus};

use crate::support::{
    Code, Person, Role, StatusCode, TestApp, conflict, database::Backend, json, person::PASSWORD, seconds,
};

/// An open stream of events.
struct Stream(BodyDataStream, String);

impl Stream {
    async fn of(person: &Person) -> Self {
        let response = person.open(Method::GET, "/api/events", &[], String::new()).await;
        assert_eq!(response.status(), StatusCode::OK);
        let mut stream = Self(response.into_body().into_data_stream(), String::new());
        stream.hears("event: hello\ndata: test").await;
        stream
    }

    /// Waits for an event; nothing else may end the stream before.
    async fn hears(&mut self, event: &str) {
        loop {
            while let Some((one, rest)) = self.1.split_once("\n\n") {
                let (one, rest) = (one.to_owned(), rest.to_owned());
                self.1 = rest;
                if one == event {
                    return;
                }
            }
            let chunk = tokio::time::timeout(seconds(60), self.0.next()).await.expect("something comes");
            self.1.push_str(std::str::from_utf8(&chunk.expect("the stream goes on").unwrap()).unwrap());
        }
    }
}

const ENDED: &str = "event: ended\ndata: session";

async fn a_disabled_person_is_nobody_at_once_everywhere(app: TestApp) {
    let (admin, vera) = (app.administrator().await, app.person(Role::Viewer).await);
    let id = vera.id().await;
    let other = if app.backend() == Backend::Postgres { Some(app.second().await) } else { None };
    let elsewhere = other.as_ref().map(|other| other.nobody().with_cookie(vera.cookie()));
    let mut streams = vec![Stream::of(&vera).await];
    if let Some(elsewhere) = &elsewhere {
        streams.push(Stream::of(elsewhere).await);
    }
    admin.acts("users/disable", &id).await.ok();
    let nobody = (StatusCode::UNAUTHORIZED, json!("SignedOut"));
    assert_eq!(vera.call("session/frame", &[]).await, nobody);
    for stream in &mut streams {
        stream.hears(ENDED).await;
    }
    if let Some(elsewhere) = &elsewhere {
        assert_eq!(elsewhere.call("session/frame", &[]).await, nobody);
    }
    // A page that is open asks for itself again, and says so.
    assert_eq!(vera.page("/delegates").await.location(), "/login?next=/delegates&ended=disabled");
    assert_eq!(vera.page("/").await.location(), "/login?ended=disabled");
    let page = vera.page("/login?ended=disabled").await.ok();
    assert!(page.text().contains("Your account was disabled."), "{}", page.text());
    // Only the right password is told.
    let sign_in = |password| [("email", vera.email.clone()), ("password", String::from(password))];
    let tries = async |password| {
        let form = sign_in(password);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        vera.call("session/sign-in", &form).await
    };
    let told = "You are disabled. Ask an account administrator to enable you.";
    assert_eq!(tries(PASSWORD).await, conflict(Code::WrongState, told));
    assert_eq!(tries("a wrong guess").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.audit_of(Action::SignInFailed).await.len(), 2);

    let row = admin.row_of(&vera.email).await.unwrap();
    assert_eq!((row.user.status, row.sessions), (UserStatus::Disabled, 0));
    admin.acts("users/enable", &id).await.ok();
    assert_eq!(vera.call("session/frame", &[]).await, nobody, "the session does not come back");
    vera.sign_in().await;
    for (action, from, to) in
        [(Action::UserDisabled, "Active", "Disabled"), (Action::UserEnabled, "Disabled", "Active")]
    {
        let entry = app.audit_of(action).await.remove(0);
        let changes = format!(r#"[{{"what":"status","before":"{from}","after":"{to}"}}]"#);
        assert_eq!((entry.changes, entry.actor_name), (Some(changes), admin.email.clone()));
    }
    if let Some(other) = other {
        other.stop().await;
    }
}

async fn who_is_deleted_is_gone(app: TestApp) {
    let (admin, vera) = (app.administrator().await, app.person(Role::Viewer).await);
    let id = vera.id().await;
    let mut stream = Stream::of(&vera).await;
    admin.acts("users/delete", &id).await.ok();
    stream.hears(ENDED).await;
    assert_eq!(vera.page("/tokens").await.location(), "/login?next=/tokens&ended=deleted");
    assert_eq!(app.audit_of(Action::UserDeleted).await[0].object_name, vera.email);
    let sign_in = vera.call("session/sign-in", &[("email", &vera.email), ("password", PASSWORD)]).await;
    assert_eq!(sign_in.0, StatusCode::UNPROCESSABLE_ENTITY, "as of an address that never was");
    assert_eq!(admin.acts("users/disable", &id).await.status, StatusCode::NOT_FOUND);
}

async fn another_role_is_heard_of_by_open_pages(app: TestApp) {
    let (admin, manager) = (app.administrator().await, app.person(Role::DelegateManager).await);
    let other = if app.backend() == Backend::Postgres { Some(app.second().await) } else { None };
    let elsewhere = other.as_ref().map(|other| other.nobody().with_cookie(manager.cookie()));
    let mut stream = Stream::of(elsewhere.as_ref().unwrap_or(&manager)).await;
    let page = manager.page("/tokens").await.ok();
    assert!(page.text().contains("delegates roles") && page.text().contains("/tokens/new"));
    let form = [("id", &*manager.id().await), ("role", "VIEWER"), ("back", "")];
    admin.post("users/change-role", &form).await.ok();
    stream.hears("event: change\ndata: roles").await;
    assert!(!manager.page("/tokens").await.ok().text().contains("/tokens/new"));
    let changed = app.audit_of(Action::RoleChanged).await;
    let from_to = r#"[{"what":"role","before":"Delegate Manager","after":"Viewer"}]"#;
    assert_eq!((changed.len(), changed[0].changes.as_deref()), (1, Some(from_to)));
    if let Some(other) = other {
        other.stop().await;
    }
}

async fn sessions_are_ended_by_an_administrator(app: TestApp) {
    let (admin, vera) = (app.administrator().await, app.person(Role::Viewer).await);
    let id = vera.id().await;
    let elsewhere = vera.with_cookie(None);
    elsewhere.sign_in().await;
    assert_eq!(admin.row_of(&vera.email).await.unwrap().sessions, 2);
    admin.acts("users/end-sessions", &id).await.ok();
    for person in [&vera, &elsewhere] {
        assert_eq!(person.post("session/frame", &[]).await.status, StatusCode::UNAUTHORIZED);
    }
    let ended = app.audit_of(Action::SessionsEnded).await;
    let from_to = r#"[{"what":"sessions","before":"2","after":"0"}]"#;
    assert_eq!((ended.len(), ended[0].changes.as_deref()), (1, Some(from_to)));
    assert_eq!(vera.page("/tokens").await.location(), "/login?next=/tokens&ended=by-itself");
    vera.sign_in().await;
}

on_both_databases!(
    a_disabled_person_is_nobody_at_once_everywhere,
    who_is_deleted_is_gone,
    another_role_is_heard_of_by_open_pages,
    sessions_are_ended_by_an_administrator,
);
