//! What Prometheus is told.

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use muster_server::metrics;
use tower::ServiceExt as _;

use crate::support::{StatusCode, TestApp, seconds};

/// What is told, as Prometheus reads it.
struct Scrape(String);

impl Scrape {
    async fn of(app: &TestApp) -> Self {
        let request = Request::builder().uri("/metrics").body(Body::empty()).unwrap();
        let response = metrics::router(&app.state()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Self(String::from_utf8(body.to_vec()).unwrap())
    }

    /// The value of a series.
    fn value(&self, series: &str) -> f64 {
        let found = self.0.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        found.unwrap_or_else(|| panic!("{series} is not in\n{}", self.0)).parse().unwrap()
    }
}

/// How many requests came in at a door and had an answer of a class.
fn requests(door: &str, answer: &str) -> String {
    format!("muster_http_requests_total{{door=\"{door}\",answer=\"{answer}\"}}")
}

async fn what_delegates_and_people_do_is_counted(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let before = Scrape::of(&app).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    for _ in 0..2 {
        edge.heartbeat(&id).await.ok();
    }
    admin.acts("tokens/revoke", &token.id).await.ok();
    assert_eq!(edge.heartbeat(&id).await.status, StatusCode::UNAUTHORIZED);
    admin.page("/healthz").await.ok();
    let after = Scrape::of(&app).await;
    let more = |series: &str| after.value(series) - before.value(series);
    for (series, count) in [
        ("muster_registrations_total", 1.0),
        ("muster_heartbeats_total", 2.0),
        ("muster_refusals_total", 1.0),
        (&requests("delegates", "2xx"), 3.0),
        (&requests("delegates", "4xx"), 1.0),
        (&requests("console", "2xx"), 1.0),
        (&requests("health", "2xx"), 1.0),
        (&requests("install", "2xx"), 0.0),
        ("muster_http_request_duration_seconds_count{door=\"delegates\"}", 4.0),
        ("muster_http_request_duration_seconds_bucket{door=\"delegates\",le=\"+Inf\"}", 4.0),
    ] {
        assert!((more(series) - count).abs() < 0.5, "{series}: {} more, in place of {count}", more(series));
    }
    assert!(more("muster_database_duration_seconds_count") > 0.0 && more("muster_database_duration_seconds_sum") > 0.0);
}

async fn what_there_is_now_is_told(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let token = admin.new_token("edge").await;
    let edge = app.delegate(&token.value).with("delegateProfileId", profile.as_str().into());
    edge.registered().await;
    let disabled = app.delegate(&token.value).named("disabled").registered().await;
    admin.acts("delegates/disable", &disabled).await.ok();
    let stream = admin.open(axum::http::Method::GET, "/api/events", &[], String::new()).await;
    let scrape = Scrape::of(&app).await;
    for (series, value) in [
        ("muster_delegates_connected", 1.0),
        ("muster_delegates_waiting", 1.0),
        ("muster_delegates_disabled", 1.0),
        ("muster_event_streams", 1.0),
        ("muster_database_up", 1.0),
    ] {
        assert!((scrape.value(series) - value).abs() < 0.5, "{series}: {}", scrape.value(series));
    }
    drop(stream);
    app.advance(seconds(60));
    app.sweep().await;
    let scrape = Scrape::of(&app).await;
    assert!(scrape.value("muster_delegates_connected") < 0.5 && scrape.value("muster_event_streams") < 0.5);
    for positive in ["process_resident_memory_bytes", "process_cpu_seconds_total"] {
        assert!(scrape.value(positive) > 0.0, "{positive}");
    }
}

async fn nothing_of_anybody_is_told(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("a-token-of-theirs").await;
    let edge = app.delegate(&token.value).with("delegateName", "a-name-of-theirs".into()).on("a-host-of-theirs");
    let id = edge.registered().await;
    edge.heartbeat(&id).await.ok();
    let Scrape(text) = Scrape::of(&app).await;
    for secret in
        ["of-theirs", id.as_str(), token.id.as_str(), &admin.email, "192.0.2", &app.state().account.to_string()]
    {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
    for family in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = family.split_once(' ').unwrap();
        assert!(name.starts_with("muster_") || name.starts_with("process_"), "{name}");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{family}");
        assert!(text.contains(&format!("# HELP {name} ")), "{name} says what it is");
    }
}

async fn the_door_of_people_and_delegates_has_no_metrics(app: TestApp) {
    let page = app.administrator().await.page("/metrics").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(!page.text().contains("muster_heartbeats"));
}

on_both_databases!(
    what_delegates_and_people_do_is_counted,
    what_there_is_now_is_told,
    nothing_of_anybody_is_told,
    the_door_of_people_and_delegates_has_no_metrics,
);
