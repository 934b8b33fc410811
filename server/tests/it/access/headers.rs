//! Requests that come from other sites, and the headers that protect every answer.

use axum::http::Method;

use crate::support::{Answer, Role, StatusCode, TestApp, person::PASSWORD};

async fn other_sites_can_post_nothing(app: TestApp) {
    let admin = app.administrator().await;
    let before = app.audit().await.len();
    let theirs: [&[(&str, &str)]; 4] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ];
    for headers in theirs {
        for (endpoint, form) in [
            ("tokens/create", &[("name", "theirs")][..]),
            ("session/sign-out", &[]),
            ("session/sign-in", &[("email", admin.email.as_str()), ("password", PASSWORD)]),
        ] {
            let answer = admin.post_with(endpoint, form, headers).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{endpoint} {headers:?}");
        }
        let bundle = "/install/shell/download";
        let answer = admin.request(Method::POST, bundle, headers, String::new()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(app.audit().await.len(), before, "nothing happened");
    assert_eq!(admin.token_names(true).await, ["default_token"]);
}

async fn its_own_pages_and_programs_can_post(app: TestApp) {
    app.restart_with(|config| config.public_url = Some("https://muster.example.com".to_owned())).await;
    let admin = app.administrator().await;
    let ours: [&[(&str, &str)]; 5] = [
        &[],
        &[("sec-fetch-site", "same-origin"), ("origin", "http://muster.test")],
        &[("sec-fetch-site", "none")],
        &[("origin", "http://muster.test")],
        &[("origin", "https://muster.example.com")],
    ];
    for (number, headers) in ours.into_iter().enumerate() {
        let name = format!("ours-{number}");
        admin.post_with("tokens/create", &[("name", &name)], headers).await.ok();
    }
}

fn protected(what: &str, answer: &Answer) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{what}: {policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{what}: {policy}");
    assert!(!answer.header("x-request-id").is_empty(), "{what}");
}

async fn every_kind_of_answer_is_protected(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let cross_site = [("sec-fetch-site", "cross-site")];
    let id = edge.registered().await;
    for (what, answer) in [
        ("a page", admin.page("/delegates").await),
        ("a page that is not there", admin.page("/no/such/page").await),
        ("a redirect", app.nobody().page("/delegates").await),
        ("an answer of a server function", admin.post("session/frame", &[]).await),
        ("its refusal", app.nobody().post("session/frame", &[]).await),
        ("its error", admin.post("tokens/create", &[("name", "")]).await),
        ("no server function", admin.post("no/such/function", &[]).await),
        ("a wrong method", admin.page("/api/tokens/create").await),
        ("a refusal of another site", admin.post_with("session/frame", &[], &cross_site).await),
        ("a refusal of live events", app.nobody().page("/api/events").await),
        ("a probe", admin.page("/healthz").await),
        ("an answer to a delegate", edge.heartbeat(&id).await),
        ("a refusal of a delegate", edge.register_as(None).await),
        ("a body that is too large", edge.post_bytes(muster::wire::path::REGISTER, vec![b' '; 300_000]).await),
    ] {
        protected(what, &answer);
    }
}

async fn pages_run_their_own_scripts_alone_and_are_not_kept(app: TestApp) {
    let admin = app.administrator().await;
    let nonce_of = |answer: &Answer| {
        let policy = answer.header("content-security-policy").to_owned();
        let (_, rest) = policy.split_once("'nonce-").expect("a nonce");
        rest.split_once('\'').unwrap().0.to_owned()
    };
    let page = admin.page("/delegates").await;
    assert_eq!(page.header("cache-control"), "no-store");
    assert_ne!(nonce_of(&page), nonce_of(&admin.page("/delegates").await));
    assert_eq!(admin.post("session/frame", &[]).await.header("cache-control"), "no-store");
}

async fn the_session_cookie_is_for_this_site_alone(app: TestApp) {
    let cookie = |answer: Answer| answer.header("set-cookie").to_owned();
    for (public_url, secure) in
        [(None, false), (Some("http://muster.test"), false), (Some("https://muster.test"), true)]
    {
        app.restart_with(|config| config.public_url = public_url.map(str::to_owned)).await;
        let viewer = app.user(Role::Viewer).await;
        let form = [("email", viewer.email.as_str()), ("password", PASSWORD)];
        let cookie = cookie(viewer.post("session/sign-in", &form).await.ok());
        let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(&attribute), "{attribute} in {cookie}");
        }
        assert_eq!(attributes.contains(&"Secure"), secure, "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

on_both_databases!(
    other_sites_can_post_nothing,
    its_own_pages_and_programs_can_post,
    every_kind_of_answer_is_protected,
    pages_run_their_own_scripts_alone_and_are_not_kept,
    the_session_cookie_is_for_this_site_alone,
);
