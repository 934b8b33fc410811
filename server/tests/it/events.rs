//! Live events: an open page hears on what it has to look again.

use std::collections::BTreeSet;

use axum::{body::BodyDataStream, http::Method};
use futures_util::StreamExt as _;

use crate::support::{Person, Role, StatusCode, TestApp, database::Backend, seconds};

/// An open stream. What comes is waited for: only a test that fails waits long.
struct Page(BodyDataStream, String);

impl Page {
    async fn opened_by(person: &Person) -> Self {
        Self::opened_at(person, "/api/events").await
    }

    async fn opened_at(person: &Person, address: &str) -> Self {
        let response = person.open(Method::GET, address, &[], String::new()).await;
        assert_eq!(response.status(), StatusCode::OK);
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("content-type").as_deref(), Some("text/event-stream"));
        assert_eq!(header("x-accel-buffering").as_deref(), Some("no"));
        let mut page = Self(response.into_body().into_data_stream(), String::new());
        assert_eq!(page.next().await.as_deref(), Some("event: hello\ndata: test"), "which build this is");
        page
    }

    /// The next event, without its end; none where the stream has ended.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.1 = rest;
                // A line that begins with a colon only shows that the stream lives.
                if !event.starts_with(':') {
                    return Some(event);
                }
                continue;
            }
            let chunk = tokio::time::timeout(seconds(60), self.0.next()).await.expect("something comes")?;
            self.1.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    /// Waits until all these topics have been told.
    async fn hears_of(&mut self, topics: &[&str]) {
        let mut missing: BTreeSet<String> =
            topics.iter().map(|topic| format!("event: change\ndata: {topic}")).collect();
        while !missing.is_empty() {
            missing.remove(&self.next().await.expect("the stream goes on"));
        }
    }
}

async fn an_open_page_hears_what_changed(app: TestApp) {
    let (admin, viewer) = (app.administrator().await, app.person(Role::Viewer).await);
    let mut page = Page::opened_by(&viewer).await;
    let token = admin.new_token("edge").await;
    page.hears_of(&["tokens"]).await;
    let profile = admin.new_profile("Approval", true).await;
    page.hears_of(&["profiles"]).await;
    let edge = app.delegate(&token.value).with("delegateProfileId", profile.as_str().into());
    let id = edge.registered().await;
    page.hears_of(&["delegates", "tokens"]).await;
    admin.decides("approve", &id).await.ok();
    page.hears_of(&["delegates"]).await;
    app.advance(seconds(60));
    app.sweep().await;
    page.hears_of(&["delegates", "tokens"]).await;
    admin.acts("tokens/revoke", &token.id).await.ok();
    page.hears_of(&["delegates", "tokens"]).await;
}

async fn the_stream_ends_when_the_server_stops(app: TestApp) {
    let viewer = app.person(Role::Viewer).await;
    let mut page = Page::opened_by(&viewer).await;
    app.state().stop.cancel();
    assert_eq!(page.next().await, None);
}

/// Where a person's own stream is, as pages ask for it.
async fn own_address(person: &Person) -> String {
    let frame = person.post("session/frame", &[]).await.ok().json();
    format!("/api/events?session={}", frame["stream"].as_str().expect("the name of the session's stream"))
}

async fn a_stream_is_one_sessions(app: TestApp) {
    let (ada, vera) = (app.administrator().await, app.person(Role::Viewer).await);
    let (of_ada, of_vera) = (own_address(&ada).await, own_address(&vera).await);
    assert_ne!(of_ada, of_vera);
    assert_eq!(of_ada, own_address(&ada).await, "it stays");
    Page::opened_at(&ada, &of_ada).await;
    for (who, address) in [(&ada, &of_vera), (&vera, &of_ada), (&app.nobody(), &of_ada)] {
        let answer = who.page(address).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    // The name gives no access, and is not what the session is stored under.
    let cookie = ada.cookie().expect("a session");
    let name = of_ada.rsplit('=').next().unwrap();
    assert!(!cookie.contains(name) && app.sessions().await.iter().all(|session| !session.digest.contains(name)));
}

async fn a_stream_ends_with_its_session(app: TestApp) {
    let (ada, vera) = (app.administrator().await, app.person(Role::Viewer).await);
    let mut of_ada = Page::opened_by(&ada).await;
    let mut of_vera = vec![Page::opened_by(&vera).await];
    let other = if app.backend() == Backend::Postgres { Some(app.second().await) } else { None };
    if let Some(other) = &other {
        of_vera.push(Page::opened_by(&other.nobody().with_cookie(vera.cookie())).await);
    }
    vera.post("session/sign-out", &[]).await.ok();
    for mut page in of_vera {
        assert_eq!(page.next().await.as_deref(), Some("event: ended\ndata: session"));
        assert_eq!(page.next().await, None);
    }
    ada.new_token("later").await;
    assert_eq!(of_ada.next().await.as_deref(), Some("event: change\ndata: tokens"), "of sessions it hears nothing");
    if let Some(other) = other {
        other.stop().await;
    }
}

async fn another_manager_is_heard_too(app: TestApp) {
    if app.backend() == Backend::Sqlite {
        return;
    }
    let admin = app.administrator().await;
    let other = app.another_manager().await.unwrap();
    let mut events = other.events.subscribe();
    admin.makes_token("edge", &[]).await;
    let topic = tokio::time::timeout(seconds(60), events.recv()).await.expect("something comes").unwrap();
    assert_eq!(topic.as_str(), "tokens");
    other.db.clone().close().await;
}

on_both_databases!(
    an_open_page_hears_what_changed,
    the_stream_ends_when_the_server_stops,
    another_manager_is_heard_too,
    a_stream_is_one_sessions,
    a_stream_ends_with_its_session,
);
