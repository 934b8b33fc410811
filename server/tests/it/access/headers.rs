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

async fn c23_origins_are_compared_as_browsers_write_them(app: TestApp) {
    for public_url in ["http://muster.lan:8080", "https://muster.example.com"] {
        app.restart_with(|config| config.public_url = Some(public_url.to_owned())).await;
        let admin = app.administrator().await;
        // Behind a proxy that does not pass on the host that was asked for.
        for (number, origin) in [public_url.to_owned(), public_url.to_uppercase()].into_iter().enumerate() {
            let name = format!("{}-{number}", &public_url[..5]).replace(':', "");
            admin.post_with("tokens/create", &[("name", &name)], &[("origin", &origin)]).await.ok();
        }
    }
    let admin = app.administrator().await;
    for (number, origin) in ["http://muster.test:80", "HTTP://MUSTER.test"].into_iter().enumerate() {
        admin.post_with("tokens/create", &[("name", &format!("o-{number}"))], &[("origin", origin)]).await.ok();
    }
}

async fn c23_a_refusal_says_what_differs(app: TestApp) {
    app.restart_with(|config| config.public_url = Some("https://muster.example.com".to_owned())).await;
    let admin = app.administrator().await;
    let origin = [("origin", "https://<b>evil.example")];
    let answer = admin.post_with("tokens/create", &[("name", "x")], &origin).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let sentence = answer.json()["OtherSite"].as_str().expect("a sentence").to_owned();
    for part in ["https://<b>evil.example", "muster.test", "https://muster.example.com", "MUSTER_PUBLIC_URL"] {
        assert!(sentence.contains(part), "{part} in {sentence}");
    }
    let headers = [("accept", "text/html"), ("origin", "https://<b>evil.example")];
    let page = admin.request(Method::POST, "/api/tokens/create", &headers, String::new()).await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::FORBIDDEN, "text/html; charset=utf-8"));
    assert!(page.text().contains("https://&lt;b&gt;evil.example"), "{}", page.text());
    protected("a refusal", &page);
}

async fn c23_a_login_that_would_not_be_kept_is_none(app: TestApp) {
    app.restart_with(|config| config.public_url = Some("https://muster.example.com".to_owned())).await;
    let ada = app.user(Role::Viewer).await;
    let form = [("email", ada.email.as_str()), ("password", PASSWORD)];
    let notice = "A login is not kept at this address";
    let page = ada.page("/login").await.ok();
    assert!(page.text().contains(notice) && page.text().contains("https://muster.example.com"));
    let answer = ada.post_with("session/sign-in", &form, &[("origin", "http://muster.test")]).await;
    let message = answer.json()["Problem"]["message"].as_str().expect("a sentence").to_owned();
    assert!(message.contains("Open https://muster.example.com and log in there."), "{message}");
    assert!(app.sessions().await.is_empty());
    // By TLS, as far as can be seen.
    for headers in [&[("sec-fetch-site", "none")][..], &[("x-forwarded-proto", "https")]] {
        let headers = [headers, &[("accept", "text/html")]].concat();
        let page = ada.request(Method::GET, "/login", &headers, String::new()).await;
        assert!(!page.ok().text().contains(notice), "{headers:?}");
    }
    for origin in ["https://muster.test", "https://muster.example.com"] {
        ada.with_cookie(None).post_with("session/sign-in", &form, &[("origin", origin)]).await.ok();
    }
    // Without TLS at all a login is kept everywhere.
    app.restart_with(|config| config.public_url = Some("http://muster.lan".to_owned())).await;
    assert!(!ada.page("/login").await.ok().text().contains(notice));
    ada.post_with("session/sign-in", &form, &[("origin", "http://muster.test")]).await.ok();
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

async fn a_clients_request_id_is_not_taken(app: TestApp) {
    let theirs = [("x-request-id", "theirs")];
    for path in ["/login", "/api/no/such/call"] {
        let answer = app.nobody().request(Method::GET, path, &theirs, String::new()).await;
        let ours: Result<muster::id::RequestId, _> = answer.header("x-request-id").parse();
        assert!(ours.is_ok(), "{path}: {}", answer.header("x-request-id"));
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
    c23_origins_are_compared_as_browsers_write_them,
    c23_a_refusal_says_what_differs,
    c23_a_login_that_would_not_be_kept_is_none,
    other_sites_can_post_nothing,
    its_own_pages_and_programs_can_post,
    every_kind_of_answer_is_protected,
    a_clients_request_id_is_not_taken,
    pages_run_their_own_scripts_alone_and_are_not_kept,
    the_session_cookie_is_for_this_site_alone,
);
